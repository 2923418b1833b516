/**
 * How fast folders are read beside trainings. While a run prepares its first step, which a person waits for, no photo is
 * read; beside the training of a folder its own reading takes a small share of a processor, as the steps of that run were
 * timed without it. What is looked at meanwhile is read when it is asked for.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Share of one processor that a folder's reading takes beside the training of it. */
const SHARE = 0.1;
/** Most seconds between two of its photos, however long one takes: on a busy machine that is mostly waiting. */
const MOST_REST = 2;

export interface Beside {
  /** The run's first step begins. */
  begun(): void;
  ended(): void;
}

export class Pace {
  /** Runs that prepare their first step. */
  readonly #preparing = new Set<object>();
  /** Folder of each run, by run. */
  readonly #folders = new Map<object, string>();
  #opened = Promise.withResolvers<void>();

  /** Tells of a run that prepares its first step on a folder's photos. */
  run(folderId: string): Beside {
    const run = {};
    this.#preparing.add(run);
    this.#folders.set(run, folderId);
    const begun = () => {
      if (!this.#preparing.delete(run) || this.#preparing.size > 0) return;
      this.#opened.resolve();
      this.#opened = Promise.withResolvers();
    };
    return {
      begun,
      ended: () => {
        this.#folders.delete(run);
        begun();
      },
    };
  }

  /**
   * Resolves when a reading may go on to its next photo, or is stopped.
   * @param seconds that the last photo took; @param lanes how many photos the reading has in flight
   */
  async turn(folderId: string, seconds: number, lanes: number, signal: AbortSignal): Promise<void> {
    const rest = this.#isTrained(folderId) ? Math.min(MOST_REST, seconds * (lanes / SHARE - 1)) : 0;
    if (rest > 0) await sleep(1000 * rest, undefined, { signal }).catch(() => {});
    while (this.#preparing.size > 0 && !signal.aborted) await settledOrAborted(this.#opened.promise, signal);
  }

  #isTrained(folderId: string): boolean {
    return [...this.#folders.values()].includes(folderId);
  }
}

function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    void promise.then(end);
  });
}
