/**
 * Training past one machine, without PyTorch: what `cluster` writes and refuses, that its Python draws the numbers that
 * training draws here, and that `import` takes what was trained elsewhere and refuses what is not as it was written.
 * The steps themselves are clusterTorch.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { JobImage, Task } from '../../shared/contract.ts';
import { clusterScripts, shardName } from '../../shared/cluster.ts';
import { OptimizerConfig } from '../../shared/config/learning.ts';
import { methodNames } from '../../shared/methods/index.ts';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { checksum } from '../../src-main/files/index.ts';
import { drawParameters } from '../../src-main/images/index.ts';
import { philox } from '../../src-main/images/augment/philox.ts';
import { encodeNpy, readNpy } from '../../src-main/export/index.ts';
import { Encoder } from '../../src-main/engine/index.ts';
import { readCheckpoint, writeCheckpointFile } from '../../src-main/trainer/checkpoint.ts';
import { texture } from '../helpers/pictures.ts';
import { taskEnd, taskResult } from '../helpers/tasks.ts';

const scripts = fileURLToPath(new URL('../../src-main/cluster/', import.meta.url));
const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', 'import hashlib']).status === 0);
if (!found) process.stderr.write('passed over, as there is no python3: counted numbers in test/app/cluster.test.ts\n');
/** What Python prints as JSON. */
const python = (code: string): unknown => {
  const { stdout, stderr } = spawnSync(
    found!,
    ['-B', '-c', `import sys, json\nsys.path.insert(0, ${JSON.stringify(scripts)})\n${code}`],
    { encoding: 'utf8' },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
};

describe.skipIf(!found)('the numbers that Python draws', () => {
  it('are those of Philox here', () => {
    const counters: [number, number, number, number][] = [
      [0, 0, 0, 0],
      [1, 2, 3, 4],
      [0xffffffff, 0xfffffffe, 0x80000000, 7],
    ];
    const keys = [0, 5, 0xffffffff];
    const code = `from counted import philox\nprint(json.dumps([philox(c, a, b) for c in ${JSON.stringify(counters)} for a in ${JSON.stringify(keys)} for b in ${JSON.stringify(keys)}]))`;
    expect(python(code)).toEqual(counters.flatMap((c) => keys.flatMap((a) => keys.map((b) => philox(c, a, b)))));
  });

  it('make the views of here: crop, flips, jitter and its order, grey, blur', () => {
    const { augment } = parseConfig({ augment: { verticalFlip: 0.4 } });
    // photos of many shapes, one of which no crop of the ratios fits
    const asked = Array.from({ length: 60 }, (_, i) => ({
      ...{ epoch: i % 7, id: `photo ${i} 照片`, view: i % 5 === 0 ? 1000 : i % 2 },
      ...(i % 9 === 0 ? { width: 1, height: 3000 } : { width: 30 + 7 * i, height: 200 - 2 * i }),
    }));
    const code = `from counted import draw\naugment = json.loads(${JSON.stringify(JSON.stringify(augment))})\nprint(json.dumps([draw(augment, 3, a['epoch'], a['id'], a['view'], a['width'], a['height']) for a in json.loads(${JSON.stringify(JSON.stringify(asked))})]))`;
    const drawn = asked.map(({ epoch, id, view, width, height }) => {
      const {
        crop,
        flip,
        verticalFlip,
        jitter,
        grayscale,
        blurSigma: sigma,
      } = drawParameters(augment, 3, epoch, id, view, width, height);
      return {
        crop: [crop.x, crop.y, crop.width, crop.height],
        ...{ flip, verticalFlip, grayscale, sigma },
        jitter: jitter && jitter.order.map((step) => [step, jitter[step]]),
      };
    });
    expect(python(code)).toEqual(drawn);
    expect(new Set(drawn.map(({ flip }) => flip)).size).toBe(2);
    expect(drawn.some(({ jitter }) => jitter === null)).toBe(true);
  });
});

it('has every method and optimizer in Python', () => {
  const [methods, learning] = ['methods.py', 'learning.py'].map((name) => readFileSync(join(scripts, name), 'utf8'));
  for (const name of methodNames) expect(methods).toContain(`    def ${name}(self, views, numbers):`);
  for (const name of OptimizerConfig.unwrap().shape.name.unwrap().options)
    expect(learning).toContain(`    def ${name}(self, name, p, gradient, rate):`);
  expect(readdirSync(scripts).sort()).toEqual([...clusterScripts].sort());
});

let root: string;
let photos: string;
let app: App;
let datasetId: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lookalike-cluster-'));
  photos = join(root, 'photos');
  for (const label of ['a', 'b']) mkdirSync(join(photos, label), { recursive: true });
  for (let i = 0; i < 12; i++)
    await texture(i + 1, 30 + (i % 3) * 9, 28)
      .png()
      .toFile(join(photos, i % 2 ? 'a' : 'b', `${i}.png`));
  app = await createApp({ home: join(root, 'home'), host: { kind: 'test', version: 'test' } });
  ({ id: datasetId } = await app.handle('library.add', { folder: photos, read: false }));
  await app.handle('runs.plan', { datasetId, preset: 'quick', patch: {} }); // waits for the listing
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(root, { recursive: true, force: true });
});

