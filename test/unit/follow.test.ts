/** Following a run on the command line: what is heard of it, and what is not. */
import { expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import type { Context } from '../../src-main/cli/command.ts';
import { follow } from '../../src-main/cli/follow.ts';

/** A client that is told nothing, and finds the run in this state where it asks. */
const silent = (state: string) =>
  ({
    on: () => () => undefined,
    onConnection: () => () => undefined,
    call: () => Promise.resolve({ state, epoch: 0, step: 0, error: null }),
  }) as unknown as Client;

test('a run that was stopped before anything was heard of it has ended', async () => {
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
  const code = await follow(
    silent('stopped'),
    context,
    () => 'r1',
    () => Promise.resolve('r1'),
  );
  expect(code).toBe(0);
  expect(said).toEqual([{ event: 'stopped', run: 'r1', epoch: 0, step: 0 }]);
});
