/**
 * How good a network's features are on photos that it never saw, for the scripts that measure trainings (learns.ts,
 * race.ts and others): the bank is the training folder under the evaluation transform, the queries are another folder,
 * as the paper evaluates.
 */
import { readFileSync } from 'node:fs';
import { mergeConfig, parseConfig, patchFromAssignment } from '../shared/config.ts';
import type { RunConfig } from '../shared/config.ts';
import type { JobImage } from '../shared/contract/job.ts';
import { edgeNumbers, Encoder, featureDim, initialState, loadBackbone } from '../src-main/engine/index.ts';
import type { State } from '../src-main/engine/index.ts';
import { embedPhotos, fitReadout, knnClassify } from '../src-main/evaluate/index.ts';
import { decodeSafetensors, floatTensors } from '../src-main/export/index.ts';
import { buildCache } from '../src-main/images/index.ts';
import { probeSetOf, readoutPhotos } from '../src-main/trainer/probeSet.ts';
import { withReadout } from '../src-main/trainer/readout.ts';
import { cacheBytes, cacheDirectory } from './training.ts';

/** The network that the starting weights are of, with settings of the command line. */
export const smallConfig = (sets: readonly string[]): RunConfig =>
  parseConfig(
    mergeConfig(
      { backbone: { width: 0.25, stem: 'small' }, imageSize: 32, batchSize: 128, threads: 1 },
      ...sets.map(patchFromAssignment),
    ),
  );

/** The first state of a configuration, its backbone from a file of safetensors; null: as it is drawn. */
export function stateWith(config: RunConfig, file: string | null, images: number): State {
  const state = initialState(config, images);
  if (file !== null) loadBackbone(state, floatTensors(decodeSafetensors(readFileSync(file)).tensors));
  return state;
}

const cacheOf = ({ imageSize }: RunConfig, files: JobImage[]) =>
  buildCache({ files, directory: cacheDirectory, imageSize, maxBytes: cacheBytes });

/** The state with what the application would compare photos by at the end of a run, fitted as its monitor does. */
export async function comparing(config: RunConfig, state: State, images: JobImage[]): Promise<State> {
  if (config.embedding === 'pooled') return state;
  const { cache } = await cacheOf(config, images);
  const photos = readoutPhotos(config, probeSetOf(config, cache.ids, images), cache.ids);
  const encoder = await Encoder.create(config, state, { device: 'cpu', threads: config.threads });
  const stages = await encoder.stages(cache.evaluation(photos), photos.length);
  await encoder.close();
  cache.close();
  return withReadout(state, fitReadout(stages, photos.length, featureDim(config), edgeNumbers(config)));
}

export interface Embedded {
  features: Float32Array; // [n, d]
  labels: Int32Array; // [n]
  d: number;
}

/** Backbone features of labelled photos; `classes` gives each label its number. */
export async function embedded(
  config: RunConfig,
  state: State,
  images: JobImage[],
  classes: readonly string[],
): Promise<Embedded> {
  const { cache } = await cacheOf(config, images);
  const encoder = await Encoder.create(config, state, { device: 'cpu', threads: config.threads });
  const d = featureDim(config);
  const features = new Float32Array(cache.length * d);
  let at = 0;
  for await (const rows of embedPhotos(encoder, cache, cache.ids)) {
    features.set(rows, at);
    at += rows.length;
  }
  await encoder.close();
  const label = new Map(images.map((image) => [image.id, classes.indexOf(image.label!)]));
  const labels = Int32Array.from(cache.ids, (id) => label.get(id)!);
  cache.close();
  return { features, labels, d };
}

/** Share of the queries whose label k neighbours of the bank find, 0 to 1; without queries, of the bank by its others. */
export async function knnAccuracy(
  bank: Embedded,
  queries: Embedded | null,
  classes: number,
  { k, temperature = 0.1 }: { k: number; temperature?: number },
): Promise<number> {
  const { accuracy } = await knnClassify({
    bank: bank.features,
    bankLabels: bank.labels,
    d: bank.d,
    classes,
    ...(queries && { queries: queries.features, queryLabels: queries.labels }),
    k,
    temperature,
  });
  return accuracy;
}
