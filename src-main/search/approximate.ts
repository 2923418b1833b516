/**
 * The neighbour graph of large collections: a first guess from trees of random halves (forest.ts), made better by
 * rounds of NN-descent (descent.ts) until a round changes next to nothing. Chosen by measurement, two cores, 100,000
 * clustered vectors of 128 numbers, processor seconds and recall of the ten nearest: this 10 s and .999; embedding-atlas'
 * NN-descent in WebAssembly 13.5 s and .976, pynndescent 8.8 s (and 9 of compilation) and .971, cells of k-means with
 * 8 of 512 searched (faiss) 12.7 s and .913, exact 83 s.
 */
import { emptyLists } from './descent.ts';
import type { Adjacency } from './descent.ts';
import { LEAF, leaves } from './forest.ts';
import type { ExactRequest } from './requests.ts';
import type { Neighbours } from './topK.ts';
import type { SearchWorkers } from './workers.ts';

/** Trees planted at a time, whatever the number of threads, so that the graph does not depend on that. */
const BATCH = 4;
const MOST_TREES = 24;
/**
 * Least share of all entries that a further tree (TREE_GAIN) or round (ROUND_GAIN) must change to be worth its time.
 */
const TREE_GAIN = 0.05;
const ROUND_GAIN = 0.01;
const MOST_ROUNDS = 12;
/** Neighbours kept of each row while the graph grows: with fewer than twenty, rounds miss what lies behind them. */
const LEAST_KEPT = 20;
/** Rows of a request, which takes some tens of milliseconds: a photo that someone clicks on waits for one. */
const PIECE = 2048;
/** Rows of a request that compares within leaves. */
const JOIN_PIECE = 32 * LEAF;
/** Progress, 0 to 1, at which trees usually end, and rounds. */
const [TREES_UNTIL, ROUNDS_UNTIL] = [0.3, 0.95];

/** What makes the lists of neighbours, or makes them better. */
type Step = Extract<ExactRequest, { type: 'plant' | 'join' | 'layOut' | 'explore' }>;

export interface ApproximateOptions {
  seed: number;
  signal?: AbortSignal | undefined;
  /** 0 to 1. */
  onProgress?(fraction: number): void;
}

/** For every row its k most similar others, nearly all of them right [n, k]. */
export async function approximateGraph(
  workers: SearchWorkers,
  n: number,
  k: number,
  { seed, signal, onProgress }: ApproximateOptions,
): Promise<Neighbours> {
  const lists = emptyLists(n, Math.max(LEAST_KEPT, k + 1));
  const entries = n * lists.size;
  const shared = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));

  /** Runs steps; resolves to the share of entries that they changed. */
  const run = async (requests: Step[], told?: (share: number) => void): Promise<number> => {
    let changed = 0;
    await workers.run(
      requests,
      (result, _, answered) => {
        changed += result?.changed[0] ?? 0;
        told?.(answered / requests.length);
      },
      signal,
    );
    return changed / entries;
  };

  const joins: [from: number, to: number][] = [];
  leaves(0, n, (from, to) => joins.push([from, to]), JOIN_PIECE);
  const pieces = Array.from(
    { length: Math.ceil(n / PIECE) },
    (_, i) => [i * PIECE, Math.min(n, (i + 1) * PIECE)] as const,
  );

  const grow = async (): Promise<void> => {
    const orders = Array.from({ length: BATCH }, () => shared(n));
    for (let tree = 0; tree < MOST_TREES; tree++) {
      if (tree % BATCH === 0)
        await run(
          orders.map((order, i) => ({ type: 'plant', seed: Math.imul(seed + 1, 0x9e3779b1) + tree + i, order })),
        );
      const order = orders[tree % BATCH]!;
      const gain = await run(joins.map(([from, to]) => ({ type: 'join', lists, order, from, to })));
      onProgress?.(TREES_UNTIL * (1 - 0.8 ** (tree + 1)));
      if (gain < TREE_GAIN) return;
    }
  };
  await grow();

  const adjacency: Adjacency = { size: 2 * lists.size, rows: shared(n * 2 * lists.size) };
  let begun = TREES_UNTIL;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await run([{ type: 'layOut', lists, adjacency }]);
    // The first round does most; how many follow is not known before.
    const end = begun + 0.6 * (ROUNDS_UNTIL - begun);
    const gain = await run(
      pieces.map(([from, to]) => ({ type: 'explore', lists, adjacency, from, to })),
      (share) => onProgress?.(begun + share * (end - begun)),
    );
    begun = end;
    if (gain < ROUND_GAIN) break;
  }

  // Shared, so that the views' threads need no copy.
  const out: Neighbours = {
    indices: shared(n * k).fill(-1),
    similarities: new Float32Array(new SharedArrayBuffer(4 * n * k)).fill(NaN),
  };
  await workers.run(
    pieces.map(([from, to]) => ({ type: 'rank', lists, k, from, to })),
    ({ indices, similarities }, at) => {
      out.indices.set(indices, at * PIECE * k);
      out.similarities.set(similarities, at * PIECE * k);
    },
    signal,
  );
  onProgress?.(1);
  return out;
}
