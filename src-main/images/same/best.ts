/** Which pairs of photos are worth a closer look, when all cannot be kept. */
import { inverse } from './grey.ts';

/** Others that one photo is held against. */
const MOST = 6;

/**
 * Of each of `count` photos the others that are most like it; a pair stays while either of the two wants it. In arrays,
 * 80 bytes a photo: of a million photos objects would fill a thread's memory.
 */
export class Best {
  readonly #others: Int32Array; // [count, MOST], those of a photo from its first place on, then -1
  readonly #correlations: Float64Array; // and so the others
  readonly #ways: Uint8Array;
  readonly #count: number;
  constructor(count: number) {
    this.#count = count;
    this.#others = new Int32Array(count * MOST).fill(-1);
    this.#correlations = new Float64Array(count * MOST);
    this.#ways = new Uint8Array(count * MOST);
  }
  get size(): number {
    let size = 0;
    for (const other of this.#others) if (other >= 0) size++;
    return size;
  }
  has(a: number, b: number): boolean {
    return this.#placeOf(a, b) >= 0;
  }
  offer(a: number, b: number, way: number, correlation: number): void {
    this.#keep(a, b, way, correlation);
    this.#keep(b, a, inverse(way), correlation);
  }
  each(take: (a: number, b: number, way: number, correlation: number) => void): void {
    for (let row = 0; row < this.#count; row++)
      for (let at = row * MOST; at < (row + 1) * MOST; at++) {
        const other = this.#others[at]!;
        if (other < 0) break;
        const [way, correlation] = [this.#ways[at]!, this.#correlations[at]!];
        if (row < other) take(row, other, way, correlation);
        else if (!this.has(other, row)) take(other, row, inverse(way), correlation);
      }
  }
  #placeOf(row: number, other: number): number {
    for (let at = row * MOST; at < (row + 1) * MOST; at++) if (this.#others[at] === other) return at;
    return -1;
  }
  #keep(row: number, other: number, way: number, correlation: number): void {
    let place = this.#placeOf(row, other);
    if (place < 0) place = this.#placeOf(row, -1);
    if (place < 0) {
      place = row * MOST; // the least of them
      for (let at = place + 1; at < (row + 1) * MOST; at++)
        if (this.#correlations[at]! < this.#correlations[place]!) place = at;
      if (this.#correlations[place]! >= correlation) return;
    }
    this.#others[place] = other;
    this.#correlations[place] = correlation;
    this.#ways[place] = way;
  }
}
