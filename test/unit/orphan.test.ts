/** A compute process whose parent has gone: one that trains is given time to save, any other ends within seconds. */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Job } from '../../shared/contract.ts';
import { testFolder } from '../helpers/folders.ts';

/** A process around a thread that is deep in a native call: it hears nothing, not even 'stop'. */
function start(folder: string) {
  const thread = join(folder, 'busy.mjs');
  writeFileSync(
    thread,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     parentPort.postMessage({ type: 'ready' });`,
  );
  const program = join(folder, 'process.mjs');
  const serving = new URL('../../src-main/trainer/process.ts', import.meta.url).href;
  writeFileSync(
    program,
    `import { serveJobs } from ${JSON.stringify(serving)};
     serveJobs(new URL(${JSON.stringify(pathToFileURL(thread).href)}));`,
  );
  const child = fork(program, [], { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()));
  return { child, exited, ready };
}

/** Seconds from the parent's going to the end of the process; null where it is still there after `most`. */
async function orphaned(kind: Job['kind'], most: number): Promise<number | null> {
  const { child, exited, ready } = start(testFolder('orphan'));
  await ready;
  await new Promise<void>((resolve) => child.send({ type: 'job', job: { kind } }, () => resolve()));
  const began = performance.now();
  child.disconnect();
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), 1000 * most));
  const seconds = await Promise.race([exited.then(() => (performance.now() - began) / 1000), late]);
  child.kill('SIGKILL');
  await exited;
  return seconds;
}

test('what has no training to save ends, though a step of it would take minutes', async () => {
  expect(await orphaned('estimate', 30)).toBeLessThan(20);
}, 60_000);

test('what trains is waited for', async () => {
  expect(await orphaned('train', 8)).toBeNull();
}, 60_000);
