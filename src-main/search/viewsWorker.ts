/** The thread behind umapMap and clusters: one job, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { louvainClusters } from './louvain.ts';
import type { Neighbours } from './topK.ts';
import { fuzzySimplicialSet, umapLayout } from './umap.ts';

export type ViewsJob = { graph: Neighbours; n: number; k: number } & (
  { type: 'umap'; start: Float32Array; seed: number; epochs?: number } | { type: 'clusters'; resolution: number }
);
export type ViewsReply = { progress: number } | { result: Float32Array | Int32Array };

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
    reply({ result: umapLayout(edges, job.n, job.start, { seed: job.seed, epochs: job.epochs, onEpoch }) });
    break;
  }
  case 'clusters':
    reply({ result: louvainClusters(job.graph, job.n, job.k, job.resolution) });
    break;
  default:
    job satisfies never;
}
