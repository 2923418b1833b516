/** Following a run on the command line: what is heard of it, and what is not. */
import { expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import type { Context } from '../../src-main/cli/command.ts';
import { follow } from '../../src-main/cli/follow.ts';

/** A client that is told nothing, and finds the run in this state where it asks, `times` times; then there is none. */
const silent = (state: string, times = Infinity) => {
  let asked = 0;
  const call = () =>
    asked++ < times
      ? Promise.resolve({ name: 'first try', state, epoch: 0, step: 0, error: null })
      : Promise.reject(Object.assign(new Error('there is no run r1'), { code: 'not-found' }));
  return { on: () => () => undefined, onConnection: () => () => undefined, call } as unknown as Client;
};

/** Follows the run r1, and what is said of it as JSON. */
function following(client: Client) {
  const said: object[] = [];
  const quiet = () => undefined;
  const output = {
    json: (event: object) => said.push(event),
    print: quiet,
    note: quiet,
    progress: quiet,
    clear: quiet,
  };
  const context = { output, signal: new AbortController().signal, home: '' } as unknown as Context;
  const code = follow(
    client,
    context,
    () => 'r1',
    () => Promise.resolve('r1'),
  );
  return { code, said };
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