const ended = (task: Task) => taskResult(app, task);

const patch = {
  ...{ imageSize: 16, batchSize: 4, epochs: 2, threads: 1 },
  backbone: { name: 'resnet18', width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 16, outputDim: 16, layers: 2 },
  predictor: { hiddenDim: 8 },
  optimizer: { warmupEpochs: 0 },
};
const write = async (name: string, more: object = {}, settings: object = {}) =>
  ended(
    await app.handle('cluster.write', {
      of: { datasetId, preset: null, patch: { ...patch, ...settings } },
      target: join(root, name),
      ...more,
    }),
  );
const json = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path), 'utf8')) as Record<string, unknown>;
const listed = (folder: string) =>
  readFileSync(join(root, folder, 'photos.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JobImage & { shard?: string; training: number; evaluation: number });

test('writes settings, first weights, photos and scripts, again over its own, and nothing into the photos', async () => {
  const before = readdirSync(photos, { recursive: true });
  for (let time = 0; time < 2; time++) expect(await write('job')).toBe(join(root, 'job'));
  expect(readdirSync(join(root, 'job'))).toEqual(
    expect.arrayContaining(['train.py', 'embed.py', 'train.slurm', 'one-machine.sh', 'run.json', 'photos.jsonl']),
  );
  const run = json('job', 'run.json') as {
    config: { epochs: number };
    probe: { photos: string[] };
    trainingSide: number;
  };
  expect(run.config).toMatchObject({ epochs: 2, device: 'auto', imageSize: 16 });
  expect(run.trainingSide).toBe(26);
  const rows = listed('job');
  expect(rows.map(({ file, label }) => `${label} ${file}`).sort()[0]).toBe('a a/1.png');
  expect([...run.probe.photos].sort()).toEqual(rows.map(({ id }) => id).sort());
  const { facts } = await readCheckpoint(join(root, 'job', 'start.safetensors'));
  expect(facts).toMatchObject({ step: 0, images: 12, finished: false, schedule: { stepsPerEpoch: 3 } });
  expect(readdirSync(photos, { recursive: true })).toEqual(before);
});

test('says that first weights are random where there are no rendered ones for the network', async () => {
  await write('rendered', {}, { backbone: { ...patch.backbone, init: 'rendered' } });
  expect(json('rendered', 'run.json')['config']).toMatchObject({ backbone: { init: 'random' } });
});

test('packs photos as they are trained on, in a tar that tar reads', async () => {
  await write('packed', { shards: true });
  const rows = listed('packed');
  const shard = readFileSync(join(root, 'packed', shardName(0)));
  const unpacked = join(root, 'unpacked');
  mkdirSync(unpacked);
  expect(spawnSync('tar', ['-xf', join(root, 'packed', shardName(0)), '-C', unpacked]).status).toBe(0);
  expect(readdirSync(unpacked)).toHaveLength(3 * rows.length);
  for (const [i, row] of rows.entries()) {
    const key = String(i).padStart(9, '0');
    expect(json('unpacked', `${key}.json`)).toEqual({ id: row.id, file: row.file, label: row.label });
    const own = await sharp(join(photos, row.file)).raw().toBuffer({ resolveWithObject: true });
    if (Math.min(own.info.width, own.info.height) > 26) continue; // made smaller
    const pixels = shard.subarray(row.training, row.training + own.data.length);
    expect(pixels.equals(own.data)).toBe(true);
    expect(
      readFileSync(join(unpacked, `${key}.train.npy`))
        .subarray(-own.data.length)
        .equals(own.data),
    ).toBe(true);
  }
});

test('refuses in one sentence what cannot be written, and writes nothing', async () => {
  await expect(write('photos/x')).rejects.toThrow(/photo/);
  await expect(write('minutes', {}, { epochs: null, minutes: 5 })).rejects.toThrow(/give epochs instead/);
  await expect(write('batch', {}, { batchSize: 64 })).rejects.toThrow(/set batchSize to 8/);
  for (const name of ['minutes', 'batch']) expect(existsSync(join(root, name))).toBe(false);
  mkdirSync(join(root, 'mine'));
  writeFileSync(join(root, 'mine', 'train.py'), 'my own');
  await expect(write('mine')).rejects.toMatchObject({ code: 'not-ours' });
  expect(readFileSync(join(root, 'mine', 'train.py'), 'utf8')).toBe('my own');
});

/** What training and embedding leave in `results`, made here: as if the first weights were those of the fourth step. */
async function trainedIn(folder: string): Promise<void> {
  cpSync(join(root, 'job'), join(root, folder), { recursive: true });
  const results = join(root, folder, 'results');
  mkdirSync(join(results, 'checkpoints'), { recursive: true });
  mkdirSync(join(results, 'embeddings'));
  const { state, facts } = await readCheckpoint(join(root, 'job', 'start.safetensors'));
  const path = join(results, 'checkpoints', 'step-000000004.safetensors');
  await writeCheckpointFile(path, state, { ...facts, step: 4, epoch: 4 / 3, stepInEpoch: 1, trainingSeconds: 9 });
  const figures = {
    ...{ std: { backbone: 1, projection: 1, prediction: 1 }, rank: { backbone: 5, projection: 4 } },
    ...{ alignment: 0.1, uniformity: -1, knn: 0.5, balancedKnn: 0.5, agreement: 0.25 },
  };
  const place = { epoch: 1, learningRate: 0.1, zStdTraining: 1, trainingSeconds: 3, at: 1000 };
  const times = { lossMin: -1, lossMax: 0, imagesPerSecond: 9, dataWait: 0, etaSeconds: 2 };
  const lines = [
    { kind: 'untrained', step: 0, metrics: figures },
    ...[1, 2, 3, 4, 5].map((step) => ({ kind: 'step', ...place, step, loss: -step / 10 })),
    { kind: 'row', ...figures, ...place, ...times, epochs: 2, step: 3, loss: -0.3 },
  ];
  writeFileSync(join(results, 'history.jsonl'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"kind":"st`); // killed as it wrote
  const encoder = await Encoder.create({ ...facts.config, threads: 1 }, state);
  const rows = listed('packed');
  const shard = readFileSync(join(root, 'packed', shardName(0)));
  const scale = [0.229, 0.224, 0.225];
  const shift = [0.485, 0.456, 0.406];
  const vectors: Float32Array[] = [];
  for (const { evaluation } of rows) {
    const pixels = Float32Array.from({ length: 3 * 256 }, (_, i) => {
      const [channel, at] = [Math.floor(i / 256), i % 256];
      return (shard[evaluation + 3 * at + channel]! / 255 - shift[channel]!) / scale[channel]!;
    });
    vectors.push((await encoder.embed(pixels, 1)).features);
  }
  await encoder.close();
  const d = vectors[0]!.length;
  const parts = [rows.slice(0, 5), rows.slice(5)].map((own, i) => {
    const data = Float32Array.from(vectors.slice(5 * i, 5 * i + own.length).flatMap((row) => [...row]));
    writeFileSync(join(results, 'embeddings', `part-${i}.npy`), encodeNpy({ shape: [own.length, d], data }));
    return { file: `part-${i}.npy`, ids: own.map(({ id }) => id), crc: checksum(new Uint8Array(data.buffer)) };
  });
  writeFileSync(
    join(results, 'embeddings', 'index.json'),
    JSON.stringify({ step: 4, epoch: 4 / 3, dimensions: d, parts }),
  );
}

test('imports encoder, history and embeddings as a run like any other', async () => {
  await trainedIn('done');
  const task = await app.handle('cluster.read', { source: join(root, 'done'), name: 'from afar' });
  const runId = await ended(task);
  expect((await taskEnd(app, task)).notice?.message).toMatch(/^8 photos|^12 photos/);
  const run = await app.handle('runs.get', { runId });
  expect(run).toMatchObject({ name: 'from afar', state: 'stopped', step: 4, steps: 6, images: 12, trainingSeconds: 9 });
  expect(run.checkpoints).toMatchObject([{ step: 4, hasOptimizerState: true }]);
  expect(run.untrained).toMatchObject({ rank: { backbone: 5 } });
  expect(run.judgement).not.toBeNull();
  expect((await app.handle('runs.epochs', { runId })).map(({ step, loss }) => [step, loss])).toEqual([[3, -0.3]]);
  expect((await app.handle('runs.steps', { runId })).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  const [set] = await app.handle('explore.sets', { runId });
  expect(set).toMatchObject({ images: 12, checkpointId: run.checkpoints[0]!.id });
  const imageId = listed('job')[0]!.id;
  const { neighbours } = (await app.handle('explore.neighbours', { embeddingSetId: set!.id, imageId, k: 3 })) as {
    neighbours: { similarity: number }[];
  };
  expect(neighbours).toHaveLength(3);
  const kept = await readNpy(join(root, 'home', 'runs', runId, 'embeddings', `${set!.id}.npy`));
  expect(kept.shape).toEqual([12, 64]);
  // Explore finds them as its own: nothing is embedded anew
  expect((await app.handle('explore.embed', { runId })).resultId).toBe(set!.id);
});

test.each([
  [
    'a checkpoint that is cut off',
    'results/checkpoints/step-000000004.safetensors',
    (b: Buffer) => b.subarray(0, 9000),
  ],
  [
    'a part that has changed',
    'results/embeddings/part-1.npy',
    (b: Buffer) => (b.writeUInt8(b.at(-1)! ^ 1, b.length - 1), b),
  ],
  [
    'a history with a line that is none',
    'results/history.jsonl',
    (b: Buffer) => Buffer.concat([Buffer.from('?\n'), b]),
  ],
  ['settings of another network', 'run.json', () => Buffer.from('{"name":"x"}')],
  [
    'settings of another version',
    'run.json',
    (b: Buffer) => Buffer.from(b.toString('utf8').replace('lookalike-cluster-1', 'lookalike-cluster-0')),
  ],
  [
    'a list of photos with a line that is none',
    'photos.jsonl',
    (b: Buffer) => Buffer.concat([b, Buffer.from('[1]\n')]),
  ],
])('refuses %s, and leaves no run behind', async (_what, file, damage) => {
  rmSync(join(root, 'broken'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'broken'), { recursive: true });
  const path = join(root, 'broken', file);
  writeFileSync(path, damage(readFileSync(path)));
  const before = await app.handle('runs.list', null);
  const folders = readdirSync(join(root, 'home', 'runs'));
  await expect(app.handle('cluster.read', { source: join(root, 'broken') }).then(ended)).rejects.toThrow(
    /copy the whole folder again|cut off|no run for PyTorch|checkpoint/,
  );
  expect(await app.handle('runs.list', null)).toEqual(before);
  expect(readdirSync(join(root, 'home', 'runs'))).toEqual(folders);
});

test('takes a photo that was embedded twice once', async () => {
  rmSync(join(root, 'twice'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'twice'), { recursive: true });
  const path = join(root, 'twice', 'results', 'embeddings', 'index.json');
  const index = JSON.parse(readFileSync(path, 'utf8')) as { parts: unknown[] };
  writeFileSync(path, JSON.stringify({ ...index, parts: [...index.parts, index.parts[0]] }));
  const runId = await ended(await app.handle('cluster.read', { source: join(root, 'twice') }));
  expect(await app.handle('explore.sets', { runId })).toMatchObject([{ images: 12 }]);
});

test('writes nothing beside results, which would be gone on from', async () => {
  const before = readFileSync(join(root, 'done', 'run.json'), 'utf8');
  await expect(write('done', { replace: true })).rejects.toThrow(/results of an earlier training/);
  expect(readFileSync(join(root, 'done', 'run.json'), 'utf8')).toBe(before);
});

test('refuses embeddings that are another encoder’s', async () => {
  rmSync(join(root, 'broken'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'broken'), { recursive: true });
  const folder = join(root, 'broken', 'results', 'embeddings');
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    parts: { file: string; crc: string }[];
  };
  for (const part of index.parts) {
    const { shape, data } = await readNpy(join(folder, part.file));
    const other = (data as Float32Array).map((x, i) => (i % 2 ? x : -x));
    writeFileSync(join(folder, part.file), encodeNpy({ shape, data: other }));
    part.crc = checksum(new Uint8Array(other.buffer));
  }
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  await expect(app.handle('cluster.read', { source: join(root, 'broken') }).then(ended)).rejects.toThrow(
    /is another one here than there/,
  );
});
