/** A client whose calls are answered by functions of the test, and events sent by hand: over the real wire, in memory. */
import { connect, serve } from '../../../shared/client.ts';
import type { Client } from '../../../shared/client.ts';
import { memoryPair } from '../../../shared/transport.ts';
import type { AppEvent, AppMethod, AppParams, AppResult } from '../../../shared/contract.ts';

export type Answers = { [M in AppMethod]?: (params: AppParams<M>) => AppResult<M> | Promise<AppResult<M>> };

export interface Fake {
  client: Client;
  /** Calls in order, as [method, params]. */
  calls: [string, unknown][];
  send(event: AppEvent): void;
  /** Answers a method otherwise from now on. */
  answer<M extends AppMethod>(method: M, answer: NonNullable<Answers[M]>): void;
  /** Cuts the connection and, at once, opens another. */
  reconnect(): void;
  /** Cuts it for good. */
  lose(): void;
}

export function fakeClient(answers: Answers): Fake {
  const calls: [string, unknown][] = [];
  const listeners = new Set<(event: AppEvent) => void>();
  const app = {
    async handle(method: string, params: unknown): Promise<unknown> {
      calls.push([method, params]);
      const answer = answers[method as AppMethod] as ((params: unknown) => unknown) | undefined;
      if (!answer) throw new Error(`the test has no answer to ${method}`);
      return answer(params);
    },
    onEvent(listener: (event: AppEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const client = connect();
  let lose = () => {};
  const open = () => {
    const [here, there] = memoryPair();
    lose = () => there.close();
    serve(there, app);
    client.attach(here);
  };
  open();
  return {
    client,
    calls,
    answer: (method, answer) => void (answers[method] = answer as Answers[typeof method]),
    send: (event) => listeners.forEach((listener) => listener(event)),
    reconnect: open,
    lose: () => lose(),
  };
}

/** Until what was sent has arrived and been dealt with. */
export const settled = (milliseconds = 20): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
