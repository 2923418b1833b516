/** Runs under supervision, with a double of the compute process: every way a training can end, and what is left of it. */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import { acquireLock } from '../../src-main/files/index.ts';
import { gatedTrainer } from '../helpers/gatedTrainer.ts';
import { addPhotos, app, datasetId, events, home, launch, open, useApp } from './appHarness.ts';
import { create, patch, reopen, state, until } from './runHarness.ts';

useApp({ compute: { silenceSeconds: 5 } });

test('the process that trains is there when a run is planned in a window, and is the one that trains it', async () => {
  await app.close();
  let launched = 0;
  const counted: typeof launch = (listeners) => {
    launched++;
    return launch(listeners);
  };
  await open('server', { launch: counted, embedsFinished: false });
  await addPhotos();
  const plan = () => app.handle('runs.plan', { datasetId, preset: null, patch: patch(0) });
  await plan();
  await plan();
  expect(launched).toBe(1);
  const { id } = await create(0);
  await until(id, 'finished');
  expect(launched).toBe(1);
  await plan(); // another one, which the end of the application ends
  expect(launched).toBe(2);
});

test('a folder can be trained on while it is read, and is read to its end beside the training', async () => {
  await app.handle('library.rescan', { datasetId }); // decodes, where it was only listed before
  const { id } = await create(5);
  await until(id, 'running');
  const scans = () => events.flatMap((event) => (event.name === 'scan' ? [event.progress] : []));
  await expect.poll(() => scans().at(-1)?.read ?? 0, { timeout: 30_000 }).toBeGreaterThan(2); // beyond what was in flight
  expect(await state(id)).toBe('running');
  await app.handle('runs.stop', { runId: id, now: true });
  await expect.poll(() => scans().at(-1)!.phase, { timeout: 30_000 }).toBe('done');
  const { images } = await app.handle('library.images', { datasetId });
  expect(images.filter(({ width }) => width === 0).length).toBeLessThanOrEqual(1); // the one that the double calls cut off
});

test('a run from its start to its end: rows, events, checkpoints', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  const run = await app.handle('runs.get', { runId: id });
  expect(run).toMatchObject({
    epoch: 3,
    epochs: 3,
    step: 12,
    steps: 12,
    device: 'fake',
    skipped: 1,
    knn: 0.3,
    bestKnn: 0.3,
    error: null,
    activity: null,
    untrained: { knn: 0.1 },
    baselines: { measure: 'knn', hog: 0.3, untrained: 0.1 },
    judgement: { verdict: 'healthy' },
  });
  expect(run.checkpoints.map((item) => [item.epoch, item.kept])).toEqual([
    [1, 'recent'],
    [2, 'recent'],
    [3, 'final'],
  ]);
  expect((await app.handle('runs.epochs', { runId: id })).map((row) => row.step)).toEqual([4, 8, 12]);
  expect((await app.handle('runs.steps', { runId: id })).length).toBe(12);
  const names = events.filter((event) => 'runId' in event && event.runId === id).map((event) => event.name);
  expect(names.filter((name) => name !== 'steps')).toEqual([
    'started',
    'untrained',
    'epoch',
    'verdict',
    'checkpoints',
    'epoch',
    'verdict',
    'checkpoints',
    'epoch',
    'verdict',
    'checkpoints',
  ]);
  expect((await app.handle('library.skipped', { datasetId })).files).toMatchObject([
    { file: '0.png', code: 'truncated' },
  ]);
});

test.each([
  [1, /ended by itself \(exit code 3\)/],
  [2, /did not answer for 5 seconds/],
  [3, /memory ran out/],
  [4, /the loss became infinite/],
])(
  'a compute process that ends badly (%i) leaves a failed run that says why, and can be resumed',
  async (seed, says) => {
    const { id } = await create(seed);
    await until(id, 'failed');
    const run = await app.handle('runs.get', { runId: id });
    expect(run.error!.message).toMatch(says);
    expect(run.checkpoints.length).toBe(2);
    await app.handle('runs.resume', { runId: id });
    await expect.poll(async () => (await app.handle('runs.get', { runId: id })).epoch, { timeout: 30_000 }).toBe(3);
  },
);

test('what is left of a run is renewed with its steps, long before its first epoch ends', async () => {
  await app.close();
  const trainer = gatedTrainer();
  await open('test', { launch: trainer.launch });
  await addPhotos(); // the listing ended with the application
  const { id } = await create(0);
  const { job, report } = await trainer.next('train');
  const estimate = {
    ...{ seconds: 354, memoryBytes: 0, diskBytes: 0, epochs: 6, stepsPerEpoch: 3 },
    basis: 'predicted' as const,
  };
  report({
    type: 'started',
    ...{ device: 'cpu', images: 16, skipped: [], config: job.config, estimate, notice: null, baselines: null },
    ...{ stepsPerEpoch: 3, startEpoch: 0, totalSteps: 18, startStep: 0 },
  });
  const left = async () => (await app.handle('runs.get', { runId: id })).etaSeconds;
  await expect.poll(left).toBe(354);
  const step = { step: 2, epoch: 2 / 3, loss: 0, zStdTraining: 1, learningRate: 0.1, trainingSeconds: 12, at: 0 };
  report({ type: 'steps', steps: [step], etaSeconds: 96 });
  await expect.poll(left).toBe(96);
});

