/**
 * What picking which photos to label is worth: accuracy of a linear classifier on photos that were not picked from,
 * against how many were labelled, by chance and by the mix (src-main/search/pick.ts), mean of five draws. The photos are
 * embedded with given weights: a checkpoint of a run, an export, or the starting weights.
 *
 *   node scripts/pick-gain.ts WEIGHTS --train FOLDER --test FOLDER [--set key=value ...] [--sizes 20,30,...] [--draws 5]
 */
import { parseArgs } from 'node:util';
import { backgroundOf } from '../src-main/app/explore/head.ts';
import { ExactIndex, gain, normalized } from '../src-main/search/index.ts';
import { embedded, smallConfig, stateWith } from './held-out.ts';
import { classesOf, imagesOf, percent } from './training.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    sizes: { type: 'string', default: '20,30,40,60,67,100,133,150,200,300' },
    draws: { type: 'string', default: '5' },
  },
});
const [weights] = positionals;
if (!weights || !values.train || !values.test) {
  process.stderr.write('usage: node scripts/pick-gain.ts WEIGHTS --train FOLDER --test FOLDER\n');
  process.exit(2);
}
const config = smallConfig(values.set);
const train = imagesOf(values.train);
const test = imagesOf(values.test);
const classes = classesOf(train);
const state = stateWith(config, weights, train.length);
const [pool, asked] = [await embedded(config, state, train, classes), await embedded(config, state, test, classes)];
const { d } = pool;
const n = pool.labels.length + asked.labels.length;
const rows = normalized(Float32Array.from([...pool.features, ...asked.features]), n, d);
/** So many rows say how features spread, as in the application. */
const SAMPLED = 2000;
const sample = Array.from({ length: SAMPLED }, (_, i) => Math.floor((i * pool.labels.length) / SAMPLED));
const standard = backgroundOf(
  sample.map((row) => rows.slice(row * d, (row + 1) * d)),
  d,
);
const index = await ExactIndex.create(rows, n, d, { standard });
const labels = Int32Array.from([...pool.labels, ...asked.labels]);
const points = await gain(index, labels, classes.length, pool.labels.length, {
  sizes: values.sizes.split(',').map(Number),
  draws: Number(values.draws),
});
await index.close();

console.log(
  `labelled  by chance       by the mix      (${classes.length} classes, ${pool.labels.length} photos to pick from)`,
);
const shown = ({ mean, deviation }: { mean: number; deviation: number }) =>
  `${percent(mean)} ± ${(100 * deviation).toFixed(1)}`.padEnd(16);
for (const { known, random, mixed } of points)
  console.log(`${String(known).padEnd(10)}${shown(random)}${shown(mixed)}`);
for (const { known, random } of points) {
  const enough = points.find(({ mixed }) => mixed.mean >= random.mean);
  if (enough)
    console.log(
      `${percent(random.mean)}, which ${known} by chance reach, takes ${enough.known} by the mix: ${percent(enough.known / known)} of the labels`,
    );
}
