/** A command that waits for the listing of a folder: how it ends where that does not. */
import { expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import type { Dataset } from '../../shared/contract.ts';
import type { Context } from '../../src-main/cli/command.ts';
import { listed } from '../../src-main/cli/listed.ts';

/** Waits for the listing of /photos; how many listen to the client is counted. */
function waiting() {
  let listening = 0;
  const connections: ((connected: boolean) => void)[] = [];
  const listen = () => (listening++, () => void listening--);
  const client = {
    on: listen,
    onConnection: (listener: (connected: boolean) => void) => (connections.push(listener), listen()),
  } as unknown as Client;
  const quiet = () => undefined;
  const stop = new AbortController();
  const context = { output: { progress: quiet, note: quiet, clear: quiet }, signal: stop.signal } as unknown as Context;
  const begun = { id: 'd1', state: 'scanning' } as Dataset;
  return {
    interrupt: () => stop.abort(new Error('stopped')),
    lose: () => connections.forEach((listener) => listener(false)),
    listening: () => listening,
    ended: listed(client, '/photos', () => Promise.resolve(begun), context),
  };
}

test.each(['at once', 'later'])(
  'fails when the application is closed, or the person interrupts it %s',
  async (when) => {
    for (const [end, why] of [
      ['lose', 'the application that reads /photos was closed: give the command again'],
      ['interrupt', 'stopped'],
    ] as const) {
      const { ended, listening, ...act } = waiting();
      if (when === 'later') await new Promise(setImmediate);
      act[end]();
      await expect(ended).rejects.toThrow(why);
      expect(listening()).toBe(0);
    }
  },
);
