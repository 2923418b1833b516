/** Recorded runs of other widths, sizes and collections than the sample set's: CIFAR-10, and folders of a few photos. */
import type { ConfigPatch } from '../../shared/config.ts';
import { narrow } from './narrow.ts';
import { A, B, recordingsOf } from './recording.ts';
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

const ofCifar = recordingsOf({ folder: 'cifar', perClass: 120 }, cifar);
const ofNarrow = recordingsOf({ folder: 'sample', perClass: 100 }, narrow);
const ofSixty = recordingsOf({ folder: 'sample', perClass: 60 }, narrow);
const ofTwelve = recordingsOf({ folder: 'sample', perClass: 12 }, narrow);
const ofFour = recordingsOf({ folder: 'sample', perClass: 4 }, narrow);

export const otherRuns: Record<string, Recording> = {
  // Other sizes and widths.
  'wide-simsiam': ofSixty(A, 'half of the channels, 480 photos', {
    backbone: { width: 0.5 },
    batchSize: 16,
    epochs: 10,
  }),
  'wide-no-stop-gradient': ofSixty(
    B,
    'half of the channels without stop-gradient, 480 photos',
    { backbone: { width: 0.5 }, batchSize: 16, epochs: 10, stopGradient: false },
    'wide-simsiam',
  ),
  '80px-simsiam': ofNarrow(B, '80 px', { imageSize: 80, batchSize: 16, epochs: 6 }),
  '80px-no-predictor': ofNarrow(
    B,
    '80 px without predictor',
    { imageSize: 80, batchSize: 16, epochs: 6, predictor: { kind: 'identity' } },
    '80px-simsiam',
  ),
  'batch-16-simsiam': ofNarrow(A, 'batches of 16', { batchSize: 16, epochs: 9 }),
  'batch-128-no-stop-gradient': ofNarrow(
    B,
    'batches of 128 without stop-gradient',
    { batchSize: 128, epochs: 24, stopGradient: false },
    'narrow-simsiam',
  ),

  // CIFAR-10 in its small form.
  'cifar-simsiam': ofCifar(B, 'SimSiam on CIFAR-10 with the paper’s augmentation'),
  'cifar-simclr': ofCifar(A, 'SimCLR on CIFAR-10', { method: 'simclr' }),
  'cifar-swav': ofCifar(B, 'SwAV on CIFAR-10', { method: 'swav', swav: { prototypes: 64 } }),
  'cifar-no-stop-gradient': ofCifar(B, 'CIFAR-10 without stop-gradient', { stopGradient: false }, 'cifar-simsiam'),
  'cifar-no-predictor': ofCifar(B, 'CIFAR-10 without predictor', { predictor: { kind: 'identity' } }, 'cifar-simsiam'),
  'cifar-fixed-predictor': ofCifar(B, 'CIFAR-10 with a predictor that is not trained', {
    predictor: { kind: 'fixed' },
  }),

  // Tiny collections.
  'few-simsiam': ofTwelve(A, '96 photos', { batchSize: 16, epochs: 60, probe: { everyEpochs: 2 } }),
  'few-simclr': ofTwelve(A, '96 photos, SimCLR', {
    method: 'simclr',
    optimizer: { baseLearningRate: 0.5 },
    batchSize: 16,
    epochs: 60,
    probe: { everyEpochs: 2 },
  }),
  'few-no-stop-gradient': ofTwelve(
    A,
    '96 photos without stop-gradient',
    { batchSize: 16, epochs: 60, probe: { everyEpochs: 2 }, stopGradient: false },
    'few-simsiam',
  ),
  'fewest-simsiam': ofFour(B, '32 photos', { batchSize: 8, epochs: 80, probe: { everyEpochs: 4, k: 5 } }),
  'fewest-no-predictor': ofFour(
    B,
    '32 photos without predictor',
    { batchSize: 8, epochs: 80, probe: { everyEpochs: 4, k: 5 }, predictor: { kind: 'identity' } },
    'fewest-simsiam',
  ),
};
