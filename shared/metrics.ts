/**
 * Every figure of a run as one row: its name, unit and definition, which way is better, and where it is shown. Charts,
 * tiles, the command line's columns and events, CSV files, reports, the help and the stored row are made from these
 * rows. How a figure of the probe is computed is src-main/evaluate/measures.ts; the definitions follow docs/training.md.
 */
import { thresholds } from './verdict/thresholds.ts';

/** A chart: the rows that name it are drawn in it, in their order. */
export interface Panel {
  min?: number;
  max?: number;
  /** Shaded ranges of the y axis. */
  warnBelow?: number;
  badBelow?: number;
  /** Whether its curves are drawn as they are, without smoothing. */
  exact?: boolean;
  /** Added before a log axis is used: the loss ends at -1, and what is drawn is its distance from there. */
  logShift?: number;
}

/** In the order they are shown. One with several rows has a title in the catalogues: `chart.<name>`. */
export const panels = {
  loss: { logShift: 1 },
  zStdTraining: { min: 0, max: 1.1, warnBelow: thresholds.zStdSuspicious, badBelow: thresholds.zStdCollapsed },
  rank: { min: 0 },
  quality: { min: 0 },
  std: { min: 0, max: 1.1 },
  alignment: { min: 0 },
  uniformity: {},
  learningRate: { min: 0, exact: true },
  imagesPerSecond: { min: 0 },
  dataWait: { min: 0 },
} as const satisfies Record<string, Panel>;
export type PanelName = keyof typeof panels;

/** Help pages that define figures. */
export type FigurePage = 'loss' | 'std' | 'rank' | 'quality' | 'geometry';

export interface MetricMeta {
  label: string;
  unit: '' | '%' | 's' | 'ratio' | 'dimensions' | 'squared distance' | 'log' | 'photos/s';
  /** One or two sentences, shown on hover: how it is computed and how to read it. */
  definition: string;
  /** Null: neither, it is read together with others. */
  better: 'higher' | 'lower' | null;
  /** Where it is known, the value a healthy run tends to. */
  reference?: number;
  /** Of the fixed probe set in evaluation mode, of every training step, or of the time since the last row. */
  of: 'probe' | 'steps' | 'time';
  /** May be null: it needs labels, say, or rows written before it was there lack it. */
  optional?: true;
  /** Digits after the point where it stands alone; without it three, or as its unit wants. */
  digits?: number;
  panel?: PanelName;
  help?: FigurePage;
  /** Whether it is among the large figures of the monitor. */
  tile?: true;
  /** Whether it is in the event `epoch` of `--json`. */
  event?: true;
  /** Its column in the table that the command line prints; left out where it has none. */
  column?: { header: string; width: number; digits?: number };
  /** Its chart in the reports of the Lab, whose y axis always shows `include`; left out where it has none. */
  report?: { digits: number; include: readonly number[] };
  /** Name of its column in CSV files; without it, its own name in their style. */
  csv?: string;
}

