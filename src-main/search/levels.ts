/**
 * Vectors as levels of 8 bits: a quarter of the bytes that a query has to read. A row keeps the step that its levels are
 * multiples of. Levels are of what is left of rows and queries once a centre, about the rows' mean, is taken away: an
 * encoder that has hardly learned, and one that ends in a ReLU, gives vectors that all point nearly the same way, and
 * what tells them apart would be less than a level. Products are right to about a thousandth of those of the rests, so
 * that who takes the best of them compares some more than are wanted exactly.
 */

/** A query's levels have 7 bits and stand so much above what they mean: so the kernel's products overflow nowhere. */
export const zeroLevel = 64;

/** Largest level of a query, and of a row. */
const QUERY = 63;
export const largestLevel = 127;

/** Writes a query as levels; answers their step. */
export function asLevels(values: Float32Array, into: Uint8Array): number {
  let largest = 0;
  for (const x of values) largest = Math.max(largest, Math.abs(x));
  const step = largest / QUERY || 1;
  for (let j = 0; j < values.length; j++) into[j] = Math.round(values[j]! / step) + zeroLevel;
  return step;
}
