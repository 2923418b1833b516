/**
 * Records short real runs as fixtures for the verdict's tests: the history of each as the application would store
 * it, with the configuration and the folder it came from.
 *
 *   node scripts/record-runs.ts RUN... --cifar CIFAR10/TRAIN --sample SAMPLE
 *
 * RUN is a name below, or 'all'. Writes test/unit/fixtures/runs/RUN.json.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig } from '../shared/config.ts';
import type { ConfigPatch } from '../shared/config.ts';
import type { JobImage, Report, TrainJob } from '../shared/contract/job.ts';
import { presetPatch } from '../shared/presets.ts';

interface Recording {
  folder: 'cifar' | 'sample';
  /** A committed configuration, or none. */
  file?: string;
  patch: ConfigPatch;
  about: string;
}

/** Some hundred steps in some ten seconds. */
const small: ConfigPatch = mergeConfig(presetPatch('quick', { images: 1200, device: 'cpu' }), {
  backbone: { width: 0.125 }, head: { hiddenDim: 128, outputDim: 128 }, predictor: { hiddenDim: 32 }, imageSize: 32, batchSize: 32, minutes: null, epochs: 9, probe: { images: 300 },
});
const recordings: Record<string, Recording> = {
  collapse: { folder: 'cifar', file: 'configs/collapse.json', patch: {}, about: 'no stop-gradient: collapses' },
  'collapse-32px': { folder: 'cifar', file: 'configs/collapse.json', patch: { imageSize: 32 }, about: 'no stop-gradient at 32 px, where the last map is a single pixel: collapses' },
  'collapse-healthy': { folder: 'cifar', file: 'configs/collapse-healthy.json', patch: {}, about: 'the same with stop-gradient: healthy' },
  quick: { folder: 'sample', patch: mergeConfig(presetPatch('quick', { images: 1200, device: 'cpu' }), { minutes: null, epochs: 12 }), about: 'the quick preset on the sample set for a fixed number of epochs: healthy' },
  'small-healthy': { folder: 'sample', patch: mergeConfig(small, { optimizer: { baseLearningRate: 0.1 } }), about: 'a very small network, a short run at a modest rate: healthy' },
  'small-collapse': { folder: 'sample', patch: mergeConfig(small, { stopGradient: false, epochs: 16 }), about: 'a very small network without stop-gradient: collapses' },
  'no-rate': { folder: 'sample', patch: mergeConfig(small, { optimizer: { baseLearningRate: 1e-7 }, predictor: { learningRate: 'decayed' } }), about: 'a learning rate of next to nothing: does not learn' },
  'high-rate': { folder: 'sample', patch: mergeConfig(small, { optimizer: { baseLearningRate: 20 } }), about: 'forty times the rate of the preset' },
  'fixed-predictor': { folder: 'sample', patch: mergeConfig(small, { predictor: { kind: 'fixed' } }), about: 'a predictor that is not trained (paper, Table 1): does not learn' },
  'no-predictor': { folder: 'sample', patch: mergeConfig(small, { predictor: { kind: 'identity' }, epochs: 16 }), about: 'no predictor (paper, Table 1): collapses' },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cifar: { type: 'string' }, sample: { type: 'string' } } });
const wanted = positionals[0] === 'all' ? Object.keys(recordings) : positionals;
const unknown = wanted.filter((name) => !(name in recordings));
if (wanted.length === 0 || unknown.length > 0) {
  process.stderr.write(`${unknown.length > 0 ? `there is no run ${unknown.join(', ')}; ` : ''}usage: node scripts/record-runs.ts RUN... --cifar FOLDER --sample FOLDER\nruns: ${Object.keys(recordings).join(', ')}\n`);
  process.exit(2);
}

function imagesOf(folder: string): JobImage[] {
  const labels = readdirSync(folder).sort().filter((label) => statSync(join(folder, label)).isDirectory());
  return labels.flatMap((label) =>
    readdirSync(join(folder, label)).sort().map((name): JobImage => {
      const file = `${label}/${name}`;
      const path = join(folder, file);
      const { size, mtimeMs } = statSync(path);
      return { id: file, path, file, bytes: size, modified: mtimeMs, label, heldOut: false };
    }),
  );
}

const main = fileURLToPath(new URL('../src-main/trainer/main.ts', import.meta.url));
const fixtures = fileURLToPath(new URL('../test/unit/fixtures/runs/', import.meta.url));
const rounded = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_, x: unknown) => (typeof x === 'number' && !Number.isInteger(x) ? Number(x.toPrecision(6)) : x));

async function record(name: string, { folder, file, patch, about }: Recording): Promise<void> {
  const place = values[folder];
  if (!place) throw new Error(`${name} needs --${folder} FOLDER`);
  const config = parseConfig(mergeConfig(file ? (JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as ConfigPatch) : {}, patch));
  const directory = mkdtempSync(join(tmpdir(), 'record-'));
  const job: TrainJob = {
    kind: 'train', runId: name, directory, cacheDirectory: join(tmpdir(), 'record-cache'), cacheBytes: 5e9, config, images: imagesOf(place),
    initialWeights: null, resumeFrom: null, extendBy: null, history: [], untrained: null,
  };
  const child = fork(main, [], { serialization: 'advanced' });
  const history: unknown[] = [];
  const verdicts: [epoch: number, verdict: string][] = [];
  let untrained: unknown = null;
  let error: unknown = null;
  let epoch = 0;
  child.on('message', (message) => {
    const report = message as Report;
    if (report.type === 'ready') child.send({ type: 'job', job });
    else if (report.type === 'untrained') untrained = report.metrics;
    else if (report.type === 'epoch') {
      const e = report.metrics;
      history.push(e);
      epoch = e.epoch;
      console.log(`${name} ${e.epoch.toFixed(2)}/${e.epochs.toFixed(0)} step ${e.step} loss ${e.loss.toFixed(3)} z ${e.zStdTraining.toFixed(2)} std ${e.std.backbone.toFixed(2)} ${e.std.projection.toFixed(2)} rank ${e.rank.backbone.toFixed(1)} knn ${e.knn?.toFixed(3)} agreement ${e.agreement.toFixed(3)} ${e.imagesPerSecond.toFixed(0)}/s wait ${e.dataWait.toFixed(2)} at ${e.trainingSeconds.toFixed(0)} s`);
    } else if (report.type === 'verdict') {
      if (verdicts.at(-1)?.[1] !== report.judgement.verdict) console.log(`${name} -> ${report.judgement.verdict}: ${report.judgement.sentence}`);
      verdicts.push([epoch, report.judgement.verdict]);
    } else if (report.type === 'failed') error = report.error;
  });
  await new Promise((resolve) => child.on('exit', resolve));
  rmSync(directory, { recursive: true, force: true });
  console.log(name, JSON.stringify({ untrained, error }));
  if (history.length === 0) throw new Error(`${name} ended before its first row`);
  mkdirSync(fixtures, { recursive: true });
  const device = `${cpus().length} CPU cores, ${cpus()[0]?.model ?? ''}`.trim();
  writeFileSync(join(fixtures, `${name}.json`), JSON.stringify(rounded({ about, command: `node scripts/record-runs.ts ${name}`, folder, device, config, untrained, history, error })) + '\n');
}

for (const name of wanted) await record(name, recordings[name]!);
