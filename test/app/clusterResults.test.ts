/** `import` takes what was trained elsewhere as a run like any other, and refuses what is not as it was written. */
import { execFileSync } from 'node:child_process';
import { constants } from 'node:buffer';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { reason } from '../../shared/reason.ts';
import { shardName } from '../../shared/cluster.ts';
import { checksum } from '../../src-main/files/index.ts';
import { encodeNpy, readNpy } from '../../src-main/export/index.ts';
import { Encoder } from '../../src-main/engine/index.ts';
import { readCheckpoint, writeCheckpointFile } from '../../src-main/trainer/checkpoint.ts';
import { taskEnd } from '../helpers/tasks.ts';
import { app, ended, listed, root, write } from './clusterHarness.ts';

beforeAll(async () => {
  await write('job');
  await write('packed', { shards: true });
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
    'empty',
    () => '',
    /^it has no curves .*nothing is known of its epochs.*history\.jsonl in .*short is missing or empty/,
  ],
  ['gone', () => null, /nothing is known of its epochs/],
  ['cut off before the first row', (text: string) => text.slice(0, text.indexOf('{"kind":"row"')), /nothing is known/],
  ['cut off before the last row', (text: string) => text.replaceAll('"epoch":1,', '"epoch":0,'), /^its curves end at epoch 0, and it was trained to epoch 1/], // prettier-ignore
])('says what is lost where the history is %s', async (_what, cut, says) => {
  rmSync(join(root, 'short'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'short'), { recursive: true });
  const path = join(root, 'short', 'results', 'history.jsonl');
  const text = cut(readFileSync(path, 'utf8'));
  if (text === null) rmSync(path);
  else writeFileSync(path, text);
  const task = await app.handle('cluster.read', { source: join(root, 'short'), name: null });
  await ended(task);
  expect((await taskEnd(app, task)).notice?.message).toMatch(says);
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
  [
    'a list of photos that is cut off behind one of them',
    'photos.jsonl',
    (b: Buffer) => b.subarray(0, b.indexOf('\n', b.length >> 1) + 1),
  ],
])('refuses %s, and leaves no run behind', async (_what, file, damage) => {
  rmSync(join(root, 'broken'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'broken'), { recursive: true });
  const path = join(root, 'broken', file);
  writeFileSync(path, damage(readFileSync(path)));
  const before = await app.handle('runs.list', null);
  const folders = readdirSync(join(root, 'home', 'runs'));
  await expect(app.handle('cluster.read', { source: join(root, 'broken') }).then(ended)).rejects.toThrow(
    /copy the whole folder again|cut off|checkpoint/,
  );
  expect(await app.handle('runs.list', null)).toEqual(before);
  expect(readdirSync(join(root, 'home', 'runs'))).toEqual(folders);
});

test
  .skipIf(process.platform === 'win32')
  .each(['results/checkpoints/step-000000004.safetensors', 'results/embeddings/part-1.npy', 'results/history.jsonl'])(
  'does not wait for a pipe in the place of %s',
  async (file) => {
    rmSync(join(root, 'broken'), { recursive: true, force: true });
    cpSync(join(root, 'done'), join(root, 'broken'), { recursive: true });
    const path = join(root, 'broken', file);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    await expect(app.handle('cluster.read', { source: join(root, 'broken') }).then(ended)).rejects.toThrow(
      /is not a file but a folder, a pipe or a device|is not what was written there/,
    );
  },
);

test('takes a photo that was embedded twice once, and over what the program named as that', async () => {
  rmSync(join(root, 'twice'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'twice'), { recursive: true });
  const path = join(root, 'twice', 'results', 'embeddings', 'index.json');
  const index = JSON.parse(readFileSync(path, 'utf8')) as { parts: unknown[] };
  writeFileSync(path, JSON.stringify({ ...index, parts: [...index.parts, index.parts[0]] }));
  const naming = reason('given.chosen', { count: 12 });
  const record = join(root, 'twice', 'run.json');
  writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), naming }));
  const runId = await ended(await app.handle('cluster.read', { source: join(root, 'twice') }));
  expect(await app.handle('runs.get', { runId })).toMatchObject({ naming });
  expect(await app.handle('explore.sets', { runId })).toMatchObject([{ images: 12 }]);
});

test('reads lists of photos that are longer than a text can be', async () => {
  rmSync(join(root, 'long'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'long'), { recursive: true });
  const blank = ' '.repeat(1 << 20);
  const listFile = join(root, 'long', 'photos.jsonl');
  const rows = readFileSync(listFile, 'utf8').trimEnd().split('\n');
  const indexFile = join(root, 'long', 'results', 'embeddings', 'index.json');
  const { parts, ...index } = JSON.parse(readFileSync(indexFile, 'utf8')) as { parts: { ids: string[] }[] };
  const texts = parts.map(({ ids, ...part }) =>
    JSON.stringify({ ...part, ids: [] }).replace('[]', JSON.stringify(ids).replaceAll(',', `,${blank}`)),
  );
  const most = constants.MAX_STRING_LENGTH;
  const fill = (path: string, begin: string, pieces: string[], between: string, end: string) => {
    const file = openSync(path, 'w');
    writeSync(file, begin);
    for (let i = 0, length = 0; i < pieces.length || length <= most; i++)
      length += writeSync(file, (i === 0 ? '' : between) + pieces[i % pieces.length]!);
    writeSync(file, end);
    closeSync(file);
  };
  fill(
    listFile,
    '',
    rows.map((row) => row + blank),
    '\n',
    '\n',
  );
  fill(indexFile, JSON.stringify(index).replace(/\}$/, ',"parts":['), texts, ',', ']}');
  try {
    const runId = await ended(await app.handle('cluster.read', { source: join(root, 'long') }));
    expect(await app.handle('explore.sets', { runId })).toMatchObject([{ images: 12 }]);
  } finally {
    rmSync(join(root, 'long'), { recursive: true });
  }
}, 120_000);

test('writes nothing beside results, which would be gone on from', async () => {
  const before = readFileSync(join(root, 'done', 'run.json'), 'utf8');
  await expect(write('done', { replace: true })).rejects.toThrow(/results of an earlier training/);
  expect(readFileSync(join(root, 'done', 'run.json'), 'utf8')).toBe(before);
});

test('refuses a checkpoint that is another run’s, and needs not know what the run began with', async () => {
  rmSync(join(root, 'broken'), { recursive: true, force: true });
  cpSync(join(root, 'done'), join(root, 'broken'), { recursive: true });
  const folder = join(root, 'broken', 'results', 'checkpoints');
  const { state, facts } = await readCheckpoint(join(folder, 'step-000000004.safetensors'));
  const config = { ...facts.config, optimizer: { ...facts.config.optimizer, baseLearningRate: 0.31 } };
  for (const other of [{ config }, { imagesHash: 'another' }, { runId: 'another' }]) {
    await writeCheckpointFile(join(folder, 'step-000000005.safetensors'), state, { ...facts, step: 5, ...other });
    await expect(app.handle('cluster.read', { source: join(root, 'broken') }).then(ended)).rejects.toThrow(
      /step-000000005.safetensors is of another run/,
    );
  }
  rmSync(join(folder, 'step-000000005.safetensors'));
  rmSync(join(root, 'broken', 'start.safetensors'));
  await ended(await app.handle('cluster.read', { source: join(root, 'broken') }));
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
