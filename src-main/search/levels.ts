/**
 * Vectors as levels of 8 bits: a quarter of the bytes that a query has to read. A row keeps the step that its levels are
 * multiples of. Products of levels are right to about a thousandth, so that who takes the best of them compares some
 * more than are wanted exactly.
 */

/** A query's levels have 7 bits and stand so much above what they mean: so the kernel's products overflow nowhere. */
export const zeroLevel = 64;

/** Largest level of a query, and of a row. */
const [QUERY, ROW] = [63, 127];

const largestOf = (values: Float32Array): number => {
  let largest = 0;
  for (const x of values) largest = Math.max(largest, Math.abs(x));
  return largest;
};

/** Writes a query as levels; answers their step. */
export function asLevels(values: Float32Array, into: Uint8Array): number {
  const step = largestOf(values) / QUERY || 1;
  for (let j = 0; j < values.length; j++) into[j] = Math.round(values[j]! / step) + zeroLevel;
  return step;
}

export class Levels {
  /** Bytes of the memory at which levels, and what is known of the rows, begin. */
  readonly at: number;
  readonly facts: number;
  readonly #width: number;
  readonly #levels: Int8Array; // [n, width]
  readonly #facts: Float32Array; // [n, 2]: step, and what a query's zero level adds to a product

  constructor(buffer: SharedArrayBuffer, facts: number, at: number, n: number, width: number) {
    this.at = at;
    this.facts = facts;
    this.#width = width;
    this.#levels = new Int8Array(buffer, at, n * width);
    this.#facts = new Float32Array(buffer, facts, 2 * n);
  }

  /** Sets a row [d]; what is behind it stays zero. */
  set(row: number, values: Float32Array): void {
    const step = largestOf(values) / ROW || 1;
    const from = row * this.#width;
    let sum = 0;
    for (let j = 0; j < values.length; j++) sum += this.#levels[from + j] = Math.round(values[j]! / step);
    this.#facts[2 * row] = step;
    this.#facts[2 * row + 1] = zeroLevel * sum;
  }
}
