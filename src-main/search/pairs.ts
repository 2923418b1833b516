/**
 * How alike any two vectors of a collection are, as a sorted sample of their cosines. By it a cosine becomes the share of
 * pairs that are less alike, which means the same under every encoder; a cosine of 0.5 does not.
 */
import { joined } from '../../shared/append.ts';
import { toEnd } from '../../shared/work.ts';
import type { Work } from '../../shared/work.ts';
import { checkShape } from './errors.ts';
import { fewRows } from './few.ts';
import { cosine, normalized } from './vectors.ts';

/** Rows of which every pair is in the sample: 130,816 pairs, all there are of a smaller collection. */
const PAIRED = 512;

/** The rows whose pairs stand for those of all `n`: evenly over them, as photos of one folder follow each other. */
export const pairedRows = (n: number, most = PAIRED): number[] => fewRows(n, most);

/**
 * The cosines of every pair of `vectors` [n, d], ascending [n (n - 1) / 2]. Yields after each row.
 * @throws InternalError bad-shape, SearchError not-finite
 */
export function* pairCosines(vectors: Float32Array, n: number, d: number): Work<Float32Array> {
  checkShape('vectors', vectors, n, d);
  const rows = normalized(vectors, n, d);
  const out = new Float32Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) out[at++] = cosine(rows, i * d, rows, j * d, d);
    yield;
  }
  return out.sort();
}

/** The same of `most` rows of `vectors` [n, d] at once, for few. */
export function pairsOfSome(vectors: Float32Array, n: number, d: number, most: number): Float32Array {
  const rows = pairedRows(n, most);
  const some = joined(rows.map((row) => vectors.subarray(row * d, (row + 1) * d)));
  return toEnd(pairCosines(some, rows.length, d));
}

/** Share of the pairs that are less alike than `value`, 0 to 1; 0 where there are no pairs. @param sorted ascending */
export function shareBelow(sorted: Float32Array, value: number): number {
  const bound = Math.fround(value); // as they are kept: a pair is not less alike than itself
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return sorted.length ? low / sorted.length : 0;
}
