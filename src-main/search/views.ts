/**
 * The views of a kNN graph, each computed in a thread of its own: the map by UMAP, clusters and outliers. A graph in
 * shared memory is not copied for it. The principal components are a method of ExactIndex.
 */
import { InternalError } from '../../shared/errors.ts';
import { programAt } from '../files/program.ts';
import { askThread } from '../files/thread.ts';
import { SearchError } from './errors.ts';
import type { Groups, Outliers } from './graphViews.ts';
import type { Neighbours } from './topK.ts';
import type { ViewsJob, ViewsReply, ViewsResults } from './viewsWorker.ts';

export interface ViewOptions {
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (done: number) => void;
}

function run<T extends ViewsJob['type']>(
  job: ViewsJob & { type: T },
  { signal, onProgress }: ViewOptions,
): Promise<ViewsResults[T]> {
  const { graph, n, k } = job;
  if (graph.indices.length !== n * k)
    return Promise.reject(
      new InternalError('bad-shape', `the graph holds ${graph.indices.length} neighbours, not ${n} x ${k}`, { n, k }),
    );
  return askThread<ViewsReply, ViewsResults[T]>(programAt('./viewsWorker', import.meta.url), job, {
    what: 'the view',
    hear: (reply, answer) =>
      'progress' in reply ? onProgress?.(reply.progress) : answer(reply.result as ViewsResults[T]),
    signal,
    aborted: () => new SearchError('cancelled.view'),
  });
}

/** Most points that are laid out all at once: 16 s of a processor for each 100,000. */
const ALL_UP_TO = 200_000;

/**
 * Positions [n, 2] of the photos on a map in which neighbours lie together (UMAP); span about 20. Above `allUpTo` some
 * stand for the others at first (coarse.ts).
 * @param start where they begin [n, 2], their principal components; the same start and seed give the same map
 */
export function umapMap(
  graph: Neighbours,
  n: number,
  k: number,
  start: Float32Array,
  options: ViewOptions & { seed?: number; epochs?: number; allUpTo?: number } = {},
): Promise<Float32Array> {
  const { seed = 0, epochs, allUpTo = ALL_UP_TO } = options;
  return run({ type: 'umap', graph, n, k, start, seed, epochs, allUpTo }, options);
}

/** The cluster of each photo [n], from 0 by size, largest first (Louvain communities of the graph). */
export function clusters(
  graph: Neighbours,
  n: number,
  k: number,
  options: ViewOptions & { resolution?: number } = {},
): Promise<Int32Array> {
  return run({ type: 'clusters', graph, n, k, resolution: options.resolution ?? 1 }, options);
}

/** The members of the first `count` clusters, and how similar neighbours within each are. */
export function clusterGroups(
  graph: Neighbours,
  n: number,
  k: number,
  clusterOf: Int32Array,
  count: number,
  options: ViewOptions = {},
): Promise<Groups> {
  return run({ type: 'groups', graph, n, k, clusterOf, count }, options);
}

/** Photos by their mean distance from their k nearest neighbours, the farthest first. */
export function outliers(graph: Neighbours, n: number, k: number, options: ViewOptions = {}): Promise<Outliers> {
  return run({ type: 'outliers', graph, n, k }, options);
}

/** Which neighbours [n, k] are nearer than chance would have them (closeness.ts): 1. */
export function exceptional(graph: Neighbours, n: number, k: number, options: ViewOptions = {}): Promise<Uint8Array> {
  return run({ type: 'exceptional', graph, n, k }, options);
}
