/**
 * Every figure the application shows: its name, unit and definition, so that a number is never drawn without
 * them. Values are computed in src-main/evaluate and src-main/trainer; the definitions follow docs/training.md.
 */
import { z } from 'zod';

export interface MetricMeta {
  label: string;
  unit: string;
  /** One or two sentences, shown on hover: how it is computed and how to read it. */
  definition: string;
  /** Where it is known, the value a healthy run tends to. */
  reference?: number;
}

/** Figures of the fixed probe set in evaluation mode. Ratios: 1 = isotropic, 0 = constant. */
export const ProbeMetrics = z.strictObject({
  std: z.strictObject({ backbone: z.number(), projection: z.number(), prediction: z.number() }),
  rank: z.strictObject({ backbone: z.number(), projection: z.number() }),
  alignment: z.number(),
  uniformity: z.number(),
  /** Fraction right, 0 to 1; null where the folder has no labels. */
  knn: z.number().nullable(),
  /** Fraction of photos whose other view is their nearest neighbour, 0 to 1. */
  agreement: z.number(),
});
export type ProbeMetrics = z.infer<typeof ProbeMetrics>;

/** One row of a run's history, written at each probe (usually each epoch). */
export const EpochMetrics = ProbeMetrics.extend({
  epoch: z.number(),
  epochs: z.number(),
  step: z.int(),
  /** Mean training loss since the last row, and the least and greatest step of it. */
  loss: z.number(),
  lossMin: z.number(),
  lossMax: z.number(),
  /** Std ratio of z in training mode, mean since the last row: the paper's own figure (Fig. 2). */
  zStdTraining: z.number(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  /** Share of the time the training step waited for photos, 0 to 1. */
  dataWait: z.number(),
  /** Seconds of training, pauses left out. */
  trainingSeconds: z.number(),
  /** Milliseconds since 1970. */
  at: z.number(),
  etaSeconds: z.number().nullable(),
});
export type EpochMetrics = z.infer<typeof EpochMetrics>;

/** One training step, for the fine curves. */
export const StepMetrics = z.strictObject({
  step: z.int(),
  epoch: z.number(),
  loss: z.number(),
  zStdTraining: z.number(),
  learningRate: z.number(),
  trainingSeconds: z.number(),
  at: z.number(),
});
export type StepMetrics = z.infer<typeof StepMetrics>;

export const metrics = {
  loss: {
    label: 'Loss',
    unit: '',
    definition:
      'Mean over the photos of -cos(p, z) between the prediction of one view and the projection of the other, averaged over both directions. -1 means the views agree completely, which is also what a collapsed network shows: read it together with the rank.',
    reference: -1,
  },
  zStdTraining: {
    label: 'Std of z × √d, training',
    unit: 'ratio',
    definition:
      'Standard deviation of the l2-normalised projection z over the batch, averaged over channels, times √d (paper, Fig. 2). 1: spread over the sphere. 0: all photos at one point.',
    reference: 1,
  },
  'std.backbone': {
    label: 'Std × √D, features',
    unit: 'ratio',
    definition:
      'As for z, on the backbone features of the probe photos in evaluation mode. An untrained network sits near 0.2; it may rise early in a collapse, so it has no threshold of its own.',
  },
  'std.projection': {
    label: 'Std × √d, projection z',
    unit: 'ratio',
    definition:
      'Standard deviation of the l2-normalised projections of the probe photos, evaluation mode, times √d. 1: isotropic. Falling is the early sign of a collapse.',
    reference: 1,
  },
  'std.prediction': {
    label: 'Std × √d, prediction p',
    unit: 'ratio',
    definition: 'The same for the output p of the predictor.',
    reference: 1,
  },
  'rank.backbone': {
    label: 'Effective rank, features',
    unit: 'dimensions',
    definition:
      'exp of the entropy of the normalised singular values of the centred features of the probe photos: how many directions the features really use. Low and falling together with a loss near -1 is a collapse.',
  },
  'rank.projection': { label: 'Effective rank, z', unit: 'dimensions', definition: 'The same for the projections z.' },
  alignment: {
    label: 'Alignment',
    unit: 'squared distance',
    definition: 'Mean squared distance of the normalised features of two views of the same probe photo. 0: identical.',
    reference: 0,
  },
  uniformity: {
    label: 'Uniformity',
    unit: 'log',
    definition:
      'log of the mean of exp(-2‖f(x) - f(y)‖²) over pairs of probe photos (Wang and Isola, 2020). Lower is more uniform; 0: all at one point.',
  },
  knn: {
    label: 'kNN accuracy',
    unit: '%',
    definition:
      'Share of probe photos whose label is found by a vote of their k nearest neighbours, each weighted exp(cos/T), the photo itself left out. Labels are the names of the subfolders.',
  },
  agreement: {
    label: 'Neighbour agreement',
    unit: '%',
    definition:
      'Share of probe photos whose nearest neighbour among all second views is their own second view. Needs no labels; 100 % means views of a photo are told apart from all other photos.',
  },
  learningRate: {
    label: 'Learning rate',
    unit: '',
    definition: 'Base rate × batch / 256, after warm-up and cosine decay.',
  },
  imagesPerSecond: {
    label: 'Speed',
    unit: 'photos/s',
    definition: 'Photos trained on per second (two views each), since the last row, waiting included.',
  },
  dataWait: {
    label: 'Waiting for photos',
    unit: '%',
    definition: 'Share of the time the training step waited for the next batch of views.',
  },
  etaSeconds: { label: 'Time remaining', unit: 's', definition: 'Steps left ÷ steps per second lately.' },
} as const satisfies Record<string, MetricMeta>;

export type MetricName = keyof typeof metrics;
