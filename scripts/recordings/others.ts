/** Recorded runs of other widths, sizes and collections than the sample set's: CIFAR-10, and folders of a few photos. */
import { mergeConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { narrow } from './narrow.ts';
import { A, B } from './recording.ts';
import type { Recording } from './recording.ts';

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

export const otherRuns: Record<string, Recording> = {
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
