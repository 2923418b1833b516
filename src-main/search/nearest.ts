/**
 * Nearest neighbours for one question: in the calling thread where that takes less than the start of a worker,
 * through an ExactIndex that is closed again where it does not. Both give the same answer.
 */
import { checkShape } from './errors.ts';
import { ExactIndex } from './exactIndex.ts';
import type { IndexOptions, QueryOptions } from './exactIndex.ts';
import { TopK, emptyNeighbours } from './topK.ts';
import type { Neighbours } from './topK.ts';
import { dot, cosine, normalized } from './vectors.ts';

/** Multiplications done in the calling thread, about 50 ms; an index and its threads take 70 to 130 ms to start. */
const SMALL_WORK = 5e7;

/** Whether so many queries of so many rows are answered in the calling thread. */
export const isSmall = (n: number, d: number, count: number): boolean => n * d * count <= SMALL_WORK;

/**
 * The k rows of `bank` [n, d] most similar to each of `queries` [count, d] by cosine, ties by index.
 * @throws InternalError bad-shape, SearchError not-finite
 */
export async function nearest(
  bank: Float32Array,
  n: number,
  d: number,
  queries: Float32Array,
  count: number,
  k: number,
  options: QueryOptions & IndexOptions = {},
): Promise<Neighbours> {
  checkShape('bank', bank, n, d);
  checkShape('queries', queries, count, d);
  if (isSmall(n, d, count)) return nearestHere(bank, n, d, queries, count, k, options.exclude ?? null);
  const index = await ExactIndex.create(bank, n, d, options);
  try {
    return await index.query(queries, count, k, options);
  } finally {
    await index.close();
  }
}

function nearestHere(
  bank: Float32Array,
  n: number,
  d: number,
  queries: Float32Array,
  count: number,
  k: number,
  exclude: Int32Array | null,
): Neighbours {
  const rows = normalized(bank, n, d);
  const asked = normalized(queries, count, d);
  const out = emptyNeighbours(count, k);
  const scores = new Float32Array(n);
  for (let q = 0; q < count; q++) {
    for (let i = 0; i < n; i++) scores[i] = dot(asked, q * d, rows, i * d, d);
    const top = new TopK(1, k, exclude?.subarray(q, q + 1) ?? null);
    top.add(scores, n, 0);
    top.finish((_, row) => cosine(asked, q * d, rows, row * d, d), out, q);
  }
  return out;
}
