/**
 * Small things that a browser remembers of how it was used. Where its storage is off it remembers nothing, and all
 * works without.
 */
export type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

export class Memory {
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
  }

  get(key: string): string | null {
    try {
      return this.#storage?.getItem(`lookalike.${key}`) ?? null;
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.#storage?.setItem(`lookalike.${key}`, value);
    } catch {
      // full, or off
    }
  }
}
