/** The thread behind views.ts: one job, then it ends. */
import '../files/offline.ts'; // first: what follows may not send
import { parentPort, workerData } from 'node:worker_threads';
import { markExceptional } from './closeness.ts';
import { groupClusters, rankOutliers } from './graphViews.ts';
import type { Groups, Outliers } from './graphViews.ts';
import { louvainClusters } from './louvain.ts';
import type { Neighbours } from './topK.ts';
import { umapOfMany } from './coarse.ts';
import { fuzzySimplicialSet, umapLayout } from './umap.ts';

export type ViewsJob = { graph: Neighbours; n: number; k: number } & (
  | { type: 'umap'; start: Float32Array; seed: number; epochs?: number; allUpTo: number }
  | { type: 'clusters'; resolution: number }
  | { type: 'groups'; clusterOf: Int32Array; count: number }
  | { type: 'outliers' | 'exceptional' }
);
/** What each job ends with. */
export interface ViewsResults {
  umap: Float32Array;
  clusters: Int32Array;
  groups: Groups;
  outliers: Outliers;
  exceptional: Uint8Array;
}
export type ViewsReply = { progress: number } | { result: ViewsResults[ViewsJob['type']] };

const port = parentPort!;
const job = workerData as ViewsJob;
const reply = (message: ViewsReply) => port.postMessage(message);

switch (job.type) {
  case 'umap': {
    const edges = fuzzySimplicialSet(job.graph, job.n, job.k);
    let told = 0;
    const onEpoch = (epoch: number, epochs: number) => {
      if (performance.now() - told < 100 && epoch < epochs) return;
      told = performance.now();
      reply({ progress: epoch / epochs });
    };
    const { graph, n, k, start } = job;
    const options = { seed: job.seed, epochs: job.epochs, onEpoch };
    reply({
      result: n > job.allUpTo ? umapOfMany(edges, graph, n, k, start, options) : umapLayout(edges, n, start, options),
    });
    break;
  }
  case 'clusters':
    reply({ result: louvainClusters(job.graph, job.n, job.k, job.resolution) });
    break;
  case 'groups':
    reply({ result: groupClusters(job.graph, job.k, job.clusterOf, job.count) });
    break;
  case 'outliers':
    reply({ result: rankOutliers(job.graph, job.n, job.k) });
    break;
  case 'exceptional':
    reply({ result: markExceptional(job.graph, job.n, job.k) });
    break;
  default:
    job satisfies never;
}
