/** Following a run on the command line: what is heard of it, and what is not. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import type { Context } from '../../src-main/cli/command.ts';
import { wireError } from '../../shared/errors.ts';
import { follow } from '../../src-main/cli/follow.ts';
import { followExperiment } from '../../src-main/cli/followLab.ts';

/** A client that is told nothing, and finds the run in this state where it asks, `times` times; then there is none. */
const silent = (state: string, times = Infinity, error: object | null = null) => {
  let asked = 0;
  const call = () =>
    asked++ < times
      ? Promise.resolve({ name: 'first try', state, epoch: 0, step: 0, error })
      : Promise.reject(Object.assign(new Error('there is no run r1'), { code: 'not-found' }));
  return { on: () => () => undefined, onConnection: () => () => undefined, call } as unknown as Client;
};

/** Where a command speaks, `said` taking what it says as JSON. */
function contextOf(said: object[], noted: string[] = []) {
  const quiet = () => undefined;
  const output = {
    json: (event: object) => said.push(event),
    print: quiet,
    note: (line: string) => noted.push(line),
    progress: quiet,
    clear: quiet,
  };
  return { output, signal: new AbortController().signal, home: '' } as unknown as Context;
}

/** Follows the run r1, and what is said of it as JSON. */
function following(client: Client, begin = () => Promise.resolve('r1')) {
  const [said, noted]: [object[], string[]] = [[], []];
  return { code: follow(client, contextOf(said, noted), () => 'r1', begin), said, noted };
}

test('a run that was stopped before anything was heard of it has ended', async () => {
  const { code, said } = following(silent('stopped'));
  expect(await code).toBe(0);
  expect(said).toEqual([{ event: 'stopped', run: 'r1', epoch: 0, step: 0 }]);
});

test('a run that somebody deletes is not said to go on by a resume', async () => {
  const { code, said } = following(silent('stopped', 1));
  await expect(code).rejects.toThrow(/^run first try was deleted while it trained$/);
  expect(said).toEqual([]);
});

test.each([
  ['photos-gone.some', { missing: 8, total: 64 }, "read again:  lookalike relocate '/my photos' '/my photos'"],
  ['photos-gone.folder', {}, "is said by:  lookalike relocate '/my photos' NEW"],
] as const)('%s: which command does what the sentence asks for', async (key, values, says) => {
  const error = wireError('PhotosError', { key, values: { ...values, folder: '/my photos' } });
  const { code, noted } = following(silent('failed', Infinity, error));
  await expect(code).rejects.toThrow('/my photos');
  expect(noted.join()).toContain(says);
});

test('a start that waits for what the run is compared with is told also where the application goes away', async () => {
  const heard = new Map<string, (event: object) => void>();
  const on = (name: string, listener: (event: object) => void) => (heard.set(name, listener), () => undefined);
  const { code, said } = following({ ...silent('running'), on } as unknown as Client, () => {
    const config = { backbone: { name: 'resnet18', width: 1 }, imageSize: 32, batchSize: 8 };
    const estimate = { seconds: 1, memoryBytes: 1, diskBytes: 1, epochs: 1 };
    heard.get('started')!({ runId: 'r1', device: 'cpu', images: 9, skipped: [], config, estimate, baselines: null });
    return Promise.reject(new Error('the application was closed'));
  });
  await expect(code).rejects.toThrow('the application was closed');
  expect(said).toMatchObject([{ event: 'start', run: 'r1', images: 9, baselines: null }]);
});

test.each([
  ['a run', (client: Client, begin: () => Promise<string>) => following(client, begin).code],
  ['an experiment', (client: Client, begin: () => Promise<string>) => followExperiment(client, contextOf([]), begin)],
])('%s whose application is closed before it has begun fails with what its call says', async (_, followed) => {
  let lose = (_connected: boolean): void => undefined;
  const onConnection = (listener: typeof lose) => ((lose = listener), () => undefined);
  const client = { ...silent('running'), onConnection } as unknown as Client;
  const over = followed(client, async () => {
    lose(false);
    await setImmediate(); // a promise that nobody handles would end the process here
    throw new Error('the line was lost');
  });
  await expect(over).rejects.toThrow(/^the line was lost$/);
});
