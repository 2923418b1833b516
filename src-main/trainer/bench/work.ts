/**
 * What the benchmarks measure, and what of it each side is told: worker.ts computes it with Lookalike, peer.py does
 * the same work with PyTorch. Both are processes that answer one line of JSON with another.
 */
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import type { Device, Placement } from '../../engine/index.ts';

/** Training steps on views that are there already; `steps` are computed before the clock is read. */
export interface StepWork {
  kind: 'step';
  threads: number;
  device: Device;
  backbone: 'resnet18' | 'resnet50';
  stem: 'cifar' | 'imagenet';
  precision: RunConfig['precision'];
  width: number;
  batch: number;
  size: number;
  steps: number;
  /** Heads as the presets for processors have them: two layers of 512, predictor 128; the paper's unless told. */
  heads?: 'small';
  /** In PyTorch: through torch.compile. */
  compiled?: true;
}

/** The work of a process. `images` is a folder of photos, `image` one photo. */
export type Work =
  | StepWork
  | { kind: 'endToEnd'; threads: number; width: number; batch: number; size: number; images: string; steps: number }
  | { kind: 'augment'; threads: number; size: number; image: string; views: number }
  | { kind: 'embed'; threads: number; size: number; count: number }
  | { kind: 'knn'; threads: number; vectors: number; dimension: number; neighbours: number; queries: number }
  | { kind: 'create'; threads: number; width: number; batch: number; size: number };

/** `profile` asks for where the time of a step goes, once. */
export type Request = { setUp: Work } | { run: true } | { profile: StepWork };

/** Seconds that the work took, without what was set up before; `memory` in bytes is the most the process ever held. */
export interface Answer {
  seconds: number;
  memory: number;
  profile?: Profile;
}

/** Where the time of a training step goes. */
export interface Profile extends Placement {
  /** Bytes of a step, its views included. */
  copied: { toDevice: number; fromDevice: number };
}

/** Units of work in one run, by which seconds become a rate. */
export function unitsOf(work: Work): number {
  switch (work.kind) {
    case 'step':
      return work.batch * work.steps;
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

/** A graphics card's training steps: batches that keep it busy. */
export const CARD_STEPS = [
  { backbone: 'resnet18', stem: 'cifar', size: 32, batch: 512 },
  { backbone: 'resnet18', stem: 'imagenet', size: 128, batch: 256 },
  { backbone: 'resnet50', stem: 'imagenet', size: 224, batch: 128 },
] as const;

type Trained = Pick<StepWork, 'width' | 'batch' | 'size' | 'threads'> &
  Partial<Pick<StepWork, 'backbone' | 'stem' | 'device' | 'precision' | 'heads'>>;

/**
 * The network of the training benchmarks: with the cifar stem the paper's CIFAR-10 heads (two layers of 2048, predictor
 * 512), with the imagenet stem its ImageNet heads (three layers).
 */
export const trainingConfig = ({
  width,
  batch,
  size,
  threads,
  backbone = 'resnet18',
  stem = 'cifar',
  device = 'cpu',
  precision = 'float32',
  heads,
}: Trained): ConfigPatch => ({
  backbone: { name: backbone, width, stem },
  ...(heads
    ? { head: { layers: 2, hiddenDim: 512, outputDim: 512 }, predictor: { hiddenDim: 128 } }
    : { head: { layers: stem === 'cifar' ? 2 : 3 } }),
  imageSize: size,
  batchSize: batch,
  augment: { blur: 0 },
  device,
  precision,
  threads,
  epochs: 1,
});
