/**
 * What trains a run in PyTorch against the engine, on a processor: every method and ablation by one process step by step,
 * by two processes (gloo) as by one, with one of them killed, and an import of what came of it. Needs torch and
 * torchvision for /usr/bin/python3 (Debian: python3-torch, python3-torchvision); says so where it is passed over.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import type { ClusterJob } from '../../shared/contract/job.ts';
import type { Report } from '../../shared/contract/report.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { createApp } from '../../src-main/app/index.ts';
import { TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { buildCache, ViewLoader } from '../../src-main/images/index.ts';
import { readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { writeCluster } from '../../src-main/trainer/cluster/write.ts';
import type { JobContext } from '../../src-main/trainer/control.ts';
import { placeAt, stepInputsAt } from '../../src-main/trainer/schedule.ts';
import { norm } from '../engine/golden.ts';
import { listedFolder, taskEnd } from '../helpers/tasks.ts';
import { makeWorkplace } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

const python = '/usr/bin/python3';
// OpenBLAS is left to find its own kernels: what a machine sets for NumPy may be none of this library's.
const env: NodeJS.ProcessEnv = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
delete env['OPENBLAS_CORETYPE'];
delete env['OPENBLAS_L2_SIZE'];
const missing = existsSync(python)
  ? spawnSync(python, ['-c', 'import torch, torchvision'], { env, encoding: 'utf8' }).stderr.trim().split('\n').at(-1)
  : `there is no ${python}`;
if (missing) process.stderr.write(`passed over, as PyTorch is not here (${missing}): test/app/clusterTorch.test.ts\n`);

const scripts = fileURLToPath(new URL('../../src-main/cluster/', import.meta.url));

function run(command: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), { env, cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.slice(0, 3).join(' ')} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}
/** Debian's torch 1.13 and its Python 3.11 disagree on "no redirection": standard output goes through a file and a copy. */
const torchrun = (processes: number, ...more: string[]) => [
  ...[python, '-m', 'torch.distributed.run', '-r', '1', '-t', '1', '--standalone'],
  ...['--nproc_per_node', String(processes), ...more],
];

const STEPS = 10;
/** Steps of an epoch, at whose end a checkpoint is written. */
const EPOCH = 3;
const PHOTOS = 24;
const tiny: ConfigPatch = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 16, outputDim: 16, layers: 2 },
  predictor: { hiddenDim: 8 },
  imageSize: 16,
  batchSize: 8,
  epochs: 4,
  moco: { queueSize: 20 },
  swav: { prototypes: 6, freezeEpochs: 1 },
  optimizer: { warmupEpochs: 1 },
  probe: { images: 24, k: 5 },
  augment: { verticalFlip: 0.3, blur: 0.5 },
};
/** What rounding turns, a ReLU or an assignment, grows into another trajectory where a loss is steep: at a low rate, later. */
const gentle: ConfigPatch = { optimizer: { baseLearningRate: 0.01 } };
const variants: Record<string, ConfigPatch> = {
  simsiam: {},
  'no stop-gradient': { stopGradient: false },
  'no predictor': { predictor: { kind: 'identity' } },
  'fixed predictor': { predictor: { kind: 'fixed' } },
  'moving average': { predictor: { kind: 'movingAverage' } },
  'cross-entropy': { similarity: 'crossEntropy' },
  asymmetric: { symmetry: 'asymmetric' },
  'asymmetric 2x': { symmetry: 'asymmetric2x' },
  'alternation of 3': { innerSteps: 3 },
  'alternation of an epoch': { innerSteps: 'epoch' },
  'no norm': { head: { norm: 'none' } },
  'norm on all': { head: { norm: 'all' }, predictor: { learningRate: 'decayed' } },
  LARS: { optimizer: { name: 'lars', trustCoefficient: 0.02 } },
  AdamW: { optimizer: { name: 'adamw', baseLearningRate: 0.001 } },
  'slower early layers': { optimizer: { layerDecay: 0.8, settleEpochs: 1 } },
  'ResNet-50, small stem': { backbone: { name: 'resnet50', stem: 'small' }, imageSize: 32 },
  'ImageNet stem': { backbone: { stem: 'imagenet' }, imageSize: 64, ...gentle },
  fastsiam: { method: 'fastsiam', fastsiam: { views: 3 } },
  simclr: { method: 'simclr', head: { norm: 'hidden' } },
  'simclr, decoupled': { method: 'simclr', simclr: { decoupled: true }, ...gentle },
  'simclr, predictor, stop-gradient': { method: 'simclr', predictor: { kind: 'mlp' }, stopGradient: true },
  moco: { method: 'moco' },
  byol: { method: 'byol' },
  swav: { method: 'swav', ...gentle },
  'swav, small crops': { method: 'swav', imageSize: 24, swav: { smallCrops: 2, smallCropSize: 16 } },
  'swav, no stop-gradient': { method: 'swav', stopGradient: false },
  barlowtwins: { method: 'barlowtwins' },
  vicreg: { method: 'vicreg' },
  'photos in tar files': {},
};

