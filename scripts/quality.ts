/**
 * What the label-free quality (shared/quality.ts) is worth: trains each of the recipes below on each situation
 * (situations.ts), and at some steps writes down the figures that it is made of beside what labels say: kNN and linear
 * accuracy of photos that no training saw. The free features (shared/baselines.ts) are asked alike.
 *
 *   node scripts/quality.ts FOLDER --out FILE
 *
 * FOLDER is what situations.ts wrote. Which situations thresholds and exponents may be chosen on was written down before
 * they were run. recorded-tables.ts writes the tables of docs/evaluation.md from FILE, kept in test/unit/fixtures/quality.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freeNames } from '../shared/baselines.ts';
import { mergeConfig, parseConfig } from '../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../shared/config.ts';
import { RENDERED } from '../shared/startingWeights.ts';
import { Encoder, featureDim } from '../src-main/engine/index.ts';
import {
  alignment,
  effectiveRank,
  fitFree,
  freeFeatures,
  linearEvaluation,
  neighbourAgreement,
  stdRatio,
  toPictures,
} from '../src-main/evaluate/index.ts';
import { buildCache, normalisationOf } from '../src-main/images/index.ts';
import type { ImageCache } from '../src-main/images/index.ts';
import { shuffledIds } from '../src-main/trainer/probeSet.ts';
import { secondViews } from '../src-main/trainer/secondViews.ts';
import type { Point, PointHalf } from '../test/unit/points.ts';
import { counted } from './counted.ts';
import { embedded, knnAccuracy } from './held-out.ts';
import type { Embedded } from './held-out.ts';
import { cacheBytes, cacheDirectory, classesOf, imagesOf } from './training.ts';

const halves: Record<string, PointHalf> = {
  cifar: 'chosen on',
  sample: 'chosen on',
  crops: 'chosen on',
  fashion: 'held out',
  dim: 'held out',
  grain: 'held out',
};
const SIZE = 32;
/** Photos that the figures are of. */
const PROBED = 400;
const STEPS = [0, 20, 60, 140];

const common: ConfigPatch = {
  backbone: { width: 0.25, stem: 'small' },
  head: { hiddenDim: 256, outputDim: 256, layers: 2 },
  predictor: { hiddenDim: 64 },
  imageSize: SIZE,
  batchSize: 64,
  epochs: 1,
  optimizer: { weightDecay: 5e-4 },
  augment: { blur: 0 },
  threads: 1,
};
const simclr: ConfigPatch = {
  method: 'simclr',
  simclr: { decoupled: true },
  temperature: 0.2,
  predictor: { kind: 'identity' },
  stopGradient: false,
  optimizer: { baseLearningRate: 0.6 },
};
const rendered = mergeConfig(simclr, { backbone: { init: RENDERED } });
const slow: ConfigPatch = { optimizer: { baseLearningRate: 0.5 } };
const fewChanges = { cropScaleMin: 0.6, hue: 0.02, grayscale: 0, brightness: 0.1, contrast: 0.1, saturation: 0.1 };

