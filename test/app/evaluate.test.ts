/**
 * Evaluation with the real trainer, as the window and the command line ask for it: on a run's own folder and, as
 * transfer, on another with other labels; and that both get the same numbers.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AppParams, Evaluation, Task } from '../../shared/contract.ts';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { listedFolder, taskEnd } from '../helpers/tasks.ts';
import { tinyRun } from '../helpers/tiny.ts';

const cli = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));
const directory = sharedFolder('evaluate');
let app: App;
let runId: string;
let shapes: string;
let colours: string;
const folder = (name: string) => join(directory, name);

const ended = (task: Task) => taskEnd(app, task);
async function evaluate(request: Omit<AppParams<'evaluate.start'>, 'runId'>): Promise<Evaluation> {
  const task = await ended(await app.handle('evaluate.start', { runId, ...request }));
  expect(task.error).toBeNull();
  return app.handle('evaluate.get', { evaluationId: task.resultId! });
}
const sum = (rows: number[][]) => rows.flat().reduce((a, b) => a + b, 0);

async function photos(name: string, labels: Record<string, (i: number) => string>): Promise<string> {
  for (const [label, draw] of Object.entries(labels)) {
    mkdirSync(join(folder(name), label), { recursive: true });
    for (let i = 0; i < 20; i++)
      await sharp(Buffer.from(`<svg width="40" height="40">${draw(i)}</svg>`))
        .png()
        .toFile(join(folder(name), label, `${i}.png`));
  }
  return listedFolder(app, folder(name));
}
const plain = (hue: number) => `<rect width="40" height="40" fill="hsl(${hue},70%,50%)"/>`;

beforeAll(async () => {
  app = await createApp({ home: folder('home'), host: { kind: 'test', version: '0' }, checkResults: true });
  const fill = (i: number) => `hsl(${i * 37},60%,30%)`;
  shapes = await photos('shapes', {
    discs: (i) => `${plain(i * 11)}<circle cx="20" cy="20" r="12" fill="${fill(i)}"/>`,
    bars: (i) => `${plain(i * 11)}<rect x="4" y="16" width="32" height="8" fill="${fill(i)}"/>`,
  });
  colours = await photos('colours', {
    red: (i) => plain(i),
    green: (i) => plain(110 + i),
    blue: (i) => plain(220 + i),
  });
  const patch = { ...tinyRun, epochs: 1, probe: { images: 16 } };
  runId = (await app.handle('runs.create', { datasetId: shapes, name: 'tiny', preset: null, patch })).id;
  await vi.waitFor(async () => expect((await app.handle('runs.get', { runId })).state).toBe('finished'), {
    timeout: 110_000,
    interval: 200,
  });
});
afterAll(() => app.close());

test('on its own folder: each photo left out, or a fifth of each class kept apart', async () => {
  const knn = await evaluate({ kind: 'knn' });
  expect(knn).toMatchObject({
    split: 'leave-one-out',
    images: 40,
    classes: ['bars', 'discs'],
    settings: { k: 20, temperature: 0.1 },
  });
  expect((await evaluate({ kind: 'knn', k: 999 })).settings).toMatchObject({ k: 39 }); // all but itself
  const linear = await evaluate({ kind: 'linear' });
  expect(linear).toMatchObject({ split: 'counted-split', images: 8, settings: { solver: 'lbfgs' } });
  expect(linear.accuracy).toBeCloseTo((linear.confusion[0]![0]! + linear.confusion[1]![1]!) / 8, 9);
});

test('held-out photos are the ones that are tested, where there are any', async () => {
  const { heldOut } = await app.handle('library.setHeldOut', { datasetId: colours, fraction: 0.25 });
  expect(heldOut).toBe(0.25);
  const { split, images } = await evaluate({ kind: 'linear', trainDatasetId: colours });
  expect(split).toBe('held-out');
  const { images: all } = await app.handle('library.images', { datasetId: colours, limit: 100 });
  expect(images).toBe(all.filter((image) => image.heldOut).length);
  await app.handle('library.setHeldOut', { datasetId: colours, fraction: 0 });
});

test('what belongs together is not cut apart, and it is said how many groups these are', async () => {
  // a photo of each class is one group
  const set = (pattern: string) => app.handle('library.setGroups', { datasetId: shapes, by: 'pattern', pattern });
  expect((await set('/([0-9]+)[.]png/')).groups).toMatchObject({ count: 20, largest: 2, photos: 40 });
  expect((await evaluate({ kind: 'knn' })).groups).toEqual({ kept: 20, cut: 0 });
  const counted = await evaluate({ kind: 'linear' });
  expect(counted).toMatchObject({ split: 'counted-split', groups: { kept: 20, cut: 0 } });
  await app.handle('library.setHeldOut', { datasetId: shapes, fraction: 0.3 });
  const { images } = await app.handle('library.images', { datasetId: shapes, limit: 100 });
  const sides = Map.groupBy(images, ({ group }) => group);
  expect([...sides.values()].every((some) => new Set(some.map(({ heldOut }) => heldOut)).size === 1)).toBe(true);
  const held = await evaluate({ kind: 'linear' });
  expect(held).toMatchObject({ split: 'held-out', groups: { kept: 20, cut: 0 } });
  await expect(set('*.png')).rejects.toMatchObject({ key: 'bad-request.group-pattern' });
  await app.handle('library.setHeldOut', { datasetId: shapes, fraction: 0 });
  const none = await app.handle('library.setGroups', { datasetId: shapes, by: 'none' });
  expect(none.groups).toMatchObject({ count: 0, photos: 0 });
});

test('photos that were picked to test with are not among those that are trained on', async () => {
  const { images } = await app.handle('library.images', { datasetId: shapes, limit: 100 });
  const picked = images.filter((_, i) => i % 3 === 0).map(({ id }) => id);
  const { id: test } = await app.handle('library.collect', { imageIds: picked, name: 'to test with' });
  const knn = await evaluate({ kind: 'knn', k: 999, testDatasetId: test });
  // 14 of 40 are tested, which leaves 26 that vote; found by itself each would be right
  expect(knn).toMatchObject({ split: 'held-out', images: 14, settings: { k: 26 } });
  expect(await evaluate({ kind: 'linear', testDatasetId: test })).toMatchObject({ split: 'held-out', images: 14 });
  // the other way about: what the collection was trained on is not tested
  const others = await evaluate({ kind: 'knn', k: 999, trainDatasetId: test, testDatasetId: shapes });
  expect(others).toMatchObject({ split: 'held-out', images: 26, settings: { k: 14 } });
  // a collection of all of them is the folder
  const all = images.map(({ id }) => id);
  const { id: whole } = await app.handle('library.collect', { imageIds: all, name: 'all' });
  expect(await evaluate({ kind: 'knn', testDatasetId: whole })).toMatchObject({ split: 'leave-one-out', images: 40 });
  // groups are those of the one folder, so that what lies on both sides is told
  await app.handle('library.setGroups', { datasetId: shapes, by: 'pattern', pattern: '/([0-9]+)[.]png/' });
  const files = new Map(images.map(({ id, file }) => [id, /\d+/.exec(file)![0]]));
  const sides = Map.groupBy(all, (id) => files.get(id)!);
  const isCut = (some: string[]) => new Set(some.map((id) => picked.includes(id))).size > 1;
  const cut = [...sides.values()].filter(isCut).length;
  expect((await evaluate({ kind: 'knn', testDatasetId: test })).groups.cut).toBe(cut);
  expect(cut).toBeGreaterThan(0);
  await app.handle('library.setGroups', { datasetId: shapes, by: 'none' });
  for (const id of [test, whole]) await app.handle('library.remove', { datasetId: id });
});

test('transfer: other labels than it was trained on, by each kind and solver; the history keeps all', async () => {
  const before = (await app.handle('evaluate.list', { runId })).length;
  const made: Evaluation[] = [];
  const asked: Omit<AppParams<'evaluate.start'>, 'runId'>[] = [
    { kind: 'knn' },
    { kind: 'linear' },
    { kind: 'linear', solver: 'sgd' },
    { kind: 'linear', solver: 'lars' },
    { kind: 'fewshot', shots: [1, 3] },
  ];
  for (const request of asked) made.push(await evaluate({ ...request, trainDatasetId: colours }));
  for (const result of made) {
    expect(result).toMatchObject({
      classes: ['blue', 'green', 'red'],
      trainDatasetId: colours,
      testDatasetId: colours,
    });
    expect(sum(result.confusion)).toBe(result.images);
    expect(result.accuracy).toBeGreaterThan(0.5); // plain colours; chance is a third
  }
  expect(made[4]!.shots.map(({ shots }) => shots)).toEqual([1, 3]);
  expect(made[4]!.spread).toBe(made[4]!.shots[1]!.spread);
  expect((await app.handle('evaluate.list', { runId })).slice(0, 5).map(({ id }) => id)).toEqual(
    made.map(({ id }) => id).reverse(),
  );
  expect((await app.handle('evaluate.list', { runId })).length).toBe(before + 5);
  const { id, classes, confusion } = made[0]!;
  for (const [actual, row] of confusion.entries())
    for (const [predicted, count] of row.entries()) {
      const cell = await app.handle('evaluate.cell', { evaluationId: id, actual, predicted });
      expect(cell.length).toBe(count);
      for (const imageId of cell) expect((await app.handle('library.image', { imageId })).label).toBe(classes[actual]);
    }
});

test('folders without a label in common are refused, with both named', async () => {
  const task = await ended(await app.handle('evaluate.start', { runId, kind: 'knn', testDatasetId: colours }));
  expect(task).toMatchObject({ state: 'failed', error: { code: 'bad-job' } });
  expect(task.error!.message).toMatch(/bars, discs; tested: blue, green, red/);
});

test('the command line gets the numbers that the window gets, prints the matrix and writes it', async () => {
  const requests = [
    { kind: 'linear', trainDatasetId: colours, testDatasetId: null },
    { kind: 'knn', trainDatasetId: shapes, testDatasetId: null },
  ] as const;
  const here = [await evaluate(requests[0]), await evaluate(requests[1])];
  await app.close();
  const run = async (...args: string[]) =>
    (
      await promisify(execFile)(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        cli,
        ...args,
        '--home',
        folder('home'),
      ])
    ).stdout;
  const csv = folder('confusion.csv');
  const linear = JSON.parse(
    await run('eval', 'tiny', '--linear', '--train', folder('colours'), '--confusion', csv, '--json'),
  ) as Evaluation;
  const { accuracy, confusion, classes, images } = here[0]!;
  expect(linear).toMatchObject({ accuracy, confusion, classes, images });
  const lines = readFileSync(csv, 'utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(lines[0]!.slice(1)).toEqual(classes);
  expect(lines.slice(1)).toEqual(confusion.map((row, i) => [classes[i]!, ...row.map(String)]));
  const printed = await run('eval', 'tiny', '--knn', '--train', folder('shapes'), '--test', folder('shapes'));
  expect(printed).toContain(`kNN accuracy ${(100 * here[1]!.accuracy).toFixed(1)} %`);
  // What the run was compared with is of its own photos.
  expect(printed).toContain('to beat, by kNN: pixels ');
  for (const [i, row] of here[1]!.confusion.entries())
    expect(
      printed
        .split('\n')
        .find((line) => line.startsWith(here[1]!.classes[i]!))!
        .trim()
        .split(/\s+/)
        .slice(4),
    ).toEqual(row.map(String));
  const { evaluations } = JSON.parse(await run('show', 'tiny', '--json')) as { evaluations: Evaluation[] };
  expect(evaluations[1]).toEqual(linear);
  expect(await run('eval', 'tiny', '--knn', '--train', folder('colours'))).not.toContain('to beat');
});
