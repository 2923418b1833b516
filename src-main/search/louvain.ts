/**
 * Clusters of photos: Louvain communities (Blondel et al. 2008) of the kNN graph, its edges weighted by the share of
 * neighbours two photos have in common (PhenoGraph, Levine et al. 2015). Chosen over k-means because nobody knows
 * the number of kinds of photos in their folder, and because it needs the graph alone. Deterministic: photos are
 * visited by index and ties stay where they are.
 */
import { membersOf } from './groups.ts';
import type { Neighbours } from './topK.ts';

/** Undirected weighted graph in compressed rows; every edge stands in both rows, a self-loop in one. */
interface Weighted {
  n: number;
  starts: Int32Array; // [n + 1]
  targets: Int32Array;
  weights: Float64Array;
  loops: Float64Array; // weight inside the node, counted twice [n]
}

/** |N(i) and N(j)| / |N(i) or N(j)| over the edges i - j, neighbourhoods with the photo itself. */
function sharedNeighbours(graph: Neighbours, n: number, k: number): Weighted {
  const mark = new Int32Array(n).fill(-1);
  const size = (i: number) => {
    let found = 1;
    for (let e = i * k; e < (i + 1) * k && graph.indices[e]! >= 0; e++) found++;
    return found;
  };
  const from = new Int32Array(n * k);
  const to = new Int32Array(n * k);
  const weight = new Float64Array(n * k);
  let edges = 0;
  for (let i = 0; i < n; i++) {
    mark[i] = i;
    for (let e = i * k; e < (i + 1) * k && graph.indices[e]! >= 0; e++) mark[graph.indices[e]!] = i;
    for (let e = i * k; e < (i + 1) * k && graph.indices[e]! >= 0; e++) {
      const j = graph.indices[e]!;
      let common = mark[j] === i ? 1 : 0;
      let mutual = false;
      for (let f = j * k; f < (j + 1) * k && graph.indices[f]! >= 0; f++) {
        if (mark[graph.indices[f]!] === i) common++;
        if (graph.indices[f] === i) mutual = true;
      }
      if (mutual && j < i) continue; // counted from j's side
      from[edges] = i;
      to[edges] = j;
      weight[edges++] = common / (size(i) + size(j) - common);
    }
  }
  return compress(n, edges, from, to, weight);
}

function compress(n: number, edges: number, from: Int32Array, to: Int32Array, weight: Float64Array): Weighted {
  const starts = new Int32Array(n + 1);
  for (let e = 0; e < edges; e++) {
    starts[from[e]! + 1]!++;
    starts[to[e]! + 1]!++;
  }
  for (let i = 0; i < n; i++) starts[i + 1]! += starts[i]!;
  const fill = starts.slice();
  const targets = new Int32Array(starts[n]!);
  const weights = new Float64Array(starts[n]!);
  const put = (i: number, j: number, w: number) => {
    targets[fill[i]!] = j;
    weights[fill[i]!++] = w;
  };
  for (let e = 0; e < edges; e++) {
    put(from[e]!, to[e]!, weight[e]!);
    put(to[e]!, from[e]!, weight[e]!);
  }
  return { n, starts, targets, weights, loops: new Float64Array(n) };
}

/** Moves nodes between communities while modularity grows. Returns the community of each node, numbered densely. */
function moveNodes(graph: Weighted, resolution: number): { community: Int32Array; count: number } {
  const { n, starts, targets, weights, loops } = graph;
  const degree = loops.slice();
  for (let i = 0; i < n; i++) for (let e = starts[i]!; e < starts[i + 1]!; e++) degree[i]! += weights[e]!;
  const total = degree.reduce((a, b) => a + b, 0);
  const community = Int32Array.from({ length: n }, (_, i) => i);
  const communityDegree = degree.slice();
  const linked = new Float64Array(n); // weight from the node to a community
  const touched: number[] = [];
  for (let round = 0; round < 100 && total > 0; round++) {
    let moved = 0;
    for (let i = 0; i < n; i++) {
      const own = community[i]!;
      touched.length = 0;
      touched.push(own);
      for (let e = starts[i]!; e < starts[i + 1]!; e++) {
        const c = community[targets[e]!]!;
        if (linked[c] === 0 && c !== own) touched.push(c);
        linked[c]! += weights[e]!;
      }
      communityDegree[own]! -= degree[i]!;
      const gain = (c: number) => linked[c]! - (resolution * degree[i]! * communityDegree[c]!) / total;
      let best = own;
      let bestGain = gain(own);
      for (const c of touched) {
        const g = gain(c);
        if (g > bestGain + 1e-12) {
          best = c;
          bestGain = g;
        }
      }
      communityDegree[best]! += degree[i]!;
      for (const c of touched) linked[c] = 0;
      if (best !== own) {
        community[i] = best;
        moved++;
      }
    }
    if (moved === 0) break;
  }
  const number = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const c = community[i]!;
    if (number[c]! < 0) number[c] = count++;
    community[i] = number[c]!;
  }
  return { community, count };
}

/** The communities as nodes of a smaller graph, whose edges may be as many as those of this one. */
function aggregate(graph: Weighted, community: Int32Array, count: number): Weighted {
  const { members, starts: own } = membersOf(community, count);
  const loops = new Float64Array(count);
  const starts = new Int32Array(count + 1);
  const targets = new Int32Array(graph.targets.length);
  const weights = new Float64Array(graph.targets.length);
  const linked = new Float64Array(count); // weight from the community to another
  const touched = new Int32Array(count);
  let filled = 0;
  for (let c = 0; c < count; c++) {
    let others = 0;
    for (let m = own[c]!; m < own[c + 1]!; m++) {
      const i = members[m]!;
      loops[c]! += graph.loops[i]!;
      for (let e = graph.starts[i]!; e < graph.starts[i + 1]!; e++) {
        const other = community[graph.targets[e]!]!;
        if (other === c) loops[c]! += graph.weights[e]!;
        else {
          if (linked[other] === 0) touched[others++] = other;
          linked[other]! += graph.weights[e]!;
        }
      }
    }
    for (let t = 0; t < others; t++) {
      const other = touched[t]!;
      targets[filled] = other;
      weights[filled++] = linked[other]!;
      linked[other] = 0;
    }
    starts[c + 1] = filled;
  }
  return { n: count, starts, targets: targets.slice(0, filled), weights: weights.slice(0, filled), loops };
}

/**
 * The cluster of each photo [n], numbered from 0 by size, largest first.
 * @param resolution above 1 for more and smaller clusters, below for fewer
 */
export function louvainClusters(graph: Neighbours, n: number, k: number, resolution = 1): Int32Array {
  let level = sharedNeighbours(graph, n, k);
  let labels = Int32Array.from({ length: n }, (_, i) => i);
  for (;;) {
    const { community, count } = moveNodes(level, resolution);
    labels = labels.map((c) => community[c]!);
    if (count === level.n) break;
    level = aggregate(level, community, count);
  }
  const sizes = new Int32Array(level.n);
  for (const c of labels) sizes[c]!++;
  const order = Array.from(sizes.keys()).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const rank = new Int32Array(level.n);
  order.forEach((c, i) => (rank[c] = i));
  return labels.map((c) => rank[c]!);
}
