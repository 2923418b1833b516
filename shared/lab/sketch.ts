/**
 * The small network that the Lab's studies and the recorded runs of the verdict are calibrated on: SimSiam in a quarter of
 * the width at 48 px, with colour changes strong enough for rendered pictures. It stands still while presets follow what
 * wins the race (docs/recipes.md): rates and thresholds were measured on it.
 */
import type { ConfigPatch } from '../config.ts';
import { mergeConfig } from '../config.ts';
import { batchFor, isSlow, probeFor } from '../presets/parts.ts';
import type { PresetFacts } from '../presets/parts.ts';

export const sketchPatch = (facts: PresetFacts): ConfigPatch =>
  mergeConfig(probeFor(facts.images), {
    backbone: { width: isSlow(facts) ? 0.25 : 0.5 },
    head: { hiddenDim: 512, outputDim: 512, layers: 2 },
    predictor: { hiddenDim: 128 },
    imageSize: 48,
    batchSize: batchFor(64, facts.images),
    minutes: 2.25,
    optimizer: { baseLearningRate: 0.5, weightDecay: 5e-4 },
    augment: { hue: 0.4, grayscale: 0.5, blur: 0 },
  });
