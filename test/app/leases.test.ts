/**
 * Two hands on one thing: what one uses, the other neither deletes, closes nor cancels. The computing is a double that
 * waits for the test, so each test says which hand comes first.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Task } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { said } from '../../shared/sentences.ts';
import { reason } from '../../shared/reason.ts';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { testFolder } from '../helpers/folders.ts';
import { embedded, gatedTrainer, trained, writeVectors } from '../helpers/gatedTrainer.ts';
import { processor } from '../helpers/machine.ts';

/** Clusters that are made only when the test opens the gate, unless whoever wanted them gives up. */
const gate = vi.hoisted(() => ({ open: null as Promise<void> | null }));
vi.mock(import('../../src-main/search/index.ts'), async (original) => {
  const search = await original();
  return {
    ...search,
    clusters: async (graph, n, k, options = {}) => {
      const { signal } = options;
      const givenUp = new Promise((resolve) => signal?.addEventListener('abort', resolve));
      if (gate.open) await Promise.race([gate.open, givenUp]);
      signal?.throwIfAborted();
      return search.clusters(graph, n, k, options);
    },
  };
});

/** A disk that has no room for the history to forget a run. */
const disk = vi.hoisted(() => ({ full: false, refused: [] as string[] }));
vi.mock(import('../../src-main/db/index.ts'), async (original) => {
  const db = await original();
  const openStore: typeof db.openStore = (...given) => {
    const store = db.openStore(...given);
    const { remove } = store.runs;
    store.runs.remove = (runId) => {
      if (!disk.full) return remove(runId);
      disk.refused.push(runId);
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    };
    return store;
  };
  return { ...db, openStore };
});

let directory: string;
let app: App;
let datasetId: string;
let runId: string;
let trainer: ReturnType<typeof gatedTrainer>;
const paths = () => homePaths(join(directory, 'home'));
const count = 12;
const epochs = 6;

async function open(): Promise<void> {
  app = await createApp({
    home: join(directory, 'home'),
    host: { kind: 'test', version: '0' },
    launch: trainer.launch,
    devices: { find: async () => [processor] },
    checkResults: true,
  });
}

beforeEach(async () => {
  gate.open = null;
  directory = testFolder('leases');
  const photos = join(directory, 'photos');
  for (const label of ['a', 'b']) mkdirSync(join(photos, label), { recursive: true });
  const png = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#777' } })
    .png()
    .toBuffer();
  for (let i = 0; i < count; i++) writeFileSync(join(photos, i % 2 ? 'a' : 'b', `${i}.png`), png);
  trainer = gatedTrainer();
  await open();
  datasetId = (await app.handle('library.add', { folder: photos, read: false })).id;
  const patch = { device: 'cpu', epochs, batchSize: 4, imageSize: 32, backbone: { width: 0.125, stem: 'cifar' } };
  runId = (await app.handle('runs.create', { datasetId, name: null, preset: null, patch })).id;
  trained(await trainer.next('train'), epochs);
  await state('finished');
});
afterEach(() => app.close());

const state = (wanted: string) =>
  expect.poll(async () => (await app.handle('runs.get', { runId })).state, { timeout: 30_000 }).toBe(wanted);
const task = async ({ id }: Task) => (await app.handle('tasks.list', null)).find((item) => item.id === id)!;
const taskState = (given: Task, wanted: Task['state']) =>
  expect.poll(async () => (await task(given)).state, { timeout: 30_000 }).toBe(wanted);
const checkpoints = async () => (await app.handle('runs.get', { runId })).checkpoints;
async function embed(checkpointId: string | null = null): Promise<string> {
  const started = await app.handle('explore.embed', { runId, checkpointId });
  embedded(await trainer.next('embed'));
  await taskState(started, 'done');
  return (await task(started)).resultId!;
}

test('an embedding that is being written outlives the extension of its run', async () => {
  const started = await app.handle('explore.embed', { runId });
  const given = await trainer.next('embed');
  writeVectors(given.job.output, count);
  await app.handle('runs.extend', { runId, epochs: 1 });
  const training = await trainer.next('train'); // files and rows were brought in line before it
  expect(existsSync(given.job.output)).toBe(true);
  embedded(given);
  await taskState(started, 'done');
  const embeddingSetId = (await task(started)).resultId!;
  expect((await app.handle('explore.clusters', { embeddingSetId, count: 9 })).coherence).not.toEqual([]);
  trained(training, epochs + 1);
  await state('finished');
});

