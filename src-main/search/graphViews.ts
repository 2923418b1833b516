/**
 * What the kNN graph shows of a collection in one pass: near-duplicates, outliers and how close the members of each
 * cluster are. Typed arrays throughout, as all of a million photos may be in one group; views.ts runs them in a thread.
 */
import type { Neighbours } from './topK.ts';

/** Rows in groups: those of group g are members[starts[g]] to members[starts[g + 1] - 1], ascending. */
export interface Groups {
  members: Int32Array;
  starts: Int32Array; // [groups + 1]
  similarity: Float32Array; // [groups]
}

/** Disjoint sets with path halving; the root is the smallest member. */
class UnionFind {
  readonly #parent: Int32Array;
  constructor(n: number) {
    this.#parent = new Int32Array(n);
    for (let i = 0; i < n; i++) this.#parent[i] = i;
  }
  find(i: number): number {
    const parent = this.#parent;
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  }
  unite(i: number, j: number): void {
    const a = this.find(i);
    const b = this.find(j);
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }
}

/** The rows by group, each ascending. @param groupOf the group of every row, from 0; -1 for none */
function collect(groupOf: Int32Array, count: number): Omit<Groups, 'similarity'> {
  const starts = new Int32Array(count + 1);
  for (const group of groupOf) if (group >= 0 && group < count) starts[group + 1]!++;
  for (let g = 0; g < count; g++) starts[g + 1]! += starts[g]!;
  const fill = starts.slice();
  const members = new Int32Array(starts[count]!);
  groupOf.forEach((group, row) => {
    if (group >= 0 && group < count) members[fill[group]!++] = row;
  });
  return { members, starts };
}

/**
 * Groups of photos that are connected by pairs at least as similar as `threshold`, the largest first; the similarity is
 * that of the member least like any other of its group. Each photo contributes its k nearest alone, so a burst of more
 * than k shots is joined through its chain of neighbours.
 */
export function findDuplicates(graph: Neighbours, n: number, k: number, threshold: number): Groups {
  const sets = new UnionFind(n);
  const best = new Float32Array(n).fill(-1); // of each photo, the similarity of its nearest
  for (let i = 0; i < n; i++)
    for (let e = i * k; e < (i + 1) * k; e++) {
      const j = graph.indices[e]!;
      const similarity = graph.similarities[e]!;
      if (j < 0 || !(similarity >= threshold)) break; // most similar first
      sets.unite(i, j);
      if (similarity > best[i]!) best[i] = similarity;
      if (similarity > best[j]!) best[j] = similarity;
    }
  const sizes = new Int32Array(n);
  for (let i = 0; i < n; i++) if (best[i]! >= 0) sizes[sets.find(i)]!++;
  const roots: number[] = [];
  for (let i = 0; i < n; i++) if (sizes[i]! > 0) roots.push(i);
  roots.sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const numberOf = new Int32Array(n).fill(-1);
  roots.forEach((root, g) => (numberOf[root] = g));
  const groupOf = new Int32Array(n).fill(-1);
  const similarity = new Float32Array(roots.length).fill(1);
  for (let i = 0; i < n; i++) {
    if (best[i]! < 0) continue;
    const g = numberOf[sets.find(i)]!;
    groupOf[i] = g;
    if (best[i]! < similarity[g]!) similarity[g] = best[i]!;
  }
  return { ...collect(groupOf, roots.length), similarity };
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
  return { ...collect(clusterOf, groups), similarity };
}

export interface Outliers {
  /** Mean cosine distance (1 - cos) to the k nearest, per photo [n]. */
  distance: Float32Array;
  /** All photos, the loneliest first [n]. */
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