/** `from` is the first step that is asked: two of them begin alike, and the others with what is never used. */
const recipes: Record<string, { patch: ConfigPatch; from: number }> = {
  simclr: { patch: simclr, from: 0 },
  rendered: { patch: rendered, from: 0 },
  fast: { patch: mergeConfig(rendered, { optimizer: { baseLearningRate: 8 } }), from: 20 },
  simsiam: { patch: slow, from: 20 },
  collapse: { patch: mergeConfig(slow, { stopGradient: false }), from: 20 },
  barlow: {
    patch: {
      method: 'barlowtwins',
      predictor: { kind: 'identity' },
      stopGradient: false,
      optimizer: { baseLearningRate: 0.3 },
    },
    from: 20,
  },
  weak: { patch: mergeConfig(simclr, { augment: fewChanges }), from: 20 },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const [folder] = positionals;
if (!folder || !values.out) {
  process.stderr.write('usage: node scripts/quality.ts FOLDER --out FILE\n');
  process.exit(2);
}

/** Figures of features of the probe photos and of their second views, both [n, d]. */
async function figures(first: Float32Array, second: Float32Array, n: number, d: number) {
  return {
    alignment: alignment(first, second, n, d),
    agreement: await neighbourAgreement(first, second, n, d, { threads: 1 }),
    std: stdRatio(first, n, d),
    rank: effectiveRank(first, n, d),
  };
}

/** The second views as pictures again, uint8 [n, SIZE, SIZE, 3]. */
function viewPictures(config: RunConfig, cache: ImageCache, ids: readonly string[]): Uint8Array {
  const { mean, std } = normalisationOf(config.input);
  const pixels = SIZE * SIZE;
  const pictures = ids.map((id) => {
    const view = secondViews(config, cache, [id]);
    return Uint8Array.from({ length: 3 * pixels }, (_, at) => {
      const [c, p] = [at % 3, Math.floor(at / 3)];
      return Math.max(0, Math.min(255, Math.round(255 * (view[c * pixels + p]! * std[c]! + mean[c]!))));
    });
  });
  return toPictures(pictures, SIZE);
}

async function pointsOf(situation: string, half: PointHalf): Promise<Point[]> {
  const [train, test] = [imagesOf(join(folder!, situation, 'train')), imagesOf(join(folder!, situation, 'test'))];
  const classes = classesOf(train);
  const options = { directory: cacheDirectory, imageSize: SIZE, maxBytes: cacheBytes };
  const { cache } = await buildCache({ files: train, ...options });
  const { cache: tests } = await buildCache({ files: test, ...options });
  const rows = new Map(cache.ids.map((id, row) => [id, row]));
  const probed = shuffledIds(cache.ids, 0).slice(0, PROBED);
  const pick = (features: Float32Array, d: number) => {
    const out = new Float32Array(probed.length * d);
    probed.forEach((id, i) => out.set(features.subarray(rows.get(id)! * d, (rows.get(id)! + 1) * d), i * d));
    return out;
  };
  const labels = (images: typeof train, ids: readonly string[]) => {
    const of = new Map(images.map(({ id, label }) => [id, classes.indexOf(label!)]));
    return Int32Array.from(ids, (id) => of.get(id)!);
  };
  const knnOf = (bank: Embedded, queries: Embedded) => knnAccuracy(bank, queries, classes.length, { k: 20 });
  const linearOf = async (train: Embedded, test: Embedded) =>
    (await linearEvaluation({ train, test, d: train.d, classes: classes.length }, { threads: 1 })).accuracy;
  const out: Point[] = [];
  const tell = (recipe: string, step: number, rest: Omit<Point, 'situation' | 'half' | 'recipe' | 'step'>) => {
    out.push({ situation, half, recipe, step, ...rest });
    console.log(JSON.stringify(out.at(-1)));
  };

  const pictures = (of: ImageCache) =>
    toPictures(
      of.ids.map((id) => of.evaluationLevels(id)),
      SIZE,
    );
  const bankPictures = pictures(cache);
  const fitted = fitFree(bankPictures);
  const [bank, queries, views] = [
    freeFeatures(fitted, bankPictures),
    freeFeatures(fitted, pictures(tests)),
    freeFeatures(fitted, viewPictures(parseConfig(common), cache, probed)),
  ];
  for (const name of freeNames) {
    const { features, d } = bank[name];
    const knn = await knnOf(
      { ...bank[name], labels: labels(train, cache.ids) },
      { ...queries[name], labels: labels(test, tests.ids) },
    );
    const of = await figures(pick(features, d), views[name].features, probed.length, d);
    tell(name, -1, { ...of, linear: null, knn });
  }

  for (const [recipe, { patch, from }] of Object.entries(recipes)) {
    const config = parseConfig(mergeConfig(common, patch));
    const d = featureDim(config);
    for await (const { step, state } of counted(config, train, STEPS)) {
      if (step < from) continue;
      const [learnt, unseen] = [
        await embedded(config, state, train, classes),
        await embedded(config, state, test, classes),
      ];
      const encoder = await Encoder.create(config, state, { device: 'cpu', threads: 1, batch: 64 });
      const second = new Float32Array(probed.length * d);
      for (let at = 0; at < probed.length; at += 64) {
        const some = probed.slice(at, at + 64);
        const { features } = await encoder.embed(secondViews(config, cache, some), some.length);
        second.set(features.subarray(0, some.length * d), at * d);
      }
      await encoder.close();
      const of = await figures(pick(learnt.features, d), second, probed.length, d);
      tell(recipe, step, { ...of, linear: await linearOf(learnt, unseen), knn: await knnOf(learnt, unseen) });
    }
  }
  cache.close();
  tests.close();
  return out;
}

const all: Point[] = [];
for (const [situation, half] of Object.entries(halves)) all.push(...(await pointsOf(situation, half)));
writeFileSync(values.out, `[\n${all.map((point) => JSON.stringify(point)).join(',\n')}\n]\n`);
