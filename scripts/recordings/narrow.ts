/** Recorded runs of a very small network: at 32 px, where it is too small to learn the sample set, and at 48, where it learns. */
import { mergeConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { sketchPatch } from '../../shared/lab/sketch.ts';
import { A, B } from './recording.ts';
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

export const smallRuns: Record<string, Recording> = {
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
};

export const narrowRuns: Record<string, Recording> = {
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
};
