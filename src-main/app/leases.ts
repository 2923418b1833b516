/**
 * Who uses what. A run that an export reads, an embedding that is written or searched: whoever uses it holds a lease
 * on it, and whoever would delete or close it asks first. `Shared` is the same for work that several wait for: it
 * belongs to none of them, so it carries nobody's signal, and is given up when the last who waits has left.
 */

/** Kinds of things that are held, by their ids. */
export type Held = 'run' | 'set';

export class Leases {
  readonly #held = new Map<string, { holders: number; free: Promise<void>; leave(): void }>();

  /** Returns what gives it back; to call that again changes nothing. */
  hold(kind: Held, id: string): () => void {
    const name = `${kind} ${id}`;
    let held = this.#held.get(name);
    if (!held) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#held.set(name, (held = { holders: 0, free: promise, leave: resolve }));
    }
    const lease = held;
    lease.holders++;
    let mine = true;
    return () => {
      if (!mine) return;
      mine = false;
      if (--lease.holders > 0) return;
      this.#held.delete(name);
      lease.leave();
    };
  }

  isHeld = (kind: Held, id: string): boolean => this.#held.has(`${kind} ${id}`);

  /** Resolves when nobody holds it: at once, or when the last has given it back. */
  async free(kind: Held, id: string): Promise<void> {
    for (let held; (held = this.#held.get(`${kind} ${id}`));) await held.free;
  }
}

export type Progress = (fraction: number) => void;

interface Begun<T> {
  made: Promise<T>;
  abort: AbortController;
  /** Who waits, with where each wants to be told of the progress. */
  waiting: Set<{ onProgress: Progress | undefined }>;
}

/** One piece of work for all who ask for its result, begun by the first and kept when it is done. */
export class Shared<T> {
  readonly #work: (signal: AbortSignal, onProgress: Progress) => Promise<T>;
  #begun: Begun<T> | null = null;
  #ready = false;

  constructor(work: (signal: AbortSignal, onProgress: Progress) => Promise<T>) {
    this.#work = work;
  }

  /** Whether the result is there. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * The result. Whoever aborts leaves alone; the work ends only when nobody waits any more, and the next who asks
   * begins it anew, as after a failure.
   */
  async get(signal?: AbortSignal, onProgress?: Progress): Promise<T> {
    signal?.throwIfAborted();
    const begun = (this.#begun ??= this.#begin());
    const me = { onProgress };
    begun.waiting.add(me);
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal!.reason as Error);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([begun.made, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      begun.waiting.delete(me);
      if (begun.waiting.size === 0 && this.#begun === begun && !this.#ready) {
        this.#begun = null;
        begun.abort.abort();
      }
    }
  }

  #begin(): Begun<T> {
    const abort = new AbortController();
    const waiting: Begun<T>['waiting'] = new Set();
    const made = this.#work(abort.signal, (fraction) => {
      for (const { onProgress } of waiting) onProgress?.(fraction);
    });
    const begun = { made, abort, waiting };
    made.then(
      () => (this.#ready = true),
      () => this.#begun === begun && (this.#begun = null),
    );
    return begun;
  }
}
