/** Training past one machine: what `cluster` writes, and what it refuses to write. Its steps are clusterTorch.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { shardName } from '../../shared/cluster.ts';
import { readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { onnxNetwork } from '../helpers/onnxNetworks.ts';
import { app, json, listed, patch, photos, root, write } from './clusterHarness.ts';

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
  // its scales of batch normalisation are found on the photos, by a run here
  const folded = join(root, 'network.onnx');
  writeFileSync(folded, onnxNetwork({ name: 'resnet18', width: 0.125, stem: 'cifar' }).bytes);
  const { backbone } = patch;
  await expect(write('folded', {}, { backbone: { ...backbone, init: folded } })).rejects.toThrow(/train it here/);
  // its folder holds enough: that is not what is too small
  const all = await app.handle('library.list', null);
  const { images } = await app.handle('library.images', { datasetId: all[0]!.id });
  const { id } = await app.handle('library.collect', { imageIds: [images[0]!.id, images[1]!.id], name: 'two' });
  const of = { datasetId: id, preset: null, patch };
  await expect(write('few', { of })).rejects.toThrow(/^2 photos can be trained on/);
  for (const name of ['minutes', 'batch', 'folded', 'few']) expect(existsSync(join(root, name))).toBe(false);
  mkdirSync(join(root, 'mine'));
  writeFileSync(join(root, 'mine', 'train.py'), 'my own');
  await expect(write('mine')).rejects.toMatchObject({ code: 'not-ours' });
  expect(readFileSync(join(root, 'mine', 'train.py'), 'utf8')).toBe('my own');
});