/** By name, which is also the dotted path of its value in a row of the history and in the event `epoch`. */
export const metrics = {
  loss: {
    label: 'Loss',
    unit: '',
    definition:
      'Mean over the photos of −cos(p, z) between the prediction of one view and the projection of the other, averaged over both directions. −1 means the views agree completely, which is also what a collapsed network shows: read it together with the rank.',
    reference: -1,
    better: null,
    of: 'steps',
    event: true,
    panel: 'loss',
    help: 'loss',
    tile: true,
    column: { header: 'loss', width: 8, digits: 4 },
    report: { digits: 2, include: [] },
  },
  zStdTraining: {
    label: 'Std of z × √d, training',
    unit: 'ratio',
    definition:
      'Standard deviation of the l2-normalised projection z over the batch, averaged over channels, times √d (paper, Fig. 2). 1: spread over the sphere. 0: all photos at one point.',
    reference: 1,
    better: null,
    of: 'steps',
    panel: 'zStdTraining',
    help: 'std',
    report: { digits: 1, include: [0, 1] },
    csv: 'z_std_training',
  },
  learningRate: {
    label: 'Learning rate',
    unit: '',
    definition: 'Base rate × batch / 256, after warm-up and cosine decay.',
    better: null,
    of: 'steps',
    event: true,
    panel: 'learningRate',
    help: 'loss',
    csv: 'learning_rate',
  },
  'std.backbone': {
    label: 'Std × √D, features',
    unit: 'ratio',
    definition:
      'As for z, on the backbone features of the probe photos in evaluation mode. An untrained network sits near 0.2; it may rise early in a collapse, so it has no threshold of its own.',
    better: null,
    of: 'probe',
    event: true,
    panel: 'std',
    help: 'std',
    csv: 'std_features',
  },
  'std.projection': {
    label: 'Std × √d, projection z',
    unit: 'ratio',
    definition:
      'Standard deviation of the l2-normalised projections of the probe photos, evaluation mode, times √d. 1: isotropic. Falling is the early sign of a collapse.',
    reference: 1,
    better: null,
    of: 'probe',
    event: true,
    panel: 'std',
    help: 'std',
    column: { header: 'std z', width: 6, digits: 2 },
    csv: 'std_z',
  },
  'std.prediction': {
    label: 'Std × √d, prediction p',
    unit: 'ratio',
    definition: 'The same for the output p of the predictor.',
    reference: 1,
    better: null,
    of: 'probe',
    event: true,
    panel: 'std',
    help: 'std',
    csv: 'std_p',
  },
  'rank.backbone': {
    label: 'Effective rank, features',
    unit: 'dimensions',
    definition:
      'exp of the entropy of the normalised singular values of the centred features of the probe photos: how many directions the features really use. Low and falling together with a loss near −1 is a collapse.',
    better: 'higher',
    of: 'probe',
    event: true,
    digits: 1,
    panel: 'rank',
    help: 'rank',
    tile: true,
    column: { header: 'rank', width: 6, digits: 1 },
    report: { digits: 1, include: [0] },
    csv: 'rank_features',
  },
  'rank.projection': {
    label: 'Effective rank, z',
    unit: 'dimensions',
    definition: 'The same for the projections z.',
    better: 'higher',
    of: 'probe',
    event: true,
    digits: 1,
    panel: 'rank',
    help: 'rank',
    csv: 'rank_z',
  },
  alignment: {
    label: 'Alignment',
    unit: 'squared distance',
    definition: 'Mean squared distance of the normalised features of two views of the same probe photo. 0: identical.',
    reference: 0,
    better: 'lower',
    of: 'probe',
    panel: 'alignment',
    help: 'geometry',
  },
  uniformity: {
    label: 'Uniformity',
    unit: 'log',
    definition:
      'log of the mean of exp(−2‖f(x) − f(y)‖²) over pairs of probe photos (Wang and Isola, 2020). Lower is more uniform; 0: all at one point.',
    better: 'lower',
    of: 'probe',
    panel: 'uniformity',
    help: 'geometry',
  },
  knn: {
    label: 'kNN accuracy',
    unit: '%',
    definition:
      'Share of probe photos whose label is found by a vote of their k nearest neighbours, each weighted exp(cos/T), the photo itself left out. Labels are the names of the subfolders, unless others were set.',
    better: 'higher',
    of: 'probe',
    event: true,
    optional: true,
    panel: 'quality',
    help: 'quality',
    tile: true,
    column: { header: 'kNN', width: 7 },
    report: { digits: 0, include: [0] },
  },
  balancedKnn: {
    label: 'kNN accuracy, classes weighed alike',
    unit: '%',
    definition:
      'The share of each class that the same vote finds, averaged over the classes. Where most photos are of one class, kNN accuracy is high for naming it always; this one is not: guessing gives 1 divided by the number of classes.',
    better: 'higher',
    of: 'probe',
    event: true,
    optional: true,
    panel: 'quality',
    help: 'quality',
    csv: 'knn_balanced',
  },
  agreement: {
    label: 'Neighbour agreement',
    unit: '%',
    definition:
      'Share of probe photos whose nearest neighbour among all second views is their own second view. Needs no labels; 100 % means views of a photo are told apart from all other photos.',
    better: 'higher',
    of: 'probe',
    event: true,
    panel: 'quality',
    help: 'quality',
    tile: true,
    column: { header: 'agreement', width: 10 },
    report: { digits: 0, include: [0] },
  },
  quality: {
    label: 'Label-free quality',
    unit: '%',
    definition:
      'How good the features are as far as no label tells: the squared distance of two photos over that of two views of one photo, times the fourth root of agreement times rank, as q / (1 + q). It orders runs on the same photos with the same views; it is no share of right answers, and says little of photos whose differences are not what views change.',
    better: 'higher',
    of: 'probe',
    event: true,
    optional: true,
    panel: 'quality',
    help: 'quality',
    report: { digits: 0, include: [0] },
  },
  imagesPerSecond: {
    label: 'Speed',
    unit: 'photos/s',
    definition: 'Photos trained on per second, each by all of its views, since the last row, waiting included.',
    better: 'higher',
    of: 'time',
    event: true,
    panel: 'imagesPerSecond',
    tile: true,
    column: { header: 'photos/s', width: 9, digits: 0 },
    csv: 'images_per_second',
  },
  dataWait: {
    label: 'Waiting for photos',
    unit: '%',
    definition: 'Share of the time the training step waited for the next batch of views.',
    better: 'lower',
    of: 'time',
    event: true,
    panel: 'dataWait',
    tile: true,
    csv: 'data_wait',
  },
  etaSeconds: {
    label: 'Time remaining',
    unit: 's',
    definition: 'Steps left ÷ steps per second lately.',
    better: null,
    of: 'time',
    event: true,
    optional: true,
    column: { header: 'left', width: 9 },
    csv: 'eta_seconds',
  },
} as const satisfies Record<string, MetricMeta>;

export type MetricName = keyof typeof metrics;
type Of<Source> = { [K in MetricName]: (typeof metrics)[K]['of'] extends Source ? K : never }[MetricName];
export type ProbeMetricName = Of<'probe'>;
export const metricNames = Object.keys(metrics) as MetricName[];
export const metricOf = (name: MetricName): MetricMeta => metrics[name];

/** The curves of a study: of the measures of quality the one that its arms are compared by. */
export const reportMetrics = (measure: string): MetricName[] => {
  const others = ['knn', 'agreement', 'quality'].filter((name) => name !== (measure === 'linear' ? 'knn' : measure));
  return metricNames.filter((name) => metricOf(name).report && !others.includes(name));
};
export const probeMetricNames = metricNames.filter((name) => metricOf(name).of === 'probe') as ProbeMetricName[];
