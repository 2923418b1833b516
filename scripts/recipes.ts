/**
 * The recipes that race.ts compares, by name: one small network, and what each changes of it. What came of those that have
 * been run is in docs/recipes.md.
 */
import { mergeConfig } from '../shared/config.ts';
import type { ConfigPatch } from '../shared/config.ts';

/** What all of them share: a narrow ResNet-18 on views of 32 px, the paper's colours, small heads. */
const common: ConfigPatch = {
  backbone: { name: 'resnet18', width: 0.25, stem: 'cifar' },
  head: { hiddenDim: 512, outputDim: 512, layers: 2 },
  predictor: { hiddenDim: 128 },
  imageSize: 32,
  batchSize: 128,
  epochs: 1,
  optimizer: { weightDecay: 5e-4 },
  augment: { hue: 0.1, grayscale: 0.2, blur: 0 },
};
const simclr = (patch: ConfigPatch = {}): ConfigPatch =>
  mergeConfig(
    common,
    {
      method: 'simclr',
      temperature: 0.2,
      predictor: { kind: 'identity' },
      stopGradient: false,
      optimizer: { baseLearningRate: 0.6 },
    },
    patch,
  );
const simsiam = (patch: ConfigPatch = {}): ConfigPatch =>
  mergeConfig(common, { method: 'simsiam', optimizer: { baseLearningRate: 0.15 } }, patch);

export const recipes: Record<string, ConfigPatch> = {
  simclr: simclr(),
  'simclr-rate-0.3': simclr({ optimizer: { baseLearningRate: 0.3 } }),
  'simclr-rate-1': simclr({ optimizer: { baseLearningRate: 1 } }),
  'simclr-rate-2': simclr({ optimizer: { baseLearningRate: 2 } }),
  'simclr-batch-64': simclr({ batchSize: 64 }),
  'simclr-batch-256': simclr({ batchSize: 256 }),
  'simclr-temperature-0.1': simclr({ temperature: 0.1 }),
  'simclr-temperature-0.5': simclr({ temperature: 0.5 }),
  'simclr-small-stem': simclr({ backbone: { stem: 'small' } }),
  'simclr-24px': simclr({ imageSize: 24 }),
  'simclr-40px': simclr({ imageSize: 40 }),
  'simclr-48px-fast-stem': simclr({ imageSize: 48, backbone: { stem: 'imagenet' } }),
  'simclr-64px-fast-stem': simclr({ imageSize: 64, backbone: { stem: 'imagenet' } }),
  'simclr-64px-fast-stem-half': simclr({ imageSize: 64, backbone: { stem: 'imagenet', width: 0.5 } }),
  'simclr-eighth': simclr({ backbone: { width: 0.125 } }),
  'simclr-half': simclr({ backbone: { width: 0.5 } }),
  'simclr-small-colours': simclr({ augment: { brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.05 } }),
  'simclr-large-crops': simclr({ augment: { cropScaleMin: 0.4 } }),
  'simclr-small-crops': simclr({ augment: { cropScaleMin: 0.08 } }),
  simsiam: simsiam(),
  'simsiam-rate-0.06': simsiam({ optimizer: { baseLearningRate: 0.06 } }),
  'simsiam-warm-up': simsiam({ optimizer: { baseLearningRate: 0.3, warmupEpochs: 0.5 } }),
  moco: mergeConfig(common, {
    method: 'moco',
    temperature: 0.2,
    predictor: { kind: 'identity' },
    moco: { queueSize: 2048, momentum: 0.99 },
    head: { norm: 'hidden' },
    optimizer: { baseLearningRate: 0.3 },
  }),
};
