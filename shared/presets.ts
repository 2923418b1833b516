/**
 * Presets: where a person starts, from the number of photos and the device, each choice with its reason. They are
 * partial configurations, merged under whatever the person sets. Counted in steps and in time rather than in epochs:
 * 2,000 photos for 1,000 epochs of a full ResNet-18 are more than a day on two CPU cores, so on a CPU a preset narrows
 * the network, lowers the resolution and states its budget in minutes. How the numbers were chosen: docs/training.md.
 */
import type { ConfigPatch } from './config.ts';
import { mergeConfig } from './config.ts';
import type { PresetName } from './contract/runs.ts';
import { isGivenStart } from './startingWeights.ts';
import {
  batchFor,
  contrast,
  headsFor,
  isSlow,
  networkOf,
  probeFor,
  small,
  tableFor,
  viewOf,
  whitened,
  whyContrast,
  whyWhitened,
} from './presets/parts.ts';
import type { Preset, PresetFacts } from './presets/parts.ts';

/** The batch of a preset where there are photos enough for it. */
export function usualBatch(name: PresetName, facts: PresetFacts): number {
  if (name === 'cifar' || name === 'imagenet') return 512;
  const isShort = name === 'quick' || (name === 'balanced' && isSlow(facts));
  return isShort ? 128 : tableFor(facts.images).batchSize;
}

export function presetFor(name: PresetName, facts: PresetFacts): Preset {
  switch (name) {
    case 'quick':
      return quick(facts);
    case 'balanced':
      return isSlow(facts) ? balancedOnCpu(facts) : byCollection(facts, 1);
    case 'thorough':
      return isSlow(facts) ? thoroughOnCpu(facts) : byCollection(facts, 2);
    case 'cifar':
      return cifar(facts);
    case 'imagenet':
      return imagenet(facts);
    default:
      throw new Error(`there is no preset ${name satisfies never}`);
  }
}

/**
 * What a preset does otherwise in a run that begins with weights that know something already: heads that know nothing
 * must not undo it.
 */
const GENTLE = { rate: 1 / 3, layerDecay: 0.7, settleEpochs: 1 };

export const continuedPatch = (init: string | undefined, preset: ConfigPatch): ConfigPatch =>
  init === undefined || !isGivenStart(init)
    ? {}
    : {
        optimizer: {
          ...(preset.optimizer?.baseLearningRate !== undefined && {
            baseLearningRate: Number((GENTLE.rate * preset.optimizer.baseLearningRate).toPrecision(2)),
          }),
          layerDecay: GENTLE.layerDecay,
          settleEpochs: GENTLE.settleEpochs,
        },
      };

export const presetPatch = (name: PresetName, facts: PresetFacts): ConfigPatch => presetFor(name, facts).patch;

function quick(facts: PresetFacts): Preset {
  const { images } = facts;
  const slow = isSlow(facts);
  const width = slow ? 0.25 : 0.5;
  const larger: Preset = slow
    ? {
        patch: { imageSize: 48, backbone: { stem: 'small' } },
        reasons: [{ setting: 'imageSize', reason: '48 px through the small stem: what its starting weights know' }],
      }
    : {
        patch: { imageSize: 64 },
        reasons: [{ setting: 'imageSize', reason: '64 px through the fast stem: many steps in little time' }],
      };
  const view = viewOf(facts, larger);
  const network = networkOf(width, view.patch.backbone?.stem === 'small' ? 'small' : 'imagenet');
  return {
    patch: mergeConfig(small, contrast, whitened, probeFor(images), view.patch, network.patch, {
      batchSize: batchFor(128, images),
      minutes: 2.25,
      augment: { blur: 0 },
    }),
    reasons: [
      ...whyContrast,
      whyWhitened,
      ...view.reasons,
      ...network.reasons,
      { setting: 'minutes', reason: 'a first look in under three minutes, reading the photos included' },
      { setting: 'backbone.width', reason: `${width} of the channels: many more steps in the same time` },
      { setting: 'batchSize', reason: '128 photos to tell apart, and still hundreds of steps' },
      { setting: 'augment.blur', reason: 'at this size there is little detail to lose' },
    ],
  };
}

