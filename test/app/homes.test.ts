/** Homes of released versions open with everything in them, and what was under way in them goes on. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Run, RunState } from '../../shared/contract.ts';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { editMetadata, unpackHome } from '../helpers/homes.ts';
import type { OldHome } from '../helpers/homes.ts';
import { taskEnd } from '../helpers/tasks.ts';

let old: OldHome;
let app: App;
afterEach(async () => {
  await app?.close();
  old?.remove();
});

async function open(): Promise<App> {
  app = await createApp({ home: old.home, host: { kind: 'cli', version: '0' }, checkResults: true });
  return app;
}
async function runNamed(name: string): Promise<Run> {
  const { id } = (await app.handle('runs.list', null)).find((run) => run.name === name)!;
  return app.handle('runs.get', { runId: id });
}
const until = (runId: string, wanted: RunState) =>
  expect
    .poll(async () => (await app.handle('runs.get', { runId })).state, { timeout: 120_000, interval: 200 })
    .toBe(wanted);

test('a home of 0.1.0: folders, labels, runs, checkpoints, figures, evaluations and the embedding are there', async () => {
  old = unpackHome('0.1.0');
  await open();
  const datasets = await app.handle('library.list', null);
  expect(datasets.map(({ name, images, excluded, heldOut }) => ({ name, images, excluded, heldOut }))).toEqual(
    expect.arrayContaining([
      { name: 'shapes', images: 48, excluded: 1, heldOut: 0.2 },
      { name: 'flat', images: 18, excluded: 0, heldOut: 0 },
    ]),
  );
  const labels = (name: string) => {
    const { source, classes } = datasets.find((item) => item.name === name)!.labels;
    return { source, classes: classes.map((item) => [item.name, item.images]).sort() };
  };
  expect(labels('shapes').source).toBe('folders');
  expect(labels('shapes').classes.map(([name]) => name)).toEqual(['discs', 'rings', 'stripes']);
  expect(labels('flat')).toEqual({
    source: 'csv',
    classes: [
      ['even', 9],
      ['odd', 9],
    ],
  });

  const finished = await runNamed('Finished');
  expect(finished).toMatchObject({
    state: 'finished',
    epoch: 6,
    step: 18,
    notes: 'kept as a fixture',
    method: 'simsiam',
  });
  expect(finished.checkpoints.map(({ step, hasOptimizerState }) => [step, hasOptimizerState])).toEqual([
    [3, false],
    [6, false],
    [15, true],
    [18, true],
  ]);
  const rows = await app.handle('runs.epochs', { runId: finished.id });
  expect(rows.map((row) => row.epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(rows.at(-1)!.knn).toBe(finished.knn);
  expect((await app.handle('runs.steps', { runId: finished.id })).length).toBe(18);
  expect((await app.handle('evaluate.list', { runId: finished.id })).map(({ kind }) => kind).sort()).toEqual([
    'knn',
    'linear',
  ]);
  expect(await runNamed('Stopped')).toMatchObject({ state: 'stopped' });
  expect(await runNamed('Interrupted')).toMatchObject({ state: 'interrupted', method: 'moco' });
});

test('its embedding is searched, by a photo of it and by any image, with the checkpoint it was made by', async () => {
  old = unpackHome('0.1.0');
  await open();
  const { id: runId, datasetId } = await runNamed('Finished');
  const [set] = await app.handle('explore.sets', { runId });
  const again = await app.handle('explore.embed', { runId, checkpointId: null, datasetId: null });
  expect(again).toMatchObject({ state: 'done', resultId: set!.id }); // found, not made anew
  const { images } = await app.handle('library.images', { datasetId, search: 'discs/' });
  const near = { embeddingSetId: set!.id, imageId: images[0]!.id, k: 5 };
  expect((await app.handle('explore.neighbours', near)).neighbours).toHaveLength(5);
  const image = readFileSync(join(old.root, 'shapes', images[0]!.file)).toString('base64');
  const { neighbours } = await app.handle('explore.query', { embeddingSetId: set!.id, image, k: 1 });
  expect(neighbours[0]!.imageId).toBe(images[0]!.id);
  expect(neighbours[0]!.similarity).toBeGreaterThan(0.999);
});

test.each(['Interrupted', 'Stopped'])('its run %s goes on from its last checkpoint', async (name) => {
  old = unpackHome('0.1.0');
  await open();
  const { id: runId, step, checkpoints } = await runNamed(name);
  const last = checkpoints.at(-1)!;
  expect(last.hasOptimizerState).toBe(true);
  await app.handle('runs.resume', { runId });
  await expect
    .poll(async () => (await app.handle('runs.get', { runId })).step, { timeout: 120_000, interval: 200 })
    .toBeGreaterThan(Math.max(step, last.step) + 2);
  await app.handle('runs.stop', { runId, now: false });
  await until(runId, 'stopped');
  // what an application that was killed did not hear of is missing before the checkpoint, and nothing after it
  const after = (await app.handle('runs.steps', { runId, after: last.step })).map((row) => row.step);
  expect(after).toEqual(Array.from(after, (_, i) => last.step + 1 + i));
});

test.each([
  ['are gone', (path: string) => rmSync(path)],
  ['make no sense', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 100))],
])('a run whose checkpoints %s does not begin anew over its history', async (_what, damage) => {
  old = unpackHome('0.1.0');
  old.edit((db) => db.prepare("UPDATE runs SET state = 'stopped' WHERE name = 'Finished'").run());
  await open();
  const { id: runId } = await runNamed('Finished');
  const folder = join(old.home, 'runs', runId, 'checkpoints');
  const before = await app.handle('runs.epochs', { runId });
  expect(before.length).toBeGreaterThan(0);
  await app.close();
  for (const name of readdirSync(folder)) damage(join(folder, name));
  await open();
  await expect(app.handle('runs.resume', { runId })).rejects.toMatchObject({ key: 'cannot-start.checkpoints-gone' });
  expect(await app.handle('runs.epochs', { runId })).toEqual(before);
  expect(await runNamed('Finished')).toMatchObject({ state: 'stopped' });
});

test('a home whose checkpoints and rows lack a figure and hold a setting that is gone opens, and its run goes on', async () => {
  old = unpackHome('0.1.0');
  const foreign = (config: Record<string, unknown>) => ({
    ...config,
    sharpness: 1,
    augment: { ...(config['augment'] as object), sharpness: 0.5 },
  });
  const lacking = ({ knn: _, ...row }: Record<string, unknown>) => row;
  old.edit((db) => {
    const runs = db.prepare('SELECT id, config FROM runs').all() as { id: string; config: string }[];
    for (const { id, config } of runs)
      db.prepare('UPDATE runs SET config = ? WHERE id = ?').run(
        JSON.stringify(foreign(JSON.parse(config) as Record<string, unknown>)),
        id,
      );
    const rows = db.prepare('SELECT run_id, step, metrics FROM epoch_metrics').all() as {
      run_id: string;
      step: number;
      metrics: string;
    }[];
    for (const row of rows)
      db.prepare('UPDATE epoch_metrics SET metrics = ? WHERE run_id = ? AND step = ?').run(
        JSON.stringify(lacking(JSON.parse(row.metrics) as Record<string, unknown>)),
        row.run_id,
        row.step,
      );
  });
  for (const run of readdirSync(join(old.home, 'runs')))
    for (const name of readdirSync(join(old.home, 'runs', run, 'checkpoints')))
      editMetadata(join(old.home, 'runs', run, 'checkpoints', name), (metadata) => {
        const facts = JSON.parse(metadata['facts']!) as {
          config: Record<string, unknown>;
          lastRow: Record<string, unknown> | null;
        };
        metadata['facts'] = JSON.stringify({
          ...facts,
          config: foreign(facts.config),
          lastRow: facts.lastRow && lacking(facts.lastRow),
        });
      });
  await open();
  const finished = await runNamed('Finished');
  expect(finished.config).not.toHaveProperty('sharpness');
  expect(finished.checkpoints).toHaveLength(4);
  expect((await app.handle('runs.epochs', { runId: finished.id })).map((row) => row.knn)).toEqual(Array(6).fill(null));
  const task = await app.handle('explore.embed', {
    runId: finished.id,
    checkpointId: finished.checkpoints[0]!.id,
    datasetId: null,
  });
  expect(await taskEnd(app, task)).toMatchObject({ state: 'done' });
  const { id: runId, step } = await runNamed('Interrupted');
  await app.handle('runs.resume', { runId });
  await expect
    .poll(async () => (await app.handle('runs.get', { runId })).step, { timeout: 120_000, interval: 200 })
    .toBeGreaterThan(step + 2);
  await app.handle('runs.stop', { runId, now: false });
  await until(runId, 'stopped');
});
