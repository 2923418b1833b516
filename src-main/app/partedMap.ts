/**
 * A map by texts for the application's thread, which everybody waits for: a million entries in one map are moved all at
 * once as it grows, a quarter of a second; here they are a few thousand at a time. In no order.
 */
const PARTS = 128;
/** Characters at the end of a text by which its part is found: names of photos differ there. */
const LOOKED_AT = 12;

function partOf(key: string): number {
  let hash = key.length;
  for (let at = Math.max(0, key.length - LOOKED_AT); at < key.length; at++)
    hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return (hash ^ (hash >>> 7) ^ (hash >>> 14)) & (PARTS - 1);
}

export class PartedMap<V> {
  readonly #parts = Array.from({ length: PARTS }, () => new Map<string, V>());

  get(key: string): V | undefined {
    return this.#parts[partOf(key)]!.get(key);
  }

  has(key: string): boolean {
    return this.#parts[partOf(key)]!.has(key);
  }

  set(key: string, value: V): void {
    this.#parts[partOf(key)]!.set(key, value);
  }

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  *values(): Generator<V> {
    for (const part of this.#parts) yield* part.values();
  }
}
