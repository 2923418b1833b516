/**
 * Does a configuration learn? Trains it with several seeds and compares kNN accuracy on other photos before and
 * after: the bank is TRAIN under the evaluation transform, the queries are TEST, as the paper evaluates.
 *
 *   node scripts/learns.ts CONFIG.json TRAIN TEST [--seeds 0,1,2] [--set key=value ...]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../shared/config.ts';
import { initialState } from '../src-main/engine/index.ts';
import type { State } from '../src-main/engine/index.ts';
import { readCheckpoint } from '../src-main/trainer/checkpoint.ts';
import { embedded, knnAccuracy } from './held-out.ts';
import { classesOf, imagesOf, trainOnce } from './training.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '0,1,2' }, set: { type: 'string', multiple: true, default: [] } },
});
const [configFile, trainFolder, testFolder] = positionals;
if (!configFile || !trainFolder || !testFolder) {
  process.stderr.write('usage: node scripts/learns.ts CONFIG.json TRAIN TEST [--seeds 0,1,2] [--set key=value ...]\n');
  process.exit(2);
}
const root = mkdtempSync(join(tmpdir(), 'learns-'));
const [train, test] = [imagesOf(trainFolder), imagesOf(testFolder)];
const classes = classesOf(train);

async function knn(config: RunConfig, state: State): Promise<number> {
  const bank = await embedded(config, state, train, classes);
  const queries = await embedded(config, state, test, classes);
  return knnAccuracy(bank, queries, classes.length, config.probe);
}

const gains: number[] = [];
const patches = [JSON.parse(readFileSync(configFile, 'utf8')) as ConfigPatch, ...values.set.map(patchFromAssignment)];
for (const seed of values.seeds.split(',').map(Number)) {
  const config = parseConfig(mergeConfig(...patches, { seed }));
  const before = await knn(config, initialState(config));
  const began = performance.now();
  const { result, error } = await trainOnce(`seed ${seed}`, config, train, join(root, `seed-${seed}`));
  if (!result) throw new Error(error?.message ?? 'the trainer ended');
  const seconds = (performance.now() - began) / 1000;
  const after = await knn(config, (await readCheckpoint(result.checkpoint)).state);
  gains.push(after - before);
  console.log(
    `seed ${seed}: kNN ${(100 * before).toFixed(2)} % untrained, ${(100 * after).toFixed(2)} % trained, ${(100 * (after - before)).toFixed(2)} points, ${seconds.toFixed(0)} s`,
  );
}
console.log(
  `mean gain of ${gains.length} seeds: ${((100 * gains.reduce((a, b) => a + b, 0)) / gains.length).toFixed(2)} points`,
);
rmSync(root, { recursive: true, force: true });
