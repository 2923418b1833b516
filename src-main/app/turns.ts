/**
 * Turns of calls that read much. SQLite answers on the thread that everything else waits for, so each of them is made
 * in a turn of its own, after the quick calls that have come meanwhile: however many lists are asked for, a quick call
 * waits for one of them at most. Who asks for the same before its turn has come gets the same answer.
 */
import type { AppMethod } from '../../shared/contract.ts';

/**
 * The calls that read much: they take milliseconds where others take a tenth of one (`node scripts/load.ts` measures
 * it).
 */
export const lists: ReadonlySet<AppMethod> = new Set([
  'library.images',
  'library.skipped',
  'library.csvReport',
  'photos.list',
  'photos.ids',
  'tags.images',
  'runs.list',
  'runs.epochs',
  'runs.steps',
  'runs.strip',
  'evaluate.list',
  'lab.list',
]);

export class Turns {
  readonly #waiting = new Map<string, { begin: () => void; answer: Promise<unknown> }>();
  #isDue = false;

  /** `what` names the call with its parameters: equal names wait together. @returns what `work` returns, in its turn */
  take(what: string, work: () => unknown): Promise<unknown> {
    const there = this.#waiting.get(what);
    if (there) return there.answer;
    let begin!: () => void;
    const answer = new Promise<void>((resolve) => (begin = resolve)).then(work);
    this.#waiting.set(what, { begin, answer });
    this.#next();
    return answer;
  }

  /** One for each turn of the event loop, after what sockets have brought. */
  #next(): void {
    const first = this.#waiting.entries().next().value;
    if (this.#isDue || !first) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#waiting.delete(first[0]);
      first[1].begin();
      this.#next();
    });
  }
}
