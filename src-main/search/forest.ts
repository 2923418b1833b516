/**
 * A tree of random halves over the rows of an index: each node is split at the median of the rows' products with the
 * difference of two of them, down to leaves of `LEAF` rows. Rows of one leaf are likely neighbours; a few trees of
 * different seeds make the first guess of the approximate graph. A function of (seed, tree) alone.
 */
import type { Rows } from './rows.ts';

/** Rows of a leaf, at most. */
export const LEAF = 192;

/** Calls `each` with the bounds of every leaf; the halves depend on n alone, so that trees need no structure. */
export function leaves(from: number, to: number, each: (from: number, to: number) => void, size = LEAF): void {
  if (to - from <= size) return each(from, to);
  const middle = (from + to) >>> 1;
  leaves(from, middle, each, size);
  leaves(middle, to, each, size);
}

/** Row numbers in the order of the tree's leaves [n]. */
export function plantTree(rows: Rows, seed: number, order: Int32Array): void {
  const { width } = rows.layout;
  const projections = new Float32Array(order.length);
  const direction = new Float32Array(width);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let state = seed >>> 0;
  const random = (count: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  };
  const split = (from: number, to: number): void => {
    if (to - from <= LEAF) return;
    const a = rows.row(order[from + random(to - from)]!);
    const b = rows.row(order[from + random(to - from)]!);
    for (let j = 0; j < width; j++) direction[j] = a[j]! - b[j]!;
    rows.gather(direction, order.subarray(from, to), projections.subarray(from, to));
    const middle = (from + to) >>> 1;
    select(projections, order, from, to - 1, middle);
    split(from, middle);
    split(middle, to);
  };
  split(0, order.length);
}

/** Puts the smallest values of from .. to before `middle` (Hoare's selection), the row numbers along with them. */
function select(values: Float32Array, order: Int32Array, from: number, to: number, middle: number): void {
  while (from < to) {
    const pivot = values[(from + to) >>> 1]!;
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i] = values[j]!;
      values[j] = value;
      const row = order[i]!;
      order[i] = order[j]!;
      order[j] = row;
      i++;
      j--;
    }
    if (middle <= j) to = j;
    else if (middle >= i) from = i;
    else return;
  }
}
