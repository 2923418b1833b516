/** Records as the application answers them, for tests of what shows them: plausible values, and what the test says. */
import { parseConfig } from '../../shared/config.ts';
import type { AppResult, Dataset, Run } from '../../shared/contract.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metrics.ts';

export const probeMetrics: ProbeMetrics = {
  std: { backbone: 0.4, projection: 0.9, prediction: 0.8 },
  rank: { backbone: 30, projection: 60 },
  alignment: 0.2,
  uniformity: -2,
  knn: 0.4,
  agreement: 0.6,
};

export const epochMetrics = (epoch: number, more: Partial<EpochMetrics> = {}): EpochMetrics => ({
  ...probeMetrics,
  epoch,
  epochs: 100,
  step: epoch * 10,
  loss: -0.5,
  lossMin: -0.6,
  lossMax: -0.4,
  zStdTraining: 0.9,
  learningRate: 0.05,
  imagesPerSecond: 100,
  dataWait: 0,
  trainingSeconds: epoch,
  at: epoch * 1000,
  etaSeconds: 1,
  ...more,
});

export const datasetRecord = (id: string, more: Partial<Dataset> = {}): Dataset => ({
  id,
  name: id,
  folder: `/photos/${id}`,
  state: 'ready',
  images: 100,
  skipped: 0,
  excluded: 0,
  bytes: 1,
  formats: {},
  labels: { source: 'none', depth: 1, classes: [] },
  heldOut: 0,
  addedAt: 0,
  scannedAt: 0,
  ...more,
});

export const runRecord = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  name: id,
  color: '#0072b2',
  notes: '',
  state: 'running',
  datasetId: 'd',
  datasetName: 'd',
  method: 'simsiam',
  epoch: 0,
  epochs: 10,
  step: 0,
  steps: 100,
  startedAt: 0,
  endedAt: null,
  createdAt: 0,
  trainingSeconds: 0,
  etaSeconds: null,
  imagesPerSecond: null,
  loss: null,
  knn: null,
  bestKnn: null,
  agreement: null,
  judgement: null,
  activity: null,
  error: null,
  diskBytes: 0,
  sparkline: [],
  config: parseConfig({}),
  device: 'cpu',
  images: 100,
  skipped: 0,
  untrained: probeMetrics,
  checkpoints: [],
  clonedFrom: null,
  ...more,
});

/** The photo at `index` of a folder. */
export const imageRecord = (index: number): AppResult<'library.images'>['images'][number] => ({
  id: `i${index}`,
  file: `${index}.jpg`,
  width: 10,
  height: 10,
  bytes: 1,
  modifiedAt: 0,
  format: 'jpeg',
  label: null,
  heldOut: false,
  excluded: false,
});

export const embeddingSet = (id: string, images: number): AppResult<'explore.sets'>[number] => ({
  id,
  runId: 'r',
  checkpointId: 'c',
  epoch: 1,
  datasetId: 'd',
  images,
  dimensions: 8,
  createdAt: 0,
  hasUmap: false,
});
