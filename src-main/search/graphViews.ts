/**
 * What the kNN graph shows of a collection in one pass: outliers and how close the members of each cluster are. Typed
 * arrays throughout, as all of a million photos may be in one group; views.ts runs them in a thread.
 */
import { membersOf } from './groups.ts';
import type { Members } from './groups.ts';
import type { Neighbours } from './topK.ts';

export interface Groups extends Members {
  similarity: Float32Array; // [groups]
}

/** The first `count` clusters, with the mean similarity of neighbours within each (0 where it has none). */
export function groupClusters(graph: Neighbours, k: number, clusterOf: Int32Array, count: number): Groups {
  const groups = Math.min(count, 1 + clusterOf.reduce((a, b) => Math.max(a, b), -1));
  const sums = new Float64Array(groups);
  const edges = new Int32Array(groups);
  clusterOf.forEach((cluster, row) => {
    if (cluster >= groups) return;
    for (let e = row * k; e < (row + 1) * k; e++) {
      const other = graph.indices[e]!;
      if (other < 0 || clusterOf[other] !== cluster) continue;
      sums[cluster]! += graph.similarities[e]!;
      edges[cluster]!++;
    }
  });
  const similarity = Float32Array.from(sums, (sum, g) => (edges[g]! > 0 ? sum / edges[g]! : 0));
  return { ...membersOf(clusterOf, groups), similarity };
}

export interface Outliers {
  /** Mean cosine distance (1 - cos) to the k nearest, per photo [n]. */
  distance: Float32Array;
  /** All photos, those farthest from their neighbours first [n]. */
  order: Int32Array;
}

/** Photos by how far they are from their k nearest neighbours (Angiulli and Pizzuti 2002). */
export function rankOutliers(graph: Neighbours, n: number, k: number): Outliers {
  const distance = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    let found = 0;
    for (let e = i * k; e < (i + 1) * k; e++) {
      if (graph.indices[e]! < 0) break;
      sum += 1 - graph.similarities[e]!;
      found++;
    }
    distance[i] = found > 0 ? sum / found : 0;
  }
  const order = Int32Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => distance[b]! - distance[a]! || a - b);
  return { distance, order };
}

/** The share of the photos whose nearest is no nearer than this: next to none where a query is like nothing here. */
export function shareAsFar({ similarities }: Neighbours, n: number, k: number, similarity: number): number {
  let farther = 0;
  for (let row = 0; row < n; row++) if (similarities[row * k]! <= similarity) farther++;
  return farther / n;
}
