/**
 * The runs that record-runs.ts records, by name. `half` was written down before a run was made: thresholds of the
 * verdict are chosen on the one, its confusion table is of the other. Families are kept together (the seeds of a
 * configuration, a method at one scale), and every kind of outcome has families in both halves.
 */
import { readFileSync } from 'node:fs';
import { mergeConfig } from '../shared/config.ts';
import type { ConfigPatch } from '../shared/config.ts';
import { sketchPatch } from '../shared/lab/sketch.ts';
import type { Folder, Half } from '../test/unit/recordings.ts';

export interface Recording {
  folder: Folder;
  /** Photos of each class; all without it. */
  perClass?: number;
  half: Half;
  /** A committed configuration that `patch` changes, by its path in the repository. */
  file?: string;
  patch: ConfigPatch;
  /** Name of a healthy recording that differs from this one in the cause of its failure alone. */
  matched?: string;
  about: string;
}

export const configOf = ({ file, patch }: Recording): ConfigPatch =>
  mergeConfig(
    file ? (JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as ConfigPatch) : {},
    patch,
  );

const A = 'chosen on';
const B = 'held out';

/** Some hundred steps in some ten seconds: an eighth of the channels at 32 px, where the last map is a single pixel. */
const tiny: ConfigPatch = mergeConfig(sketchPatch({ images: 1200, device: 'cpu' }), {
  backbone: { width: 0.125 },
  head: { hiddenDim: 128, outputDim: 128 },
  predictor: { hiddenDim: 32 },
  imageSize: 32,
  batchSize: 32,
  minutes: null,
  epochs: 9,
  probe: { images: 300 },
});
/** The same network at 48 px, where it learns. */
const narrow: ConfigPatch = mergeConfig(tiny, {
  imageSize: 48,
  epochs: 12,
  optimizer: { baseLearningRate: 1 },
  probe: { images: 480 },
  threads: 1,
});
/** CIFAR-10 photos with the paper's augmentation but for the blur, a quarter of the channels. */
const cifar: ConfigPatch = {
  backbone: { width: 0.25 },
  head: { hiddenDim: 256, outputDim: 256, layers: 2 },
  predictor: { hiddenDim: 64 },
  imageSize: 48,
  batchSize: 32,
  epochs: 8,
  optimizer: { baseLearningRate: 0.5, weightDecay: 5e-4 },
  augment: { blur: 0 },
  probe: { images: 480, everyEpochs: 0.5, k: 20 },
  threads: 1,
};

/** The committed configuration of a method or study, with each of several seeds. */
function seeds(file: string, half: Half, about: string, count: number, matched?: string): Record<string, Recording> {
  const one = (seed: number): Recording => ({
    folder: 'sample',
    half,
    file: `configs/methods/${file}.json`,
    patch: seed === 0 ? {} : { seed },
    about,
    ...(matched ? { matched } : {}),
  });
  return Object.fromEntries(
    Array.from({ length: count }, (_, seed) => [seed === 0 ? file : `${file}-seed-${seed}`, one(seed)]),
  );
}