test('however many are opened after it, an embedding in use stays open', async () => {
  const sets: string[] = [];
  for (const { id } of await checkpoints()) sets.push(await embed(id));
  expect(sets.length).toBe(6);
  const image = Buffer.from('a photo').toString('base64');
  const answer = app.handle('explore.query', { embeddingSetId: sets[0]!, image, k: 3 });
  answer.catch(() => {}); // told below
  const warm = await trainer.next('queries');
  for (const embeddingSetId of sets.slice(1)) await app.handle('explore.clusters', { embeddingSetId, count: 9 });
  warm.report({ type: 'progress', fraction: 1, ...said(reason('doing.ready')), etaSeconds: null });
  await expect.poll(() => warm.commands.find(({ type }) => type === 'query')).toBeTruthy();
  const { id } = warm.commands.find((command) => command.type === 'query')!;
  warm.report({ type: 'queryResult', id, vector: Float32Array.of(1, 0, 0, 0), error: null });
  expect((await answer).neighbours.length).toBe(3);
});

test('a window that leaves does not take the clusters of another with it', async () => {
  const embeddingSetId = await embed();
  await app.handle('explore.outliers', { embeddingSetId, count: 9 }); // the graph is there
  const { promise, resolve } = Promise.withResolvers<void>();
  gate.open = promise;
  const leaving = new AbortController();
  const first = app.handle('explore.clusters', { embeddingSetId, count: 9 }, { signal: leaving.signal });
  const second = app.handle('explore.clusters', { embeddingSetId, count: 9 });
  await new Promise((turn) => setTimeout(turn, 50)); // both wait by now; a late second would only begin anew
  leaving.abort();
  await expect(first).rejects.toThrow();
  resolve();
  expect((await second).coherence.length).toBeGreaterThan(0);
});

test('a task that waits ends at once when it is cancelled; those behind it keep their turn', async () => {
  const [one, two, three] = await checkpoints();
  const first = await app.handle('explore.embed', { runId, checkpointId: one!.id });
  const given = await trainer.next('embed');
  const second = await app.handle('explore.embed', { runId, checkpointId: two!.id });
  const third = await app.handle('explore.embed', { runId, checkpointId: three!.id });
  await app.handle('tasks.cancel', { taskId: second.id });
  await taskState(second, 'cancelled');
  expect((await task(first)).state).toBe('running');
  expect((await task(third)).state).toBe('queued');
  expect(trainer.left()).toEqual([]);
  embedded(given);
  embedded(await trainer.next('embed'));
  await taskState(third, 'done');
});

test('an export that is cancelled before its turn leaves no folder', async () => {
  const before = await app.handle('explore.embed', { runId });
  const given = await trainer.next('embed');
  const folder = join(directory, 'out');
  const waiting = await app.handle('exports.start', { runId, formats: ['npy'], folder });
  expect(existsSync(folder)).toBe(true);
  await app.handle('tasks.cancel', { taskId: waiting.id });
  await taskState(waiting, 'cancelled');
  expect(existsSync(folder)).toBe(false);
  embedded(given);
  await taskState(before, 'done');
});

test('what the processor does alone does not wait for the device', async () => {
  const embeddingSetId = await embed();
  const waiting = await app.handle('explore.embed', { runId, checkpointId: (await checkpoints())[0]!.id });
  const given = await trainer.next('embed');
  await taskState(await app.handle('explore.startUmap', { embeddingSetId }), 'done');
  const folder = join(directory, 'out');
  const encoder = await app.handle('exports.start', { runId, formats: ['onnx'], folder });
  const writing = await trainer.next('export');
  writing.report({ type: 'done', result: { kind: 'export', files: [], verified: [], snippets: [], failures: [] } });
  await taskState(encoder, 'done');
  embedded(given);
  await taskState(waiting, 'done');
});

