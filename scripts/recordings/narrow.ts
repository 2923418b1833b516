/** Recorded runs of a very small network: at 32 px, where it is too small to learn the sample set, and at 48, where it learns. */
import { mergeConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { sketchPatch } from '../../shared/lab/sketch.ts';
import { A, B, recordingsOf } from './recording.ts';
import type { Recording } from './recording.ts';
import type { Half } from '../../test/unit/recordings.ts';

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
/** A run that fails for one thing in which it differs from the healthy one. */
const besideSimsiam = (half: Half, about: string, patch: ConfigPatch) => ofNarrow(half, about, patch, 'narrow-simsiam');

const atRate = (baseLearningRate: number): ConfigPatch => ({ optimizer: { baseLearningRate } });
const noPredictor: ConfigPatch = { predictor: { kind: 'identity' } };
const fixedPredictor: ConfigPatch = { predictor: { kind: 'fixed' } };
const decayedPredictor: ConfigPatch = { predictor: { learningRate: 'decayed' } };
const noStopGradient: ConfigPatch = { stopGradient: false };
const crossEntropy: ConfigPatch = { similarity: 'crossEntropy', ...atRate(4) };
const simclr: ConfigPatch = { method: 'simclr' };
const swav: ConfigPatch = { method: 'swav', swav: { prototypes: 32 } };
const moco: ConfigPatch = { method: 'moco', moco: { queueSize: 512 } };
const byol: ConfigPatch = { method: 'byol', byol: { momentum: 0.95 }, head: { norm: 'default' } };

export const smallRuns: Record<string, Recording> = {
  'small-healthy': ofTiny(A, 'a very small network, a short run at a modest rate', atRate(0.1)),
  'small-collapse': ofTiny(
    A,
    'a very small network without stop-gradient',
    { ...noStopGradient, epochs: 16 },
    'small-healthy',
  ),
  'no-rate': ofTiny(A, 'a learning rate of next to nothing', { ...atRate(1e-7), ...decayedPredictor }),
  'high-rate': ofTiny(A, 'forty times the rate of the preset', atRate(20), 'small-healthy'),
  'fixed-predictor': ofTiny(A, 'a very small network with a predictor that is not trained', fixedPredictor),
  'no-predictor': ofTiny(A, 'a very small network without predictor', { ...noPredictor, epochs: 16 }, 'small-healthy'),
};

export const narrowRuns: Record<string, Recording> = {
  'narrow-simsiam': ofNarrow(B, 'SimSiam in an eighth of the channels'),
  'narrow-simclr': ofNarrow(A, 'SimCLR in an eighth of the channels', { ...simclr, ...atRate(0.5) }),
  'narrow-swav': ofNarrow(B, 'SwAV in an eighth of the channels', { ...swav, ...atRate(0.5) }),
  'narrow-moco': ofNarrow(B, 'MoCo v2 in an eighth of the channels', { ...moco, head: { norm: 'hidden' } }),
  'narrow-byol': ofNarrow(A, 'BYOL in an eighth of the channels', byol),
  'narrow-no-stop-gradient': besideSimsiam(B, 'an eighth of the channels without stop-gradient', noStopGradient),
  'narrow-no-predictor': besideSimsiam(A, 'an eighth of the channels without predictor', noPredictor),
  'narrow-neither': besideSimsiam(B, 'neither predictor nor stop-gradient', { ...noPredictor, ...noStopGradient }),
  'narrow-byol-no-predictor': ofNarrow(A, 'BYOL without predictor', { ...byol, ...noPredictor }, 'narrow-byol'),
  'narrow-cross-entropy-no-stop-gradient': besideSimsiam(B, 'cross-entropy without stop-gradient', {
    ...crossEntropy,
    ...noStopGradient,
  }),
  'narrow-cross-entropy-no-predictor': besideSimsiam(B, 'cross-entropy without predictor', {
    ...crossEntropy,
    ...noPredictor,
  }),
  'narrow-fixed-predictor': ofNarrow(
    B,
    'an eighth of the channels with a predictor that is not trained',
    fixedPredictor,
  ),
  'narrow-no-norm': ofNarrow(B, 'no batch normalisation in the heads (paper, Table 3)', { head: { norm: 'none' } }),
  'narrow-norm-all': ofNarrow(B, 'batch normalisation everywhere (paper, Table 3: unstable)', {
    head: { norm: 'all' },
  }),
  'narrow-rate-3': besideSimsiam(A, 'three times the rate of its neighbours', atRate(3)),
  'narrow-rate-8': besideSimsiam(B, 'eight times the rate of its neighbours', atRate(8)),
  'narrow-rate-60': besideSimsiam(B, 'sixty times the rate of its neighbours', atRate(60)),
  'narrow-simclr-rate-40': ofNarrow(A, 'SimCLR at a rate of 40', { ...simclr, ...atRate(40) }),
  'narrow-moco-rate-2': ofNarrow(B, 'MoCo v2 without batch normalisation at a rate of 2', { ...moco, ...atRate(2) }),
  'narrow-swav-rate-20': ofNarrow(B, 'SwAV at a rate of 20', { ...swav, ...atRate(20) }),
  'narrow-no-rate': ofNarrow(B, 'a learning rate of next to nothing', { ...atRate(1e-6), ...decayedPredictor }),
  'narrow-simclr-no-rate': ofNarrow(A, 'SimCLR at next to no rate', { ...simclr, ...atRate(1e-5) }),
  'narrow-swav-no-rate': ofNarrow(B, 'SwAV at next to no rate', { ...swav, ...atRate(1e-5) }),
};
