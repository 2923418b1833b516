/**
 * The work of a thread on an approximate neighbour graph: pairs inside the leaves of a tree, then rounds of NN-descent
 * (Dong, Moses and Li 2011): neighbours of neighbours are likely neighbours. Each row's list is written by the thread
 * that has the row and nobody reads another's: what a round looks at was laid out before it, so that the result does
 * not depend on the number of threads or on which is faster.
 */
import { LEAF } from './forest.ts';
import type { Rows } from './rows.ts';
import { emptyNeighbours } from './topK.ts';
import type { Neighbours } from './topK.ts';
import { cosine } from './vectors.ts';

/** The best found so far of every row, most similar first; in memory that all threads share. */
export interface Lists {
  /** Neighbours kept of each row. */
  size: number;
  rows: Int32Array; // [n, size], -1 where there is none
  scores: Float32Array; // [n, size], -Infinity where there is none
  /** 1 for what came since the adjacency was laid out. */
  fresh: Uint8Array; // [n, size]
}

/** Both directions of the lists as they stood: per row its neighbours, then some of those whose neighbour it is. */
export interface Adjacency {
  size: number;
  /** Row numbers, ~row where the edge is fresh; EMPTY from the first that is missing. */
  rows: Int32Array; // [n, size]
}
const EMPTY = 0x7fffffff;

export function emptyLists(n: number, size: number): Lists {
  return {
    size,
    rows: new Int32Array(new SharedArrayBuffer(4 * n * size)).fill(-1),
    scores: new Float32Array(new SharedArrayBuffer(4 * n * size)).fill(-Infinity),
    fresh: new Uint8Array(new SharedArrayBuffer(n * size)),
  };
}

/** Inserts a row into a list. False where it is there already, or worse than all in it. */
function insert({ size, rows, scores, fresh }: Lists, to: number, row: number, score: number): boolean {
  const base = to * size;
  let at = base + size - 1;
  if (score <= scores[at]!) return false;
  for (let i = base; i <= at; i++) if (rows[i] === row) return false;
  while (at > base && scores[at - 1]! < score) {
    scores[at] = scores[at - 1]!;
    rows[at] = rows[at - 1]!;
    fresh[at] = fresh[at - 1]!;
    at--;
  }
  scores[at] = score;
  rows[at] = row;
  fresh[at] = 1;
  return true;
}

/** Compares every pair of rows in a tree's leaf [count]; returns how many entries of their lists changed. */
export function joinLeaf(rows: Rows, lists: Lists, leaf: Int32Array): number {
  if (leaf.length > LEAF) throw new RangeError(`a leaf holds ${leaf.length} rows`);
  const { size, scores: best } = lists;
  const { numbers, scores } = rows;
  let changed = 0;
  numbers.set(leaf);
  for (let i = 0; i + 1 < leaf.length; i++) {
    const row = leaf[i]!;
    const count = leaf.length - i - 1;
    rows.gathered(row, i + 1, count);
    const last = row * size + size - 1;
    for (let j = 0; j < count; j++) {
      const score = scores[j]!;
      const other = leaf[i + 1 + j]!;
      if (score > best[last]! && insert(lists, row, other, score)) changed++;
      if (score > best[other * size + size - 1]! && insert(lists, other, row, score)) changed++;
    }
  }
  return changed;
}

/** Lays the lists out in both directions and clears their freshness. */
export function layOut({ size, rows, fresh }: Lists, { size: room, rows: out }: Adjacency): void {
  const n = rows.length / size;
  const filled = new Uint16Array(n);
  out.fill(EMPTY);
  for (let i = 0; i < n; i++)
    for (let e = i * size; e < (i + 1) * size && rows[e]! >= 0; e++)
      out[i * room + filled[i]!++] = fresh[e] ? ~rows[e]! : rows[e]!;
  // Of those whose neighbour a row is, the fresh first: what is old was looked at in an earlier round.
  for (const wanted of [1, 0])
    for (let rank = 0; rank < size; rank++)
      for (let i = 0; i < n; i++) {
        const e = i * size + rank;
        const j = rows[e]!;
        if (j < 0 || fresh[e] !== wanted || filled[j] === room) continue;
        out[j * room + filled[j]!++] = wanted ? ~i : i;
      }
  fresh.fill(0);
}

const SEEN = 4096;

/** One round of NN-descent for the rows from .. to - 1; returns how many entries of their lists changed. */
export function explore(
  rows: Rows,
  lists: Lists,
  { size: room, rows: near }: Adjacency,
  from: number,
  to: number,
): number {
  const { numbers, scores } = rows;
  // The rows that were met, in an open table; what belongs to an earlier row counts as empty.
  const seen = new Int32Array(SEEN);
  const stamp = new Int32Array(SEEN).fill(-1);
  let changed = 0;
  const { size } = lists;
  for (let row = from; row < to; row++) {
    let count = 0;
    let met = 0;
    const isNew = (other: number): boolean => {
      let at = (Math.imul(other, 0x9e3779b1) >>> 20) & (SEEN - 1);
      while (stamp[at] === row) {
        if (seen[at] === other) return false;
        at = (at + 1) & (SEEN - 1);
      }
      stamp[at] = row;
      seen[at] = other;
      met++;
      return true;
    };
    const look = (): void => {
      rows.gathered(row, 0, count);
      for (let i = 0; i < count; i++)
        if (scores[i]! > lists.scores[row * size + size - 1]! && insert(lists, row, numbers[i]!, scores[i]!)) changed++;
      count = 0;
    };
    isNew(row);
    for (let e = row * size; e < (row + 1) * size && lists.rows[e]! >= 0; e++) isNew(lists.rows[e]!);
    for (let e = row * room; e < (row + 1) * room && met < SEEN / 2; e++) {
      const middle = near[e]!;
      if (middle === EMPTY) break;
      const through = middle < 0 ? ~middle : middle;
      for (let f = through * room; f < (through + 1) * room; f++) {
        const end = near[f]!;
        if (end === EMPTY) break;
        if (middle >= 0 && end >= 0) continue; // an earlier round came this way
        const other = end < 0 ? ~end : end;
        if (!isNew(other)) continue;
        numbers[count++] = other;
        if (count === numbers.length) look();
      }
    }
    look();
  }
  return changed;
}

/** The k best of the rows from .. to - 1 by their cosines in double precision, ties by index. */
export function rank(rows: Rows, { size, rows: found }: Lists, k: number, from: number, to: number): Neighbours {
  const { d } = rows.layout;
  const out = emptyNeighbours(to - from, k);
  const best = new Float64Array(size);
  const order = new Int32Array(size);
  for (let row = from; row < to; row++) {
    let count = 0;
    const own = rows.row(row);
    for (let e = row * size; e < (row + 1) * size && found[e]! >= 0; e++) {
      const other = found[e]!;
      const value = Math.fround(cosine(own, 0, rows.row(other), 0, d));
      let at = count++;
      for (; at > 0 && (best[at - 1]! < value || (best[at - 1] === value && order[at - 1]! > other)); at--) {
        best[at] = best[at - 1]!;
        order[at] = order[at - 1]!;
      }
      best[at] = value;
      order[at] = other;
    }
    for (let i = 0; i < Math.min(k, count); i++) {
      out.indices[(row - from) * k + i] = order[i]!;
      out.similarities[(row - from) * k + i] = best[i]!;
    }
  }
  return out;
}