test('an export that waits finds its checkpoint, whatever training thins out meanwhile', async () => {
  const [early] = await checkpoints();
  const before = await app.handle('explore.embed', { runId });
  const given = await trainer.next('embed');
  const folder = join(directory, 'out');
  const waiting = await app.handle('exports.start', { runId, checkpointId: early!.id, formats: ['npy'], folder });
  rmSync(paths().checkpoint(runId, 'step-000000004.safetensors'));
  embedded(given);
  await taskState(before, 'done');
  const making = await trainer.next('embed');
  expect(existsSync(making.job.checkpoint)).toBe(true);
  embedded(making);
  const writing = await trainer.next('export');
  expect(existsSync(writing.job.checkpoint)).toBe(true);
  expect(writing.job.embedded).toMatchObject({ vectors: making.job.output, images: { length: count } });
  writing.report({ type: 'done', result: { kind: 'export', files: [], verified: [], snippets: [], failures: [] } });
  await taskState(waiting, 'done');
  expect(readdirSync(paths().held(runId))).toEqual([]);
});

test('a confusion matrix counts with the labels it was measured with', async () => {
  const started = await app.handle('evaluate.start', { runId, kind: 'knn' });
  embedded(await trainer.next('embed'));
  const { job, report } = await trainer.next('evaluate');
  await app.handle('library.setLabels', { datasetId, source: 'none' });
  const tested = job.train.images.map(({ id }) => id);
  report({
    type: 'done',
    result: {
      kind: 'evaluate',
      accuracy: 0.5,
      spread: null,
      shots: [],
      classes: ['a', 'b'],
      confusion: [
        [count / 2, 0],
        [count / 2, 0],
      ],
      predictions: new Int32Array(count), // all are said to be a
      truth: Int32Array.from(job.train.images, ({ label }) => ['a', 'b'].indexOf(label!)),
      tested: IdList.of(tested).bytes,
      split: 'leave-one-out',
      groups: { kept: 0, cut: 0 },
      asked: { of: count, byGraph: 0 },
    },
  });
  await taskState(started, 'done');
  const evaluationId = (await task(started)).resultId!;
  const cell = (actual: number) => app.handle('evaluate.cell', { evaluationId, actual, predicted: 0 });
  expect([(await cell(0)).length, (await cell(1)).length]).toEqual([count / 2, count / 2]);
});

test('a run that an export reads is deleted after the export', async () => {
  const { config } = await app.handle('runs.get', { runId });
  const other = (await app.handle('runs.create', { datasetId, name: null, preset: null, patch: config })).id;
  trained(await trainer.next('train'), epochs);
  await expect.poll(async () => (await app.handle('runs.get', { runId: other })).state).toBe('finished');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const exporting = await app.handle('exports.start', { runId, formats: ['onnx'], folder: join(directory, 'out') });
    const writing = await trainer.next('export');
    await app.handle('runs.delete', { runId });
    await app.handle('runs.delete', { runId: other });
    await vi.advanceTimersByTimeAsync(60_000); // the time to undo is over
    vi.useRealTimers();
    await expect.poll(() => existsSync(paths().run(other))).toBe(false); // its deletion began after the other's
    expect(existsSync(writing.job.checkpoint)).toBe(true);
    writing.report({ type: 'done', result: { kind: 'export', files: [], verified: [], snippets: [], failures: [] } });
    await taskState(exporting, 'done');
    await expect.poll(() => existsSync(paths().run(runId))).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

test('a deletion that a full disk refuses ends nothing, and the next start goes on with it', async () => {
  const refused: unknown[] = [];
  const note = (error: unknown) => void refused.push(error);
  process.on('unhandledRejection', note);
  disk.full = true;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await app.handle('runs.delete', { runId });
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    await expect.poll(() => disk.refused).toEqual([runId]);
    await new Promise((turn) => setImmediate(turn));
    expect(refused).toEqual([]);
    expect(await app.handle('runs.list', null)).toEqual([]);
  } finally {
    vi.useRealTimers();
    process.off('unhandledRejection', note);
    disk.full = false;
  }
  await app.close();
  await open();
  expect(existsSync(paths().run(runId))).toBe(false);
  await expect(app.handle('runs.get', { runId })).rejects.toMatchObject({ code: 'not-found' });
});
