/**
 * Does a configuration learn? Trains it with several seeds and compares kNN accuracy on other photos before and
 * after: the bank is TRAIN under the evaluation transform, the queries are TEST, as the paper evaluates.
 *
 *   node scripts/learns.ts CONFIG.json TRAIN TEST [--seeds 0,1,2] [--set key=value ...]
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../shared/config.ts';
import type { JobImage, JobResult, Report, TrainJob } from '../shared/contract/job.ts';
import { Encoder, featureDim, initialState } from '../src-main/engine/index.ts';
import type { State } from '../src-main/engine/index.ts';
import { embedPhotos, knnClassify } from '../src-main/evaluate/index.ts';
import { buildCache } from '../src-main/images/index.ts';
import { readCheckpoint } from '../src-main/trainer/checkpoint.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '0,1,2' }, set: { type: 'string', multiple: true, default: [] } } });
const [configFile, trainFolder, testFolder] = positionals;
if (!configFile || !trainFolder || !testFolder) {
  process.stderr.write('usage: node scripts/learns.ts CONFIG.json TRAIN TEST [--seeds 0,1,2] [--set key=value ...]\n');
  process.exit(2);
}
const root = mkdtempSync(join(tmpdir(), 'learns-'));
const workplace = { cacheDirectory: join(root, 'cache'), cacheBytes: 20e9 };
const main = fileURLToPath(new URL('../src-main/trainer/main.ts', import.meta.url));

function imagesOf(folder: string): JobImage[] {
  const labels = readdirSync(folder).sort().filter((label) => statSync(join(folder, label)).isDirectory());
  return labels.flatMap((label) =>
    readdirSync(join(folder, label)).sort().map((name) => {
      const path = join(folder, label, name);
      const { size, mtimeMs } = statSync(path);
      return { id: path, path, file: `${label}/${name}`, bytes: size, modified: mtimeMs, label, heldOut: false };
    }),
  );
}
const [train, test] = [imagesOf(trainFolder), imagesOf(testFolder)];
const classes = [...new Set(train.map(({ label }) => label!))].sort();

async function embedded(config: RunConfig, state: State, images: JobImage[]) {
  const { cache } = await buildCache({ files: images, directory: workplace.cacheDirectory, imageSize: config.imageSize, maxBytes: workplace.cacheBytes });
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

async function knn(config: RunConfig, state: State): Promise<number> {
  const bank = await embedded(config, state, train);
  const queries = await embedded(config, state, test);
  const { k, temperature } = config.probe;
  const { accuracy } = await knnClassify({ bank: bank.features, bankLabels: bank.labels, d: bank.d, classes: classes.length, queries: queries.features, queryLabels: queries.labels, k, temperature });
  return accuracy;
}

function run(config: RunConfig, directory: string): Promise<Extract<JobResult, { kind: 'train' }>> {
  const job: TrainJob = { kind: 'train', runId: 'learns', directory, ...workplace, config, images: train, initialWeights: null, resumeFrom: null, extendBy: null, history: [], untrained: null };
  const child = fork(main, [], { serialization: 'advanced' });
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const report = message as Report;
      if (report.type === 'ready') child.send({ type: 'job', job });
      else if (report.type === 'epoch') {
        const { epoch, epochs, loss, knn: probed, rank, imagesPerSecond, trainingSeconds } = report.metrics;
        console.log(`  epoch ${epoch.toFixed(1)}/${epochs.toFixed(0)} loss ${loss.toFixed(3)} probe kNN ${probed?.toFixed(3)} rank ${rank.backbone.toFixed(1)} ${imagesPerSecond.toFixed(0)}/s ${trainingSeconds.toFixed(0)} s`);
      } else if (report.type === 'verdict' && report.judgement.verdict !== 'healthy') console.log(`  ${report.judgement.sentence}`);
      else if (report.type === 'done' && report.result.kind === 'train') resolve(report.result);
      else if (report.type === 'failed') reject(new Error(report.error.message));
    });
    child.on('exit', () => reject(new Error('the trainer ended')));
  });
}

const gains: number[] = [];
const patches = [JSON.parse(readFileSync(configFile, 'utf8')) as ConfigPatch, ...values.set.map(patchFromAssignment)];
for (const seed of values.seeds.split(',').map(Number)) {
  const config = parseConfig(mergeConfig(...patches, { seed }));
  const before = await knn(config, initialState(config));
  const began = performance.now();
  const { checkpoint } = await run(config, join(root, `seed-${seed}`));
  const seconds = (performance.now() - began) / 1000;
  const after = await knn(config, (await readCheckpoint(checkpoint)).state);
  gains.push(after - before);
  console.log(`seed ${seed}: kNN ${(100 * before).toFixed(2)} % untrained, ${(100 * after).toFixed(2)} % trained, ${(100 * (after - before)).toFixed(2)} points, ${seconds.toFixed(0)} s`);
}
console.log(`mean gain of ${gains.length} seeds: ${((100 * gains.reduce((a, b) => a + b, 0)) / gains.length).toFixed(2)} points`);
rmSync(root, { recursive: true, force: true });
