/**
 * Runs that wait for their turn. The queue of an application that stays open (a window's, a server's) is kept in the
 * database and goes on at the next start. That of a command ends with the command: it neither keeps what it queues nor
 * touches what another application keeps, so that training one folder at a prompt never starts what somebody queued.
 */
import type { Host } from '../context.ts';
import type { Store } from '../../db/index.ts';

export class RunQueue {
  readonly #store: Store;
  readonly #kept: boolean;
  readonly #waiting: string[];

  constructor(store: Store, host: Pick<Host, 'kind'>) {
    this.#store = store;
    this.#kept = host.kind !== 'cli';
    this.#waiting = this.#kept ? store.runs.waiting().map(({ id }) => id) : [];
  }

  has(runId: string): boolean {
    return this.#waiting.includes(runId);
  }

  /** @returns the place to write beside the run; null: it is not kept */
  add(runId: string, where: 'first' | 'last'): number | null {
    if (where === 'first') this.#waiting.unshift(runId);
    else this.#waiting.push(runId);
    return this.#kept ? this.#store.runs.freePlace(where) : null;
  }

  /** @returns false where it did not wait here */
  remove(runId: string): boolean {
    const at = this.#waiting.indexOf(runId);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /** Takes the one whose turn it is. */
  next(): string | undefined {
    return this.#waiting.shift();
  }
}