/** Every method, and the studies that carry something, by two processes: an epoch, as these wait for each other at every layer. */
const together = Object.keys(variants).filter(
  (name) => variants[name]!.method !== undefined || ['simsiam', 'moving average', 'alternation of 3'].includes(name),
);

/** Fifty layers over a few small photos multiply what rounding does: after ten steps single tensors are 2 % apart. */
const stepsOf = (name: string) => (name.startsWith('ResNet-50') ? EPOCH : STEPS);

let place: Workplace;
const folderOf = (name: string) => join(place.root, name.replaceAll(/[ ,]+/g, '-'));
const context = {
  report: (_report: Report) => {},
  control: { turn: () => Promise.resolve(), throwIfStopping: () => {} },
} as unknown as JobContext;

async function write(name: string, patch: ConfigPatch, shards = false): Promise<string> {
  const target = folderOf(name);
  mkdirSync(target);
  const job: ClusterJob = {
    kind: 'cluster',
    config: parseConfig(mergeConfig(tiny, patch)),
    directory: '',
    cacheDirectory: place.cacheDirectory,
    cacheBytes: place.cacheBytes,
    images: place.images,
    ofCollection: false,
    initialWeights: null,
    resumeFrom: null,
    extendBy: null,
    untrained: null,
    baselines: null,
    target,
    shards,
    card: { run: null, name, naming: null, dataset: '', folder: join(place.root, 'photos'), version: 'test' },
  };
  await writeCluster(job, context);
  return target;
}

interface Trained {
  losses: number[];
  state: State;
}

/** Steps by the engine, of the same start, views and rates. */
async function byEngine(folder: string, steps: number): Promise<Trained & { start: State }> {
  const { state: start, facts } = await readCheckpoint(join(folder, 'start.safetensors'));
  const config = { ...facts.config, device: 'cpu' as const, threads: 1 };
  const { augment, imageSize, batchSize, seed } = config;
  const { cache } = await buildCache({
    files: place.images,
    directory: place.cacheDirectory,
    imageSize,
    rule: config.input,
    workers: 1,
  });
  const numbers = new Map([...cache.ids].sort().map((id, i) => [id, i]));
  const loader = new ViewLoader({ cache, augment, imageSize, batchSize, seed, views: viewsOf(config), workers: 1 });
  const session = await TrainingSession.create(config, start, { threads: 1 });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { epoch, stepInEpoch } = placeAt(facts.schedule, step);
    const { views, ids } = await loader.next(epoch, stepInEpoch);
    const images = Float32Array.from(ids, (id) => numbers.get(id)!);
    losses.push((await session.step({ views, images, ...stepInputsAt(config, facts.schedule, step) })).loss);
  }
  const state = await session.readState();
  await session.close();
  await loader.close();
  cache.close();
  return { losses, state, start };
}

