/** A thread that is asked: its answer, or why there is none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { askThread, programAt } from '../../src-main/files/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('thread');

describe('a thread that is asked', () => {
  const ask = (does: string, signal?: AbortSignal) => {
    const thread = join(folder, `${Math.abs(Buffer.from(does).reduce((sum, byte) => (31 * sum + byte) | 0, 0))}.mjs`);
    writeFileSync(thread, `import { parentPort, workerData } from 'node:worker_threads';\n${does}`);
    const told: number[] = [];
    const asked = askThread<{ progress: number } | { answer: string } | { wrong: string }, string>(
      pathToFileURL(thread),
      'given',
      {
        what: 'the sum',
        hear: (message, answer, fail) => {
          if ('progress' in message) told.push(message.progress);
          else if ('wrong' in message) fail(new RangeError(message.wrong));
          else answer(message.answer);
        },
        signal,
      },
    );
    return { asked, told };
  };

  it('tells how far it is, and answers', async () => {
    const { asked, told } = ask(
      'parentPort.postMessage({ progress: 0.5 }); parentPort.postMessage({ answer: workerData });',
    );
    expect(await asked).toBe('given');
    expect(told).toEqual([0.5]);
  });

  it('fails with what it says, with what it throws, and where it says nothing', async () => {
    await expect(ask("parentPort.postMessage({ wrong: 'none' });").asked).rejects.toThrow(RangeError);
    await expect(ask("throw new Error('broken');").asked).rejects.toThrow('the sum failed: Error: broken');
    await expect(ask('').asked).rejects.toThrow('the sum ended without an answer');
  });

  it('ends with its signal, also with one that was given already', async () => {
    const stop = new AbortController();
    const endless = ask('setInterval(() => {}, 1000);', stop.signal);
    stop.abort(new Error('enough'));
    await expect(endless.asked).rejects.toThrow('enough');
    await expect(ask('setInterval(() => {}, 1000);', stop.signal).asked).rejects.toThrow('enough');
  });
});

it('a program is a source beside a source, and built beside what was built', () => {
  expect(programAt('./job', 'file:///a/b.ts').href).toBe('file:///a/job.ts');
  expect(programAt('../c/job', 'file:///a/b.js').href).toBe('file:///c/job.js');
});
