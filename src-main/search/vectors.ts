/**
 * Arithmetic on rows of vectors, in double precision: normalisation and the dot product that final similarities
 * are made of. Batches of products are the exact index's business.
 */
import { SearchError, checkShape } from './errors.ts';

/**
 * Divides each row by its Euclidean norm, in place. A zero row stays zero, so its similarity to everything is 0.
 * @param first index of the first row, for the message only
 * @throws SearchError not-finite naming the first row that holds NaN or infinity.
 */
export function normalizeRows(rows: Float32Array, d: number, first = 0): Float32Array {
  for (let at = 0; at < rows.length; at += d) {
    let sum = 0;
    for (let j = at; j < at + d; j++) sum += rows[j]! * rows[j]!;
    if (!Number.isFinite(sum)) {
      throw new SearchError('not-finite.row', { row: first + at / d });
    }
    if (sum === 0) continue;
    const scale = 1 / Math.sqrt(sum);
    for (let j = at; j < at + d; j++) rows[j]! *= scale;
  }
  return rows;
}

/**
 * The rows of `vectors` [n, d], each divided by its Euclidean norm, as a copy; a zero row stays zero.
 * @throws InternalError bad-shape, SearchError not-finite naming the first row that holds NaN or infinity
 */
export function normalized(vectors: Float32Array, n: number, d: number): Float32Array {
  checkShape('vectors', vectors, n, d);
  return normalizeRows(vectors.slice(), d);
}

/** Whether a row of `rows` [.., d] is zero throughout. */
export function hasZeroRow(rows: Float32Array, d: number): boolean {
  for (let at = 0; at < rows.length; at += d) if (rows.subarray(at, at + d).every((x) => x === 0)) return true;
  return false;
}

/** Dot product of `d` numbers of `a` from `i` on with `b` from `j` on; four sums keep the pipeline busy. */
export function dot(a: Float32Array, i: number, b: Float32Array, j: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const even = d & ~3;
  for (let t = 0; t < even; t += 4) {
    s0 += a[i + t]! * b[j + t]!;
    s1 += a[i + t + 1]! * b[j + t + 1]!;
    s2 += a[i + t + 2]! * b[j + t + 2]!;
    s3 += a[i + t + 3]! * b[j + t + 3]!;
  }
  for (let t = even; t < d; t++) s0 += a[i + t]! * b[j + t]!;
  return s0 + s1 + (s2 + s3);
}

/** Cosine of two normalised rows, clamped to what a cosine can be. */
export const cosine = (a: Float32Array, i: number, b: Float32Array, j: number, d: number): number =>
  Math.max(-1, Math.min(1, dot(a, i, b, j, d)));
