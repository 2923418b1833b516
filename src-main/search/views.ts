/**
 * The views of a kNN graph, each computed in a thread of its own: the map by UMAP, clusters and outliers. A graph in
 * shared memory is not copied for it. The principal components are a method of ExactIndex.
 */
import { InternalError } from '../../shared/errors.ts';
import { Worker } from 'node:worker_threads';
import { SearchError } from './errors.ts';
import type { Groups, Outliers } from './graphViews.ts';
import type { Neighbours } from './topK.ts';
import type { ViewsJob, ViewsReply, ViewsResult } from './viewsWorker.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

export interface ViewOptions {
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (done: number) => void;
}

function run<T extends ViewsResult>(job: ViewsJob, { signal, onProgress }: ViewOptions): Promise<T> {
  const { graph, n, k } = job;
  if (graph.indices.length !== n * k)
    return Promise.reject(
      new InternalError('bad-shape', `the graph holds ${graph.indices.length} neighbours, not ${n} x ${k}`, { n, k }),
    );
  if (signal?.aborted) return Promise.reject(new SearchError('cancelled.view'));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./viewsWorker' + extension, import.meta.url), { workerData: job });
    const stop = () => {
      void worker.terminate();
      reject(new SearchError('cancelled.view'));
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: ViewsReply) => {
      if ('progress' in message) onProgress?.(message.progress);
      else resolve(message.result as T);
    });
    worker.on('error', (error) => reject(new InternalError('failed', `the view failed: ${String(error)}`)));
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(new InternalError('failed', 'the thread of the view ended without a result'));
    });
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