async function byTorch(folder: string, results: string, steps: number): Promise<Trained> {
  const file = `step-${String(steps).padStart(9, '0')}.safetensors`;
  const { state } = await readCheckpoint(join(folder, results, 'checkpoints', file));
  const lines = readFileSync(join(folder, results, 'history.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const told = lines.map((line) => JSON.parse(line) as { kind: string; loss: number }).filter((l) => l.kind === 'step');
  return { losses: told.slice(0, steps).map(({ loss }) => loss), state };
}

/**
 * Losses, and the change of every tensor by its length, as far as float32 can tell it from the tensor's own.
 * @param share of a change that it may be off by
 */
function expectAgreement(given: Trained, wanted: Trained, start: State, share = 1e-2): void {
  expect(given.losses).toHaveLength(wanted.losses.length);
  expect(wanted.losses.length).toBeGreaterThan(2);
  for (const [i, loss] of wanted.losses.entries())
    expect(Math.abs(given.losses[i]! - loss), `loss of step ${i + 1}`).toBeLessThan(1e-4 * Math.max(1, Math.abs(loss)));
  expect([...given.state.keys()].sort()).toEqual([...wanted.state.keys()].sort());
  for (const [name, { data }] of wanted.state) {
    const [before, own] = [start.get(name)!.data, given.state.get(name)!.data];
    const moved = norm(data.map((x, i) => x - before[i]!));
    const apart = norm(data.map((x, i) => x - own[i]!));
    const told = `${name}: apart by ${apart} after a change of ${moved}`;
    expect(apart, told).toBeLessThanOrEqual(share * moved + 2 ** -23 * (1 + norm(data)));
  }
}

/** Trains each folder for so many steps in one interpreter, which takes a second and more to begin. */
const driver = `
import sys
sys.path.insert(0, ${JSON.stringify(scripts)})
import train
results, until, *folders = sys.argv[1:]
for folder in folders:
    train.HERE = folder
    sys.argv[1:] = ['--until', until, '--out', folder + '/' + results, '--threads', '1', '--workers', '0']
    train.main()
`;

describe.skipIf(missing)('a run in PyTorch', () => {
  beforeAll(async () => {
    place = await makeWorkplace(PHOTOS);
    for (const [name, patch] of Object.entries(variants)) await write(name, patch, name === 'photos in tar files');
    const file = join(place.root, 'driver.py');
    writeFileSync(file, driver);
    run([python, file, 'results', String(STEPS), ...Object.keys(variants).map(folderOf)], place.root);
    run(torchrun(2, file, 'results-of-two', String(EPOCH), ...together.map(folderOf)), place.root);
  }, 700_000);
  afterAll(() => place.remove());

  it.each(Object.keys(variants))('%s: one process computes the engine’s steps', async (name) => {
    const steps = stepsOf(name);
    const { start, ...engine } = await byEngine(folderOf(name), steps);
    expectAgreement(await byTorch(folderOf(name), 'results', steps), engine, start);
  });

  it.each(together)('%s: two processes compute the steps of one, the batch divided between them', async (name) => {
    const folder = folderOf(name);
    const { state: start } = await readCheckpoint(join(folder, 'start.safetensors'));
    const one = await byTorch(folder, 'results', EPOCH);
    // The gradient of a shift is a sum that cancels, here in two parts: 1.2 % of a change with the kernels of one processor.
    expectAgreement(await byTorch(folder, 'results-of-two', EPOCH), one, start, 3e-2);
  });

  it('goes on from the newest checkpoint after a process was killed, to the same end', async () => {
    const folder = folderOf('simsiam');
    const file = join(place.root, 'killed.py');
    const kill = `
import os, signal
import train
step = train.Optimizer.step
def deadly(self, rates):
    deadly.count += 1
    if deadly.count == 5 and os.environ['RANK'] == '1' and os.environ['TORCHELASTIC_RESTART_COUNT'] == '0':
        os.kill(os.getpid(), signal.SIGKILL)
    step(self, rates)
deadly.count = 0
train.Optimizer.step = deadly
`;
    writeFileSync(file, driver.replace('import train\n', kill));
    run(torchrun(2, '--max_restarts', '1', file, 'results-of-killed', String(2 * EPOCH), folder), place.root);
    const { state: start } = await readCheckpoint(join(folder, 'start.safetensors'));
    const killed = await byTorch(folder, 'results-of-killed', 2 * EPOCH);
    expectAgreement(killed, await byTorch(folder, 'results', 2 * EPOCH), start);
  });

  it('comes back as a run whose embeddings are those of here', async () => {
    const folder = folderOf('simsiam');
    run(torchrun(2, join(folder, 'embed.py')), folder);
    const app = await createApp({ home: join(place.root, 'home'), host: { kind: 'test', version: 'test' } });
    try {
      const datasetId = await listedFolder(app, join(place.root, 'photos'));
      const task = await taskEnd(app, await app.handle('cluster.read', { source: folder, datasetId }));
      expect(task.error).toBeNull();
      const runId = task.resultId!;
      expect(await app.handle('runs.get', { runId })).toMatchObject({ state: 'stopped', step: STEPS, images: PHOTOS });
      expect(await app.handle('explore.sets', { runId })).toMatchObject([{ images: PHOTOS }]);
      const difference = Number(/difference is (\S+) of/.exec(task.notice!.message)?.[1]);
      expect(difference).toBeLessThan(1e-4);
    } finally {
      await app.close();
    }
  });
});
