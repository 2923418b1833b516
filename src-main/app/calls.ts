/**
 * The calls of an open application: each is checked and answered (answer.ts), one that reads much in its turn (turns.ts),
 * one that begins what is under way with that (begun.ts), and none once the application closes.
 */
import type { AppHandlers } from '../../shared/contract.ts';
import { answer } from './answer.ts';
import type { InTurn } from './answer.ts';
import { Begun } from './begun.ts';
import type { AppContext } from './context.ts';
import { AppError } from './errors.ts';
import { lists, Turns } from './turns.ts';

const neverAborted = new AbortController().signal;

/**
 * @param check whether answers are checked against their schemas too
 * @returns what answers a call; it throws AppError not-available.closing once the application closes, else as `answer` does
 */
export function answeredBy(
  handlers: AppHandlers,
  { paths, store, tasks, closing }: AppContext,
  check: boolean,
): (method: string, params: unknown, context?: { signal?: AbortSignal }) => Promise<unknown> {
  const turns = new Turns();
  const begun = new Begun({
    task: (id) => tasks.list().find((task) => task.id === id),
    experiment: (id) => store.lab.get(id) && handlers['lab.get']({ experimentId: id }, { signal: neverAborted }),
  });
  const assertOpen = () => {
    if (closing.aborted) throw new AppError('not-available.closing');
  };
  const inTurn: InTurn = (name, asked, work) =>
    lists.has(name)
      ? turns.take(`${name} ${JSON.stringify(asked)}`, () => {
          assertOpen();
          return work();
        })
      : begun.once(name, asked, work);
  return async (method, params, { signal = neverAborted } = {}) => {
    assertOpen();
    return answer(paths.home, handlers, method, params, { signal, inTurn, check });
  };
}
