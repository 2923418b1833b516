/**
 * Turns of calls that read much. SQLite answers on the thread that everything else waits for, so they are made some
 * milliseconds at a time, after the quick calls that have come meanwhile: however many lists are asked for, a quick call
 * waits that long or for one of them. Who asks for the same before its turn has come gets the same answer.
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
  'tags.counts',
  'runs.list',
  'runs.epochs',
  'runs.steps',
  'runs.strip',
  'evaluate.list',
  'lab.list',
]);

/** Milliseconds of lists in one turn of the event loop, the last of them not cut short. */
const TURN_TIME = 4;

export class Turns {
  readonly #waiting = new Map<string, { begin: () => void; answer: Promise<unknown> }>();
  readonly #time: number;
  #isDue = false;

  constructor(milliseconds = TURN_TIME) {
    this.#time = milliseconds;
  }

  /** `what` names the call with its parameters: equal names wait together. @returns what `work` returns, in its turn */
  take(what: string, work: () => unknown): Promise<unknown> {
    const there = this.#waiting.get(what);
    if (there) return there.answer;
    const { promise: answer, resolve, reject } = Promise.withResolvers();
    const begin = () => {
      try {
        resolve(work()); // at once, so that it counts in its turn
      } catch (error) {
        reject(error as Error);
      }
    };
    this.#waiting.set(what, { begin, answer });
    this.#next();
    return answer;
  }

  /** Some in each turn of the event loop, after what sockets have brought. */
  #next(): void {
    if (this.#isDue || this.#waiting.size === 0) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      const end = performance.now() + this.#time;
      for (const [what, { begin }] of this.#waiting) {
        this.#waiting.delete(what);
        begin();
        if (performance.now() >= end) break;
      }
      this.#next();
    });
  }
}
