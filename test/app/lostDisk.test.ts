/**
 * A home whose disk gives up writing while the application is open: what can be read still is, what cannot be written
 * is told with the home and its remedy, and nothing of what was there before is lost. The disk is a small one in a file,
 * made read-only by its own system as after an error, which only the superuser can do.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { mountedFile } from '../helpers/disks.ts';
import { testFolder } from '../helpers/folders.ts';
import { gatedTrainer, saved, trained } from '../helpers/gatedTrainer.ts';
import { processor } from '../helpers/machine.ts';

const whyNot = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes Linux and root';
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-mount-'));
  try {
    mkdirSync(join(folder, 'disk'));
    mountedFile(folder, join(folder, 'disk'));
    execFileSync('umount', [join(folder, 'disk')]);
    return null;
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();
if (whyNot) console.warn(`lostDisk.test.ts: skipped, no disk can be made: ${whyNot}`);

let directory: string;
let app: App;
let trainer: ReturnType<typeof gatedTrainer>;
let datasetId: string;
const home = () => join(directory, 'home');

async function open() {
  trainer = gatedTrainer();
  const devices = { find: async () => [processor] };
  app = await createApp({ home: home(), host: { kind: 'test', version: '0' }, launch: trainer.launch, devices });
}
const create = async (): Promise<string> => {
  const patch = { device: 'cpu', epochs: 2, batchSize: 4, imageSize: 32, backbone: { width: 0.125, stem: 'cifar' } };
  return (await app.handle('runs.create', { datasetId, name: null, preset: null, patch })).id;
};
const states = async () => (await app.handle('runs.list', null)).map(({ state }) => state);

beforeEach(async (context) => {
  if (whyNot) return context.skip();
  directory = testFolder('lost');
  mkdirSync(home());
  mountedFile(directory, home());
  rmSync(join(home(), 'lost+found'), { recursive: true });
  const photos = join(directory, 'photos');
  mkdirSync(photos);
  for (let i = 0; i < 8; i++)
    await sharp({ create: { width: 24, height: 24, channels: 3, background: `hsl(${i * 40},50%,50%)` } })
      .png()
      .toFile(join(photos, `${i}.png`));
  await open();
  datasetId = (await app.handle('library.add', { folder: photos })).id;
  await expect
    .poll(async () => (await app.handle('library.get', { datasetId })).state, { timeout: 20_000 })
    .toBe('ready');
});
afterEach(async () => {
  if (whyNot) return;
  await app.close().catch(() => {});
  execFileSync('umount', ['-l', home()]);
});

test('what was there is shown, what is begun says why it cannot be, and all is there when the disk is', async () => {
  const whole = await create();
  trained(await trainer.next('train'), 2);
  await expect.poll(states).toEqual(['finished']);
  await app.close();
  execFileSync('sync', ['-f', home()]); // what its system had not written yet goes with it
  await open();
  const runId = await create();
  const given = await trainer.next('train');
  saved(given, 1);
  const begun = await app.handle('exports.start', {
    runId: whole,
    checkpointId: null,
    datasetId: null,
    formats: ['onnx'],
    folder: join(directory, 'export'),
  });
  const exporting = await trainer.next('export');

  execFileSync('mount', ['-o', 'remount,abort', home()]);
  const path = join(homePaths(home()).checkpoints(runId), 'step-000000008.safetensors');
  const errno = { path, errno: 'EROFS' };
  given.report({ type: 'failed', error: { name: 'FileError', code: 'write-failed', message: 'no', details: errno } });
  await expect.poll(states).toEqual(['failed', 'finished']);
  expect((await app.handle('runs.get', { runId })).error).toMatchObject({ key: 'unwritable-home.read-only' });
  exporting.report({ type: 'done', result: { kind: 'export', files: [], verified: [], snippets: [], failures: [] } });
  const task = async () => (await app.handle('tasks.list', null)).find(({ id }) => id === begun.id);
  await expect.poll(async () => (await task())?.state).toBe('failed');
  expect((await task())?.error).toMatchObject({ key: 'unwritable-home.disk' });
  await expect(app.handle('runs.update', { runId: whole, notes: 'of today' })).rejects.toMatchObject({
    key: 'unwritable-home.disk',
  });
  const { checks, devices } = await app.handle('system.doctor', { retest: true });
  expect(checks.find(({ name }) => name === 'home folder')).toMatchObject({ ok: false });
  expect(devices).toMatchObject([{ provider: 'cpu', testing: false }]);

  await app.close().catch(() => {});
  execFileSync('umount', ['-l', home()]);
  execFileSync('mount', ['-o', 'loop', join(directory, 'disk.img'), home()], { stdio: 'ignore' });
  await open();
  expect((await states()).at(-1)).toBe('finished');
  await app.handle('runs.update', { runId: whole, notes: 'of today' });
  expect((await app.handle('runs.get', { runId: whole })).notes).toBe('of today');
}, 60_000);
