/**
 * A home on a disk with no byte left: what ended has ended, and runs can be listed, shown and deleted to make room. The
 * disk is a small one in memory, which only the superuser can mount.
 */
import {
  closeSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunSummary, ScanProgress } from '../../shared/contract.ts';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import { mayMount, mounted } from '../helpers/disks.ts';
import type { Disk } from '../helpers/disks.ts';
import { testFolder } from '../helpers/folders.ts';
import { gatedTrainer, saved, trained } from '../helpers/gatedTrainer.ts';
import { unpackHome } from '../helpers/homes.ts';
import { processor } from '../helpers/machine.ts';

const canMount = mayMount(tmpdir());
let directory: string;
let disk: Disk;
let app: App;
let trainer: ReturnType<typeof gatedTrainer>;
let datasetId: string;
const home = () => join(directory, 'home');

async function open() {
  trainer = gatedTrainer();
  const devices = { find: async () => [processor] };
  const host = { kind: 'test', version: '0' } as const;
  app = await createApp({ home: home(), host, launch: trainer.launch, devices, checkResults: true });
}
/** Writes until nothing fits any more; the disk was large only for the plan's sake. */
function fill(size = '4m'): void {
  disk.remount(`size=${size}`);
  const file = openSync(join(home(), 'filler'), 'a');
  for (const size of [65_536, 4096, 1])
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  closeSync(file);
}
const create = async (): Promise<string> => {
  const patch = { device: 'cpu', epochs: 2, batchSize: 4, imageSize: 32, backbone: { width: 0.125, stem: 'cifar' } };
  return (await app.handle('runs.create', { datasetId, name: null, preset: null, patch })).id;
};
const states = async () => (await app.handle('runs.list', null)).map(({ state }) => state);

beforeEach(async (context) => {
  if (!canMount) return context.skip();
  directory = testFolder('full');
  disk = mounted(home(), '1g');
  const photos = join(directory, 'photos');
  mkdirSync(photos);
  for (let i = 0; i < 12; i++)
    await sharp({ create: { width: 16, height: 16, channels: 3, background: '#777' } })
      .png()
      .toFile(join(photos, `${i}.png`));
  await open();
  datasetId = (await app.handle('library.add', { folder: photos, read: false })).id;
});
afterEach(async () => {
  if (!canMount) return;
  await app.close().catch(() => {});
  disk.unmount();
});

test('a home on a disk that has become read-only is refused with the remedy, and whole once that can be written', async () => {
  const runId = await create();
  trained(await trainer.next('train'), 2);
  await expect.poll(states).toEqual(['finished']);
  await app.close();
  const files = readdirSync(home(), { recursive: true }).sort();
  disk.remount('ro');
  await expect(open()).rejects.toMatchObject({
    key: 'unwritable-home.read-only',
    message: expect.stringMatching(
      /is read-only: make it writable, or copy the folder to another disk and open it there/,
    ) as string,
  });
  expect(readdirSync(home(), { recursive: true }).sort()).toEqual(files);
  disk.remount('rw');
  await open();
  expect((await app.handle('runs.get', { runId })).checkpoints.length).toBe(2);
});

test('a run that a full disk ended has ended, in this session and in the next; deleting it makes room', async () => {
  const old = await create();
  trained(await trainer.next('train'), 2);
  await expect.poll(states).toEqual(['finished']);
  writeFileSync(join(homePaths(home()).checkpoints(old), 'weights'), Buffer.alloc(2 ** 19)); // as large as a real one's
  const runId = await create();
  const given = await trainer.next('train');
  saved(given, 1);
  const told: RunSummary[] = [];
  app.onEvent((event) => event.name === 'run' && event.run.id === runId && told.push(event.run));
  fill();
  const row = { loss: -0.1, zStdTraining: 0.9, learningRate: 0.1, trainingSeconds: 1, at: 1 };
  for (let step = 1; step < 20_000 && told.at(-1)?.state !== 'failed'; step += 200) {
    const steps = Array.from({ length: 200 }, (_, i) => ({ ...row, step: step + i, epoch: 0.1 }));
    given.report({ type: 'steps', steps, etaSeconds: null });
    await new Promise((turn) => setImmediate(turn));
  }
  await expect.poll(states).toEqual(['failed', 'finished']);
  const run = await app.handle('runs.get', { runId });
  expect(run.error).toMatchObject({ code: 'full-disk' });
  await app.close();

  fill(); // what closing gave back
  await open();
  expect(await states()).toEqual([expect.stringMatching(/failed|interrupted/), 'finished']);
  expect((await app.handle('runs.get', { runId: old })).checkpoints.length).toBe(2);
  expect(await app.handle('runs.delete', { runId: old })).toMatchObject({ undoSeconds: 0 });
  expect(existsSync(homePaths(home()).run(old))).toBe(false);
  expect(await app.handle('runs.delete', { runId })).toMatchObject({ bytes: expect.any(Number) as number });
  expect(await states()).toEqual([]);
});

test('a folder that a full disk keeps from being read says so, and is read once there is room', async () => {
  const photos = join(directory, 'photos');
  const folder = () => app.handle('library.get', { datasetId });
  const images = async () => (await folder()).images;
  await expect.poll(folder).toMatchObject({ images: 12, state: 'ready' });
  const last: { progress?: ScanProgress } = {};
  app.onEvent((event) => {
    if (event.name === 'scan') last.progress = event.progress;
  });
  const read = () => app.handle('library.add', { folder: photos, read: false });
  fill(); // before there is more to list: a folder that changes is read without being asked
  for (let i = 12; i < 3000; i++) linkSync(join(photos, '0.png'), join(photos, `${i}.png`));
  await read();
  await expect.poll(() => last.progress?.phase).toBe('failed');
  const { error } = last.progress!;
  expect(error).toMatchObject({
    key: 'full-disk.home',
    message: expect.stringMatching(/disk of .* is full/) as string,
  });
  expect(await images()).toBeGreaterThanOrEqual(12);
  disk.remount('size=1g');
  await read();
  await expect.poll(() => last.progress?.phase).toBe('done');
  expect(await images()).toBe(3000);
});

test('a home of an earlier version, which is copied first, opens at the cost of its cache', async () => {
  await app.close();
  const old = unpackHome('0.1.0');
  for (const name of readdirSync(home())) rmSync(join(home(), name), { recursive: true });
  cpSync(old.home, home(), { recursive: true });
  old.remove();
  const { photoCache } = homePaths(home());
  mkdirSync(photoCache, { recursive: true });
  writeFileSync(join(photoCache, 'pack'), Buffer.alloc(2 ** 21));
  fill('32m');
  await open();
  expect(existsSync(join(photoCache, 'pack'))).toBe(false);
  expect((await states()).length).toBeGreaterThan(0);
});

test('a copy of the history that no disk has room to read is no damaged one: that is said, and it stays', async () => {
  await app.close();
  const store = openStore(homePaths(home()).database);
  await store.backUp();
  fill();
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = home();
  try {
    expect(() => store.restoreBackup(new Set(['lost']))).toThrow(
      expect.objectContaining({ code: 'full-disk' }) as Error,
    );
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
    store.close();
  }
});