function balancedOnCpu(facts: PresetFacts): Preset {
  const { images } = facts;
  const view = viewOf(facts, {
    patch: { imageSize: 96 },
    reasons: [{ setting: 'imageSize', reason: '96 px keeps most detail at half the cost of 128' }],
  });
  const network = networkOf(0.5, view.patch.backbone?.stem === 'small' ? 'small' : 'imagenet');
  return {
    patch: mergeConfig(small, contrast, whitened, probeFor(images), view.patch, network.patch, {
      batchSize: batchFor(128, images),
      minutes: 60,
    }),
    reasons: [
      ...whyContrast,
      whyWhitened,
      { setting: 'minutes', reason: 'an hour; longer runs go on getting better' },
      { setting: 'backbone.width', reason: 'half of the channels train about three times faster on a CPU' },
      ...view.reasons,
      ...network.reasons,
      { setting: 'batchSize', reason: '128 photos to tell apart' },
    ],
  };
}

function thoroughOnCpu({ images }: PresetFacts): Preset {
  const { batchSize, learningRate } = tableFor(images);
  return {
    patch: {
      ...probeFor(images),
      ...whitened,
      imageSize: 128,
      batchSize: batchFor(batchSize, images),
      minutes: 480,
      optimizer: { baseLearningRate: learningRate, weightDecay: 5e-4 },
      ...headsFor(images),
    },
    reasons: [
      { setting: 'minutes', reason: 'a night; the full network needs it on a CPU' },
      { setting: 'imageSize', reason: '128 px keeps most of the accuracy at a third of the cost of 224' },
      { setting: 'head.outputDim', reason: 'below 2,000 photos a smaller head is enough' },
      whyWhitened,
    ],
  };
}

function byCollection({ images }: PresetFacts, factor: number): Preset {
  const { batchSize, learningRate, epochs, weightDecay } = tableFor(images);
  return {
    patch: {
      ...probeFor(images),
      ...whitened,
      imageSize: 128,
      batchSize: batchFor(batchSize, images),
      epochs: factor * epochs,
      optimizer: { baseLearningRate: learningRate, weightDecay },
      ...headsFor(images),
    },
    reasons: [
      {
        setting: 'epochs',
        reason: `${images} photos want about ${factor * epochs} epochs: what counts is the number of steps`,
      },
      { setting: 'batchSize', reason: 'smaller collections learn from more, smaller steps' },
      {
        setting: 'optimizer.weightDecay',
        reason: weightDecay > 1e-4 ? 'small collections need more regularisation' : 'paper, Sec. 3',
      },
      whyWhitened,
    ],
  };
}

function cifar({ images }: PresetFacts): Preset {
  return {
    patch: {
      backbone: { name: 'resnet18', stem: 'cifar' },
      imageSize: 32,
      batchSize: batchFor(512, images, 1),
      epochs: 800,
      optimizer: { baseLearningRate: 0.03, weightDecay: 5e-4 },
      head: { layers: 2 },
      augment: { blur: 0 },
    },
    reasons: [
      {
        setting: 'preset',
        reason:
          'the paper’s CIFAR-10 experiment (App. D): 32 px, 3×3 stem, no blur, base rate 0.03, weight decay 5e-4, batch 512, 800 epochs',
      },
    ],
  };
}

function imagenet({ images }: PresetFacts): Preset {
  return {
    patch: {
      backbone: { name: 'resnet50' },
      imageSize: 224,
      batchSize: batchFor(512, images, 1),
      epochs: 100,
      optimizer: { baseLearningRate: 0.05, weightDecay: 1e-4 },
      probe: { temperature: 0.07 },
    },
    reasons: [
      {
        setting: 'preset',
        reason:
          'the paper’s ImageNet experiment (Sec. 4): ResNet-50, 224 px, base rate 0.05, weight decay 1e-4, batch 512, 100 epochs',
      },
    ],
  };
}
