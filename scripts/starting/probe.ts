/**
 * How good starting weights are before anything is trained: kNN of one folder of classes by another.
 *
 *   node scripts/starting/probe.ts WEIGHTS... --train FOLDER [--test FOLDER] [--set key=value ...]
 *
 * WEIGHTS are safetensors, or `random`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../../shared/config.ts';
import { initialState, loadBackbone } from '../../src-main/engine/index.ts';
import { decodeSafetensors, floatTensors } from '../../src-main/export/index.ts';
import { embedded, knnAccuracy } from '../held-out.ts';
import { imagesOf } from '../training.ts';

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
const config = parseConfig(
  mergeConfig(
    { backbone: { width: 0.25, stem: 'small' }, imageSize: 32, batchSize: 128, threads: 1 },
    ...values.set.map(patchFromAssignment),
  ),
);
const train = imagesOf(values.train);
const test = values.test ? imagesOf(values.test) : null;
const classes = [...new Set(train.map(({ label }) => label!))].sort();
for (const path of positionals) {
  const state = initialState(config, train.length);
  if (path !== 'random') loadBackbone(state, floatTensors(decodeSafetensors(readFileSync(path)).tensors));
  const bank = await embedded(config, state, train, classes);
  const queries = test ? await embedded(config, state, test, classes) : null;
  const knn = async (k: number) =>
    (await knnAccuracy(bank, queries, classes.length, { k, temperature: 0.1 })).toFixed(4);
  console.log(`${path}: kNN ${await knn(20)} with 20 neighbours, ${await knn(200)} with 200`);
}
