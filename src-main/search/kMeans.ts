/**
 * Spherical k-means (Dhillon and Modha 2001) begun by k-means++ (Arthur and Vassilvitskii 2007): rows of length one,
 * centres of length one, similarity by cosine. The passes over the rows are the index's.
 */
import type { Assignment } from './results.ts';
import { normalizeRows } from './vectors.ts';

export interface KMeans {
  /** The cluster of each row [n], numbered from 0 by size, largest first. */
  labels: Int32Array;
  /** The cosine of each row with its centre [n]. */
  similarities: Float32Array;
  /** Clusters that have rows. */
  count: number;
  /** Mean cosine of a cluster's rows with its centre [count]: near 1 means much alike. */
  coherence: Float32Array;
}

const ITERATIONS = 50;
/** Share of the way that finding the first centres counts for. */
const BEGINNING = 0.3;

/** A number in [0, 1) as a function of seed and position. */
export function counted(seed: number, at: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(at + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * At most `wanted` clusters of n rows of d numbers; the same seed gives the same clusters.
 * @param row a row of length one, by its number [d]
 * @param assign the nearest of `count` centres [count, d] for each row
 * @param options `iterations` of passes over the rows at most; `onProgress` is told 0 to 1
 */
export async function kMeans(
  n: number,
  d: number,
  wanted: number,
  seed: number,
  row: (index: number) => Float32Array,
  assign: (centres: Float32Array, count: number) => Promise<Assignment>,
  { iterations = ITERATIONS, onProgress }: { iterations?: number; onProgress?: (done: number) => void } = {},
): Promise<KMeans> {
  const most = Math.min(wanted, n);
  if (most === 0)
    return { labels: new Int32Array(n), similarities: new Float32Array(n), count: 0, coherence: new Float32Array(0) };

  // Each next centre is a row drawn with probability by its squared distance, 2 - 2 cos, from the nearest so far.
  const centres = new Float32Array(most * d);
  centres.set(row(Math.floor(counted(seed, 0) * n)));
  const nearest = new Float64Array(n).fill(Infinity);
  let count = 1;
  for (; count < most; count++) {
    const { similarities } = await assign(centres.slice((count - 1) * d, count * d), 1);
    let total = 0;
    for (let i = 0; i < n; i++) {
      nearest[i] = Math.min(nearest[i]!, Math.max(0, 2 - 2 * similarities[i]!));
      // Rounding leaves about 1e-7 between a row and its own copy: that is no distance.
      if (nearest[i]! < 1e-6) nearest[i] = 0;
      total += nearest[i]!;
    }
    if (total === 0) break; // fewer different rows than clusters wanted
    let draw = counted(seed, count) * total;
    let chosen = 0;
    for (let i = 0; i < n; i++) {
      if (nearest[i] === 0) continue;
      chosen = i;
      draw -= nearest[i]!;
      if (draw < 0) break;
    }
    centres.set(row(chosen), count * d);
    onProgress?.((BEGINNING * (count + 1)) / most);
  }

  let assigned = await assign(centres.slice(0, count * d), count);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const moved = normalizeRows(Float32Array.from(assigned.sums), d);
    // A centre that lost its rows stays where it was.
    for (let c = 0; c < count; c++)
      if (moved.subarray(c * d, (c + 1) * d).every((x) => x === 0))
        moved.set(centres.subarray(c * d, (c + 1) * d), c * d);
    centres.set(moved);
    const next = await assign(moved, count);
    onProgress?.(BEGINNING + ((1 - BEGINNING) * (iteration + 1)) / iterations);
    const settled = next.labels.every((label, i) => label === assigned.labels[i]);
    assigned = next;
    if (settled) break;
  }

  const sizes = new Int32Array(count);
  const sums = new Float64Array(count);
  assigned.labels.forEach((label, i) => {
    sizes[label]!++;
    sums[label]! += assigned.similarities[i]!;
  });
  const order = Array.from(sizes.keys())
    .filter((c) => sizes[c]! > 0)
    .sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const rank = new Int32Array(count);
  order.forEach((c, at) => (rank[c] = at));
  return {
    labels: assigned.labels.map((label) => rank[label]!),
    similarities: assigned.similarities,
    count: order.length,
    coherence: Float32Array.from(order, (c) => sums[c]! / sizes[c]!),
  };
}
