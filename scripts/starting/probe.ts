/**
 * How good weights are as they stand: kNN of one folder of classes by another. By pooled features, or by those that
 * `--set embedding=whitened` or `whitenedEdges` says.
 *
 *   node scripts/starting/probe.ts WEIGHTS... --train FOLDER [--test FOLDER] [--set key=value ...]
 *
 * WEIGHTS are safetensors, or `random`.
 */
import { parseArgs } from 'node:util';
import { comparing, embedded, knnAccuracy, smallConfig, stateWith } from '../held-out.ts';
import { classesOf, imagesOf } from '../training.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
if (positionals.length === 0 || !values.train) {
  process.stderr.write('usage: node scripts/starting/probe.ts WEIGHTS... --train FOLDER [--test FOLDER]\n');
  process.exit(2);
}
const config = smallConfig(values.set);
const train = imagesOf(values.train);
const test = values.test ? imagesOf(values.test) : null;
const classes = classesOf(train);
for (const path of positionals) {
  const drawn = stateWith(config, path === 'random' ? null : path, train.length);
  const state = await comparing(config, drawn, train);
  const bank = await embedded(config, state, train, classes);
  const queries = test ? await embedded(config, state, test, classes) : null;
  const knn = async (k: number) => (await knnAccuracy(bank, queries, classes.length, { k })).toFixed(4);
  console.log(`${path}: kNN ${await knn(20)} with 20 neighbours, ${await knn(200)} with 200`);
}
