/** Recorded runs of a very small network: at 32 px, where it is too small to learn the sample set, and at 48, where it learns. */
import { mergeConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { sketchPatch } from '../../shared/lab/sketch.ts';
import { A, B, recordingsOf } from './recording.ts';
import type { Recording } from './recording.ts';

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
export const narrow: ConfigPatch = mergeConfig(tiny, {
  imageSize: 48,
  epochs: 12,
  optimizer: { baseLearningRate: 1 },
  probe: { images: 480 },
  threads: 1,
});

const ofTiny = recordingsOf({ folder: 'sample' }, tiny);
const ofNarrow = recordingsOf({ folder: 'sample', perClass: 100 }, narrow);

export const smallRuns: Record<string, Recording> = {
  'small-healthy': ofTiny(A, 'a very small network, a short run at a modest rate', {
    optimizer: { baseLearningRate: 0.1 },
  }),
  'small-collapse': ofTiny(
    A,
    'a very small network without stop-gradient',
    { stopGradient: false, epochs: 16 },
    'small-healthy',
  ),
  'no-rate': ofTiny(A, 'a learning rate of next to nothing', {
    optimizer: { baseLearningRate: 1e-7 },
    predictor: { learningRate: 'decayed' },
  }),
  'high-rate': ofTiny(
    A,
    'forty times the rate of the preset',
    { optimizer: { baseLearningRate: 20 } },
    'small-healthy',
  ),
  'fixed-predictor': ofTiny(A, 'a very small network with a predictor that is not trained', {
    predictor: { kind: 'fixed' },
  }),
  'no-predictor': ofTiny(
    A,
    'a very small network without predictor',
    { predictor: { kind: 'identity' }, epochs: 16 },
    'small-healthy',
  ),
};

export const narrowRuns: Record<string, Recording> = {
  'narrow-simsiam': ofNarrow(B, 'SimSiam in an eighth of the channels'),
  'narrow-simclr': ofNarrow(A, 'SimCLR in an eighth of the channels', {
    method: 'simclr',
    optimizer: { baseLearningRate: 0.5 },
  }),
  'narrow-swav': ofNarrow(B, 'SwAV in an eighth of the channels', {
    method: 'swav',
    swav: { prototypes: 32 },
    optimizer: { baseLearningRate: 0.5 },
  }),
  'narrow-moco': ofNarrow(B, 'MoCo v2 in an eighth of the channels', {
    method: 'moco',
    moco: { queueSize: 512 },
    head: { norm: 'hidden' },
  }),
  'narrow-byol': ofNarrow(A, 'BYOL in an eighth of the channels', {
    method: 'byol',
    byol: { momentum: 0.95 },
    head: { norm: 'default' },
  }),
  'narrow-no-stop-gradient': ofNarrow(
    B,
    'an eighth of the channels without stop-gradient',
    { stopGradient: false },
    'narrow-simsiam',
  ),
  'narrow-no-predictor': ofNarrow(
    A,
    'an eighth of the channels without predictor',
    { predictor: { kind: 'identity' } },
    'narrow-simsiam',
  ),
  'narrow-neither': ofNarrow(
    B,
    'neither predictor nor stop-gradient',
    { predictor: { kind: 'identity' }, stopGradient: false },
    'narrow-simsiam',
  ),
  'narrow-byol-no-predictor': ofNarrow(
    A,
    'BYOL without predictor',
    { method: 'byol', byol: { momentum: 0.95 }, head: { norm: 'default' }, predictor: { kind: 'identity' } },
    'narrow-byol',
  ),
  'narrow-cross-entropy-no-stop-gradient': ofNarrow(
    B,
    'cross-entropy without stop-gradient',
    { similarity: 'crossEntropy', optimizer: { baseLearningRate: 4 }, stopGradient: false },
    'narrow-simsiam',
  ),
  'narrow-cross-entropy-no-predictor': ofNarrow(
    B,
    'cross-entropy without predictor',
    { similarity: 'crossEntropy', optimizer: { baseLearningRate: 4 }, predictor: { kind: 'identity' } },
    'narrow-simsiam',
  ),
  'narrow-fixed-predictor': ofNarrow(B, 'an eighth of the channels with a predictor that is not trained', {
    predictor: { kind: 'fixed' },
  }),
  'narrow-no-norm': ofNarrow(B, 'no batch normalisation in the heads (paper, Table 3)', { head: { norm: 'none' } }),
  'narrow-norm-all': ofNarrow(B, 'batch normalisation everywhere (paper, Table 3: unstable)', {
    head: { norm: 'all' },
  }),
  'narrow-rate-3': ofNarrow(
    A,
    'three times the rate of its neighbours',
    { optimizer: { baseLearningRate: 3 } },
    'narrow-simsiam',
  ),
  'narrow-rate-8': ofNarrow(
    B,
    'eight times the rate of its neighbours',
    { optimizer: { baseLearningRate: 8 } },
    'narrow-simsiam',
  ),
  'narrow-rate-60': ofNarrow(
    B,
    'sixty times the rate of its neighbours',
    { optimizer: { baseLearningRate: 60 } },
    'narrow-simsiam',
  ),
  'narrow-simclr-rate-40': ofNarrow(A, 'SimCLR at a rate of 40', {
    method: 'simclr',
    optimizer: { baseLearningRate: 40 },
  }),
  'narrow-moco-rate-2': ofNarrow(B, 'MoCo v2 without batch normalisation at a rate of 2', {
    method: 'moco',
    moco: { queueSize: 512 },
    optimizer: { baseLearningRate: 2 },
  }),
  'narrow-swav-rate-20': ofNarrow(B, 'SwAV at a rate of 20', {
    method: 'swav',
    swav: { prototypes: 32 },
    optimizer: { baseLearningRate: 20 },
  }),
  'narrow-no-rate': ofNarrow(B, 'a learning rate of next to nothing', {
    optimizer: { baseLearningRate: 1e-6 },
    predictor: { learningRate: 'decayed' },
  }),
  'narrow-simclr-no-rate': ofNarrow(A, 'SimCLR at next to no rate', {
    method: 'simclr',
    optimizer: { baseLearningRate: 1e-5 },
  }),
  'narrow-swav-no-rate': ofNarrow(B, 'SwAV at next to no rate', {
    method: 'swav',
    swav: { prototypes: 32 },
    optimizer: { baseLearningRate: 1e-5 },
  }),
};
