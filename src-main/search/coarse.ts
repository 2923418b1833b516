/**
 * UMAP of very many points in two strides, as one thread takes minutes for all of them at once: some stand for the
 * others, each for its nearest in the graph, and are laid out alone; the others begin where theirs lies, and a last few
 * epochs lay out all. The graph alone decides, and the counted generator: the same graph, start and seed give the same
 * map.
 */
import type { Neighbours } from './topK.ts';
import { umapLayout } from './umap.ts';
import type { Edges, LayoutOptions } from './umap.ts';

/**
 * Epochs that lay out all points after those that stand for them, and the rate at which they begin. Of 20,000 points
 * (3,800 stand for the others) a map keeps .56 of the 15 neighbours among the 30 nearest so, and .61 where all are laid
 * out at once, in twice the time; with 30 epochs from .25 it keeps .545.
 */
const LAST_EPOCHS = 50;
const LAST_RATE = 0.6;
/** How far from the point that stands for it another begins: the map spans some 20, its nearest lie 0.1 apart. */
const ASIDE = 0.1;
/** Nearest neighbours of a point that it can stand for, and that can stand for it. */
const STANDS_FOR = 7;
/** Share of the time that the first stride takes. */
const FIRST = 0.5;

/** @param start where the points begin [n, 2] @returns positions [n, 2] */
export function umapOfMany(
  edges: Edges,
  graph: Neighbours,
  n: number,
  k: number,
  start: Float32Array,
  { onEpoch, ...options }: LayoutOptions = {},
): Float32Array {
  const { of, count } = standing(graph, n, k);
  const told = (from: number, share: number) => (epoch: number, epochs: number) =>
    onEpoch?.(Math.floor(1000 * (from + (share * epoch) / epochs)), 1000);
  const begin = new Float32Array(2 * count);
  const sizes = new Int32Array(count);
  for (let i = 0; i < n; i++) {
    sizes[of[i]!]!++;
    for (const axis of [0, 1]) begin[2 * of[i]! + axis]! += start[2 * i + axis]!;
  }
  for (let i = 0; i < 2 * count; i++) begin[i]! /= sizes[i >> 1]!;
  const few = umapLayout(between(edges, of, count), count, begin, { ...options, onEpoch: told(0, FIRST) });

  const places = new Float32Array(2 * n);
  let state = ((options.seed ?? 0) ^ 0x51ed270b) | 1;
  for (let i = 0; i < 2 * n; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    places[i] = few[2 * of[i >> 1]! + (i & 1)]! + ASIDE * ((state >>> 0) / 2 ** 31 - 1);
  }
  const last = { epochs: LAST_EPOCHS, rate: LAST_RATE, isPlaced: true, onEpoch: told(FIRST, 1 - FIRST) };
  return umapLayout(edges, n, places, { ...options, ...last });
}

/** Which point stands for each [n], numbered from 0, and how many do. */
export function standing(graph: Neighbours, n: number, k: number): { of: Int32Array; count: number } {
  const of = new Int32Array(n).fill(-1);
  const stands = new Uint8Array(n);
  const most = Math.min(k, STANDS_FOR);
  let count = 0;
  // by leaps that come to each once: neighbours in a folder are often neighbours by content
  const leap = coprime(n);
  for (let step = 0, i = 0; step < n; step++, i = (i + leap) % n) {
    if (of[i]! >= 0) continue;
    for (let e = i * k; e < i * k + most && of[i]! < 0; e++) {
      const other = graph.indices[e]!;
      if (other >= 0 && stands[other] === 1) of[i] = of[other]!;
    }
    if (of[i]! >= 0) continue;
    stands[i] = 1;
    of[i] = count++;
    for (let e = i * k; e < i * k + most; e++) {
      const other = graph.indices[e]!;
      if (other >= 0 && of[other]! < 0) of[other] = of[i]!;
    }
  }
  return { of, count };
}

/** A number near n times the golden ratio that has no divisor in common with n. */
function coprime(n: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let leap = Math.max(1, Math.floor(n * 0.618034));
  while (divisor(leap, n) > 1) leap++;
  return leap;
}

/** The edges between those that stand for others: sums of all between theirs, 1 from twice their mean on. */
function between({ from, to, weight }: Edges, of: Int32Array, count: number): Edges {
  const starts = new Int32Array(count + 1);
  const low = (e: number) => Math.min(of[from[e]!]!, of[to[e]!]!);
  const high = (e: number) => Math.max(of[from[e]!]!, of[to[e]!]!);
  for (let e = 0; e < from.length; e++) if (low(e) < high(e)) starts[low(e) + 1]!++;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const targets = new Int32Array(starts[count]!);
  const weights = new Float32Array(starts[count]!);
  for (let e = 0; e < from.length; e++) {
    if (low(e) === high(e)) continue;
    const at = next[low(e)]!++;
    targets[at] = high(e);
    weights[at] = weight[e]!;
  }
  // those of one point beside each other, each once: where it stands is remembered by its target
  const out = { from: new Int32Array(targets.length), to: new Int32Array(targets.length), weight: weights.slice() };
  const place = new Int32Array(count).fill(-1);
  let edges = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const first = edges;
    for (let at = starts[i]!; at < starts[i + 1]!; at++) {
      const target = targets[at]!;
      sum += weights[at]!;
      if (place[target]! >= first) out.weight[place[target]!]! += weights[at]!;
      else {
        place[target] = edges;
        out.from[edges] = i;
        out.to[edges] = target;
        out.weight[edges++] = weights[at]!;
      }
    }
  }
  const full = (2 * sum) / Math.max(1, edges);
  return {
    from: out.from.slice(0, edges),
    to: out.to.slice(0, edges),
    weight: out.weight.slice(0, edges).map((w) => Math.min(1, w / full)),
  };
}