export const recordings: Record<string, Recording> = {
  // The methods and the paper's studies on the sample set, configs/methods.
  ...seeds('simsiam', A, 'SimSiam', 3),
  ...seeds('simclr', B, 'SimCLR', 3),
  ...seeds('moco', A, 'MoCo v2', 3),
  ...seeds('byol', B, 'BYOL', 3),
  ...seeds('swav', A, 'SwAV', 3),
  ...seeds('fastsiam', B, 'FastSiam of three views', 1),
  ...seeds('barlowtwins', B, 'Barlow Twins', 1),
  ...seeds('simsiam-no-stop-gradient', A, 'no stop-gradient (paper, Fig. 2)', 3, 'simsiam'),
  ...seeds('simsiam-no-predictor', B, 'no predictor (paper, Table 1)', 3, 'simsiam'),
  ...seeds('simsiam-fixed-predictor', A, 'a predictor that is not trained (paper, Table 1)', 3),
  ...seeds('simsiam-cross-entropy', B, 'cross-entropy for the cosine (paper, Sec. 4.5)', 3),
  ...seeds('simsiam-asymmetric', A, 'one-sided loss (paper, Sec. 4.6)', 3),
  ...seeds('simsiam-asymmetric-2x', B, 'one-sided loss of two pairs (paper, Sec. 4.6)', 1),
  ...seeds('simsiam-alternation-10', B, 'targets kept for 10 steps (paper, Sec. 5.2)', 3),
  ...seeds('simsiam-alternation-epoch', A, 'targets kept for an epoch (paper, Sec. 5.2)', 1),
  ...seeds('simsiam-moving-average', A, 'no predictor, targets averaged over steps (paper, Sec. 5.2)', 1, 'simsiam'),
  ...seeds('simsiam-lars', A, 'LARS for SGD', 1),
  ...seeds('simclr-predictor-stop-gradient', B, 'SimCLR with predictor and stop-gradient (paper, Fig. 3)', 1),
  ...seeds('swav-no-stop-gradient', A, 'SwAV without stop-gradient (paper, Fig. 3)', 1, 'swav'),

  // Ten thousand photos of CIFAR-10, five epochs, and the quick preset.
  collapse: {
    folder: 'cifar',
    half: A,
    file: 'configs/collapse.json',
    patch: {},
    matched: 'collapse-healthy',
    about: 'no stop-gradient',
  },
  'collapse-32px': {
    folder: 'cifar',
    half: A,
    file: 'configs/collapse.json',
    patch: { imageSize: 32 },
    about: 'no stop-gradient at 32 px, where the last map is a single pixel',
  },
  'collapse-healthy': {
    folder: 'cifar',
    half: A,
    file: 'configs/collapse-healthy.json',
    patch: {},
    about: 'the same with stop-gradient',
  },
  quick: {
    folder: 'sample',
    half: A,
    patch: mergeConfig(sketchPatch({ images: 1200, device: 'cpu' }), { minutes: null, epochs: 12 }),
    about: 'the quick preset for a fixed number of epochs',
  },

  // Photos of seven levels of brightness (dim-photos.ts): close together, and told apart all the same.
  'dim-simsiam': {
    folder: 'dim',
    half: A,
    patch: mergeConfig(sketchPatch({ images: 450, device: 'cpu' }), { minutes: null, epochs: 12, threads: 1 }),
    about: 'SimSiam on photos of seven levels of brightness',
  },
  'dim-simclr': {
    folder: 'dim',
    half: B,
    patch: mergeConfig(sketchPatch({ images: 450, device: 'cpu' }), {
      method: 'simclr',
      optimizer: { baseLearningRate: 0.6 },
      minutes: null,
      epochs: 12,
      threads: 1,
    }),
    about: 'SimCLR on photos of seven levels of brightness',
  },

  // A very small network at 32 px, too small to learn the sample set.
  'small-healthy': {
    folder: 'sample',
    half: A,
    patch: mergeConfig(tiny, { optimizer: { baseLearningRate: 0.1 } }),
    about: 'a very small network, a short run at a modest rate',
  },
  'small-collapse': {
    folder: 'sample',
    half: A,
    patch: mergeConfig(tiny, { stopGradient: false, epochs: 16 }),
    matched: 'small-healthy',
    about: 'a very small network without stop-gradient',
  },
  'no-rate': {
    folder: 'sample',
    half: A,
    patch: mergeConfig(tiny, { optimizer: { baseLearningRate: 1e-7 }, predictor: { learningRate: 'decayed' } }),
    about: 'a learning rate of next to nothing',
  },
  'high-rate': {
    folder: 'sample',
    half: A,
    patch: mergeConfig(tiny, { optimizer: { baseLearningRate: 20 } }),
    matched: 'small-healthy',
    about: 'forty times the rate of the preset',
  },
  'fixed-predictor': {
    folder: 'sample',
    half: A,
    patch: mergeConfig(tiny, { predictor: { kind: 'fixed' } }),
    about: 'a very small network with a predictor that is not trained',
  },
  'no-predictor': {
    folder: 'sample',
    half: A,
    patch: mergeConfig(tiny, { predictor: { kind: 'identity' }, epochs: 16 }),
    matched: 'small-healthy',
    about: 'a very small network without predictor',
  },

  // The same network at 48 px.
  'narrow-simsiam': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: narrow,
    about: 'SimSiam in an eighth of the channels',
  },
  'narrow-simclr': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { method: 'simclr', optimizer: { baseLearningRate: 0.5 } }),
    about: 'SimCLR in an eighth of the channels',
  },
  'narrow-swav': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { method: 'swav', swav: { prototypes: 32 }, optimizer: { baseLearningRate: 0.5 } }),
    about: 'SwAV in an eighth of the channels',
  },
  'narrow-moco': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { method: 'moco', moco: { queueSize: 512 }, head: { norm: 'hidden' } }),
    about: 'MoCo v2 in an eighth of the channels',
  },
  'narrow-byol': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { method: 'byol', byol: { momentum: 0.95 }, head: { norm: 'default' } }),
    about: 'BYOL in an eighth of the channels',
  },
  'narrow-no-stop-gradient': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { stopGradient: false }),
    matched: 'narrow-simsiam',
    about: 'an eighth of the channels without stop-gradient',
  },
  'narrow-no-predictor': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { predictor: { kind: 'identity' } }),
    matched: 'narrow-simsiam',
    about: 'an eighth of the channels without predictor',
  },
  'narrow-neither': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { predictor: { kind: 'identity' }, stopGradient: false }),
    matched: 'narrow-simsiam',
    about: 'neither predictor nor stop-gradient',
  },
  'narrow-byol-no-predictor': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, {
      method: 'byol',
      byol: { momentum: 0.95 },
      head: { norm: 'default' },
      predictor: { kind: 'identity' },
    }),
    matched: 'narrow-byol',
    about: 'BYOL without predictor',
  },
  'narrow-cross-entropy-no-stop-gradient': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { similarity: 'crossEntropy', optimizer: { baseLearningRate: 4 }, stopGradient: false }),
    matched: 'narrow-simsiam',
    about: 'cross-entropy without stop-gradient',
  },
  'narrow-cross-entropy-no-predictor': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, {
      similarity: 'crossEntropy',
      optimizer: { baseLearningRate: 4 },
      predictor: { kind: 'identity' },
    }),
    matched: 'narrow-simsiam',
    about: 'cross-entropy without predictor',
  },
  'narrow-fixed-predictor': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { predictor: { kind: 'fixed' } }),
    about: 'an eighth of the channels with a predictor that is not trained',
  },
  'narrow-no-norm': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { head: { norm: 'none' } }),
    about: 'no batch normalisation in the heads (paper, Table 3)',
  },
  'narrow-norm-all': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { head: { norm: 'all' } }),
    about: 'batch normalisation everywhere (paper, Table 3: unstable)',
  },
  'narrow-rate-3': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { optimizer: { baseLearningRate: 3 } }),
    matched: 'narrow-simsiam',
    about: 'three times the rate of its neighbours',
  },
  'narrow-rate-8': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { optimizer: { baseLearningRate: 8 } }),
    matched: 'narrow-simsiam',
    about: 'eight times the rate of its neighbours',
  },
  'narrow-rate-60': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { optimizer: { baseLearningRate: 60 } }),
    matched: 'narrow-simsiam',
    about: 'sixty times the rate of its neighbours',
  },
  'narrow-simclr-rate-40': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { method: 'simclr', optimizer: { baseLearningRate: 40 } }),
    about: 'SimCLR at a rate of 40',
  },
  'narrow-moco-rate-2': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { method: 'moco', moco: { queueSize: 512 }, optimizer: { baseLearningRate: 2 } }),
    about: 'MoCo v2 without batch normalisation at a rate of 2',
  },
  'narrow-swav-rate-20': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { method: 'swav', swav: { prototypes: 32 }, optimizer: { baseLearningRate: 20 } }),
    about: 'SwAV at a rate of 20',
  },
  'narrow-no-rate': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { optimizer: { baseLearningRate: 1e-6 }, predictor: { learningRate: 'decayed' } }),
    about: 'a learning rate of next to nothing',
  },
  'narrow-simclr-no-rate': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { method: 'simclr', optimizer: { baseLearningRate: 1e-5 } }),
    about: 'SimCLR at next to no rate',
  },
  'narrow-swav-no-rate': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { method: 'swav', swav: { prototypes: 32 }, optimizer: { baseLearningRate: 1e-5 } }),
    about: 'SwAV at next to no rate',
  },

  // Other sizes and widths.
  'wide-simsiam': {
    folder: 'sample',
    half: A,
    perClass: 60,
    patch: mergeConfig(narrow, { backbone: { width: 0.5 }, batchSize: 16, epochs: 10 }),
    about: 'half of the channels, 480 photos',
  },
  'wide-no-stop-gradient': {
    folder: 'sample',
    half: B,
    perClass: 60,
    patch: mergeConfig(narrow, { backbone: { width: 0.5 }, batchSize: 16, epochs: 10, stopGradient: false }),
    matched: 'wide-simsiam',
    about: 'half of the channels without stop-gradient, 480 photos',
  },
  '80px-simsiam': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { imageSize: 80, batchSize: 16, epochs: 6 }),
    about: '80 px',
  },
  '80px-no-predictor': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { imageSize: 80, batchSize: 16, epochs: 6, predictor: { kind: 'identity' } }),
    matched: '80px-simsiam',
    about: '80 px without predictor',
  },
  'batch-16-simsiam': {
    folder: 'sample',
    perClass: 100,
    half: A,
    patch: mergeConfig(narrow, { batchSize: 16, epochs: 9 }),
    about: 'batches of 16',
  },
  'batch-128-no-stop-gradient': {
    folder: 'sample',
    perClass: 100,
    half: B,
    patch: mergeConfig(narrow, { batchSize: 128, epochs: 24, stopGradient: false }),
    matched: 'narrow-simsiam',
    about: 'batches of 128 without stop-gradient',
  },

  // CIFAR-10 in its small form.
  'cifar-simsiam': {
    folder: 'cifar',
    half: B,
    perClass: 120,
    patch: cifar,
    about: 'SimSiam on CIFAR-10 with the paper’s augmentation',
  },
  'cifar-simclr': {
    folder: 'cifar',
    half: A,
    perClass: 120,
    patch: mergeConfig(cifar, { method: 'simclr' }),
    about: 'SimCLR on CIFAR-10',
  },
  'cifar-swav': {
    folder: 'cifar',
    half: B,
    perClass: 120,
    patch: mergeConfig(cifar, { method: 'swav', swav: { prototypes: 64 } }),
    about: 'SwAV on CIFAR-10',
  },
  'cifar-no-stop-gradient': {
    folder: 'cifar',
    half: B,
    perClass: 120,
    patch: mergeConfig(cifar, { stopGradient: false }),
    matched: 'cifar-simsiam',
    about: 'CIFAR-10 without stop-gradient',
  },
  'cifar-no-predictor': {
    folder: 'cifar',
    half: B,
    perClass: 120,
    patch: mergeConfig(cifar, { predictor: { kind: 'identity' } }),
    matched: 'cifar-simsiam',
    about: 'CIFAR-10 without predictor',
  },
  'cifar-fixed-predictor': {
    folder: 'cifar',
    half: B,
    perClass: 120,
    patch: mergeConfig(cifar, { predictor: { kind: 'fixed' } }),
    about: 'CIFAR-10 with a predictor that is not trained',
  },

  // Tiny collections.
  'few-simsiam': {
    folder: 'sample',
    half: A,
    perClass: 12,
    patch: mergeConfig(narrow, { batchSize: 16, epochs: 60, probe: { everyEpochs: 2 } }),
    about: '96 photos',
  },
  'few-simclr': {
    folder: 'sample',
    half: A,
    perClass: 12,
    patch: mergeConfig(narrow, {
      method: 'simclr',
      optimizer: { baseLearningRate: 0.5 },
      batchSize: 16,
      epochs: 60,
      probe: { everyEpochs: 2 },
    }),
    about: '96 photos, SimCLR',
  },
  'few-no-stop-gradient': {
    folder: 'sample',
    half: A,
    perClass: 12,
    patch: mergeConfig(narrow, { batchSize: 16, epochs: 60, probe: { everyEpochs: 2 }, stopGradient: false }),
    matched: 'few-simsiam',
    about: '96 photos without stop-gradient',
  },
  'fewest-simsiam': {
    folder: 'sample',
    half: B,
    perClass: 4,
    patch: mergeConfig(narrow, { batchSize: 8, epochs: 80, probe: { everyEpochs: 4, k: 5 } }),
    about: '32 photos',
  },
  'fewest-no-predictor': {
    folder: 'sample',
    half: B,
    perClass: 4,
    patch: mergeConfig(narrow, {
      batchSize: 8,
      epochs: 80,
      probe: { everyEpochs: 4, k: 5 },
      predictor: { kind: 'identity' },
    }),
    matched: 'fewest-simsiam',
    about: '32 photos without predictor',
  },
};