test('closing saves and stops what trains', async () => {
  const { id } = await create(5);
  await until(id, 'running');
  await reopen();
  expect(await state(id)).toBe('stopped');
});

test('a run whose processes were killed is interrupted at the next start, and goes on', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  await app.close();
  const store = openStore(homePaths(home()).database);
  store.runs.update(id, { state: 'running', epoch: 2.5 });
  store.close();
  const checkpoints = homePaths(home()).checkpoints(id);
  rmSync(join(checkpoints, 'step-000000012.safetensors'));
  writeFileSync(join(checkpoints, 'abc.lookalike-tmp'), 'half');
  await open();
  expect(await app.handle('runs.get', { runId: id })).toMatchObject({ state: 'interrupted', epoch: 2.5 });
  expect(readdirSync(checkpoints)).toEqual(['step-000000004.safetensors', 'step-000000008.safetensors']);
  await app.handle('runs.resume', { runId: id });
  await until(id, 'finished');
  const started = events.findLast((event) => event.name === 'started');
  expect(started).toMatchObject({ startStep: 8 });
  expect((await app.handle('runs.epochs', { runId: id })).map((row) => row.step)).toEqual([4, 8, 12]);
});

test('checkpoint files without rows are added, rows without files dropped', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  await app.close();
  const checkpoints = homePaths(home()).checkpoints(id);
  renameSync(join(checkpoints, 'step-000000012.safetensors'), join(checkpoints, 'step-000000099.safetensors'));
  writeFileSync(join(checkpoints, 'step-000000100.safetensors'), 'not a checkpoint');
  await open();
  const run = await app.handle('runs.get', { runId: id });
  expect(run.checkpoints.map((item) => [item.step, item.kept])).toEqual([
    [4, 'recent'],
    [8, 'recent'],
    [12, 'final'],
  ]);
});

test('a run whose trainer outlived the application waits for its lock', async () => {
  const { id } = await create(5);
  await until(id, 'running');
  await reopen();
  const lock = acquireLock(homePaths(home()).runLock(id))!;
  await app.handle('runs.resume', { runId: id });
  await expect
    .poll(
      () =>
        events.some(
          (event) => event.name === 'run' && event.run.activity?.message.includes('waiting for the training process'),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  expect(events.some((event) => event.name === 'started')).toBe(false);
  lock.release();
  await expect.poll(() => events.some((event) => event.name === 'started'), { timeout: 20_000 }).toBe(true);
});

test('a run that finishes is embedded by itself, where there is a window', async () => {
  const embedded = () => app.handle('explore.sets', {});
  const { id: before } = await create(0);
  await until(before, 'finished');
  expect(await app.handle('tasks.list', null)).toEqual([]);
  await app.close();
  await open('test', { embedsFinished: true });
  const { id } = await create(0);
  await until(id, 'finished');
  expect(await app.handle('tasks.list', null)).toMatchObject([{ kind: 'embed' }]);
  await expect.poll(embedded, { timeout: 20_000 }).toMatchObject([{ runId: id, epoch: 3 }]);
});

test('a finished run is extended once', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  await expect(app.handle('runs.resume', { runId: id })).rejects.toMatchObject({ code: 'wrong-state' });
  const endless = app.handle('runs.extend', { runId: id, epochs: 1_000_000_000 });
  await expect(endless).rejects.toMatchObject({ key: 'bad-request.too-great', values: { most: 100_000 } });
  await app.handle('runs.extend', { runId: id, epochs: 2 });
  await until(id, 'finished');
  expect(await app.handle('runs.get', { runId: id })).toMatchObject({ epoch: 5, epochs: 5 });
});

test('one whose checkpoints are gone is not extended, and it is said where they belong', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  const folder = homePaths(home()).checkpoints(id);
  rmSync(folder, { recursive: true });
  await reopen();
  const gone = { key: 'cannot-start.checkpoints-gone', values: { epochs: 3, folder } };
  await expect(app.handle('runs.extend', { runId: id, epochs: 1 })).rejects.toMatchObject(gone);
  expect(await state(id)).toBe('finished');
});

test('a deleted run is hidden, comes back, and goes with its files when the application ends', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  await app.handle('runs.delete', { runId: id });
  expect(await app.handle('runs.list', null)).toEqual([]);
  await expect(app.handle('runs.get', { runId: id })).rejects.toMatchObject({ code: 'not-found' });
  expect(await app.handle('runs.restore', { runId: id })).toMatchObject({ id, epoch: 3 });
  await app.handle('runs.delete', { runId: id });
  // a page that is loaded now is told what can still be taken back
  const deleted = await app.handle('runs.deleted', null);
  expect(deleted).toMatchObject([{ run: { id } }]);
  expect(deleted[0]!.seconds).toBeGreaterThan(20);
  await reopen();
  expect(await app.handle('runs.deleted', null)).toEqual([]);
  expect(existsSync(homePaths(home()).run(id))).toBe(false);
  expect(await app.handle('runs.list', null)).toEqual([]);
});

test('a deletion that was cut off is finished at the next start', async () => {
  const { id } = await create(0);
  await until(id, 'finished');
  await app.close();
  const store = openStore(homePaths(home()).database);
  store.runs.update(id, { deletedAt: 1 });
  store.close();
  await open();
  expect(existsSync(homePaths(home()).run(id))).toBe(false);
});
