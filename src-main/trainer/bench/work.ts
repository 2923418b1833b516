/**
 * What the benchmarks measure, and what of it each side is told: worker.ts computes it with Lookalike, peer.py does
 * the same work with PyTorch. Both are processes that answer one line of JSON with another.
 */
import type { ConfigPatch } from '../../../shared/config.ts';

/** The work of a process. `images` is a folder of photos, `image` one photo. */
export type Work =
  | { kind: 'step'; threads: number; width: number; batch: number; size: number }
  | { kind: 'endToEnd'; threads: number; width: number; batch: number; size: number; images: string; steps: number }
  | { kind: 'augment'; threads: number; size: number; image: string; views: number }
  | { kind: 'embed'; threads: number; size: number; count: number }
  | { kind: 'knn'; threads: number; vectors: number; dimension: number; neighbours: number; queries: number }
  | { kind: 'create'; threads: number; width: number; batch: number; size: number };

export type Request = { setUp: Work } | { run: true };

/** Seconds that the work took, without what was set up before; `memory` in bytes is the most the process ever held. */
export interface Answer {
  seconds: number;
  memory: number;
}

/** Units of work in one run, by which seconds become a rate. */
export function unitsOf(work: Work): number {
  switch (work.kind) {
    case 'step':
      return work.batch;
    case 'endToEnd':
      return work.batch * work.steps;
    case 'augment':
      return work.views;
    case 'embed':
      return work.count;
    case 'knn':
      return work.queries;
    case 'create':
      return 1;
    default:
      throw new Error(`no such work: ${(work satisfies never as Work).kind}`);
  }
}

/** The network of the training benchmarks: ResNet-18 with the paper's CIFAR-10 heads (two layers of 2048, predictor 512). */
export const trainingConfig = (work: { width: number; batch: number; size: number; threads: number }): ConfigPatch => ({
  backbone: { name: 'resnet18', width: work.width, stem: 'cifar' },
  head: { layers: 2 },
  imageSize: work.size,
  batchSize: work.batch,
  augment: { blur: 0 },
  device: 'cpu',
  threads: work.threads,
  epochs: 1,
});
