/**
 * Commands on folders, one after another: each names what it touches and begins when every earlier one that touches
 * any of it has ended, well or not. Nothing here knows what a command does.
 */
export class Lines {
  /** The end of the last command on each key. */
  readonly #ends = new Map<string, Promise<void>>();

  run<T>(keys: readonly string[], work: () => T | Promise<T>): Promise<T> {
    const earlier = keys.map((key) => this.#ends.get(key) ?? Promise.resolve());
    const result = Promise.all(earlier).then(work);
    const end: Promise<void> = result.then(noMatter, noMatter).then(() => {
      for (const key of keys) if (this.#ends.get(key) === end) this.#ends.delete(key);
    });
    for (const key of keys) this.#ends.set(key, end);
    return result;
  }

  /** Resolves when every command that has been given has ended. */
  async idle(): Promise<void> {
    while (this.#ends.size > 0) await Promise.all(this.#ends.values());
  }
}

const noMatter = () => undefined;
