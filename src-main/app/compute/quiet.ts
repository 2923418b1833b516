/**
 * What computes together and what wants the machine for itself: a training and tasks may run side by side, a self-test
 * measures and is measured, so it waits until nothing computes, and what would begin meanwhile waits for it.
 */
import { unlessAborted } from '../unhurried.ts';

export class Quiet {
  readonly #computing = new Set<Promise<void>>();
  #alone: Promise<void> | null = null;

  /** Resolves with the end of what may now begin beside others; at once where `signal` is aborted, for who then begins nothing. */
  async enter(signal: AbortSignal): Promise<() => void> {
    while (this.#alone && !signal.aborted) await unlessAborted(this.#alone, signal).catch(() => {});
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#computing.add(promise);
    return () => {
      this.#computing.delete(promise);
      resolve();
    };
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone || this.#computing.size > 0) await (this.#alone ?? Promise.all(this.#computing));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#alone = promise;
    try {
      return await work();
    } finally {
      this.#alone = null;
      resolve();
    }
  }
}
