/**
 * How good a network's features are on photos that it never saw, for the scripts that measure trainings (learns.ts,
 * race.ts): the bank is the training folder under the evaluation transform, the queries are another folder, as the paper
 * evaluates.
 */
import type { RunConfig } from '../shared/config.ts';
import type { JobImage } from '../shared/contract/job.ts';
import { Encoder, featureDim } from '../src-main/engine/index.ts';
import type { State } from '../src-main/engine/index.ts';
import { embedPhotos, knnClassify } from '../src-main/evaluate/index.ts';
import { buildCache } from '../src-main/images/index.ts';
import { cacheBytes, cacheDirectory } from './training.ts';

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
  const { cache } = await buildCache({
    files: images,
    directory: cacheDirectory,
    imageSize: config.imageSize,
    maxBytes: cacheBytes,
  });
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
  { k, temperature }: { k: number; temperature: number },
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
