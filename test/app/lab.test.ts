/**
 * The Lab in the application, with a double of the compute process: arms one after the other, whatever ends them,
 * to the table and the report. The real trainer, killed in the middle, is labKill.test.ts.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { app, datasetId, directory, events, open, photos } from './appHarness.ts';
import {
  edit,
  get,
  long,
  ordinary,
  runState,
  running,
  short,
  start,
  until,
  useLab,
  withholdEmbeddings,
} from './labHarness.ts';

useLab();

test('a study from its plan to its table, its report and its deletion', async () => {
  const request = { study: 'predictor' as const, datasetId, minutes: short, seeds: 1, linear: false };
  const plan = await app.handle<'lab.plan'>('lab.plan', request);
  expect(plan).toMatchObject({ images: 16, basis: 'measured', measure: 'knn', split: 'leave-one-out', refusals: [] });
  expect(plan.epochs).toBeGreaterThanOrEqual(2);
  const { id } = await start(request);
  expect((await app.handle('lab.list', null)).map((item) => item.id)).toEqual([id]);
  await until(id, 'finished');

  const experiment = await get(id);
  expect(experiment).toMatchObject({
    study: 'predictor',
    epochs: plan.epochs,
    progress: 1,
    etaSeconds: null,
    device: 'fake',
  });
  expect(experiment.cells.map(({ armId, state }) => [armId, state])).toEqual([
    ['decayed', 'finished'],
    ['identity', 'finished'],
    ['fixed', 'finished'],
    ['constant', 'finished'],
  ]);
  expect(new Set(experiment.cells.map(({ color }) => color)).size).toBe(4);
  for (const row of experiment.rows)
    expect(row).toMatchObject({ done: 1, values: [plan.epochs / 10], untrained: 0.1, rank: 30, verdict: 'healthy' });
  expect(experiment.findings.map(({ key }) => key)).toContain('oneSeed');
  const told = events.filter((event) => event.name === 'experiment').map((event) => event.experiment);
  expect(told.at(-1)).toEqual(experiment);
  expect(told.map(({ progress }) => progress)).toEqual([...told.map(({ progress }) => progress)].sort((a, b) => a - b));

  // its arms are runs like others, one after the other, alike but for what is studied
  const runs = (await app.handle('runs.list', null)).reverse();
  expect(runs.map((run) => run.experiment)).toEqual(
    experiment.cells.map(({ armId, seed }) => ({ experimentId: id, study: 'predictor', armId, seed })),
  );
  expect(runs.map(({ name }) => name)).toEqual([
    'Predictor: trained, rate falling',
    'Predictor: no predictor',
    'Predictor: random, never trained',
    'Predictor: trained, rate constant',
  ]);
  for (const [i, run] of runs.entries()) if (i > 0) expect(run.startedAt).toBeGreaterThanOrEqual(runs[i - 1]!.endedAt!);
  const configs = await Promise.all(
    runs.map(async ({ id: runId }) => (await app.handle('runs.get', { runId })).config),
  );
  expect(configs.map(({ predictor }) => `${predictor.kind} ${predictor.learningRate}`)).toEqual([
    'mlp decayed',
    'identity constant',
    'fixed constant',
    'mlp constant',
  ]);
  const alike = ({
    predictor: _,
    optimizer: { baseLearningRate: _rate, ...optimizer },
    ...config
  }: (typeof configs)[number]) => ({ ...config, optimizer });
  for (const config of configs) expect(alike(config)).toEqual(alike(configs[0]!));

  const folder = join(directory, 'the report');
  const written = await app.handle('lab.report', { experimentId: id, language: 'en', folder });
  expect(readdirSync(folder).sort()).toEqual(['arms.csv', 'epochs.csv', 'lookalike-files.json', 'report.html']);
  expect(written).toEqual({
    folder,
    files: ['report.html', 'arms.csv', 'epochs.csv'].map((file) => ({
      file,
      bytes: readFileSync(join(folder, file)).length,
    })),
  });
  expect((await get(id)).reportFolder).toBe(folder);
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('no predictor');
  expect(readFileSync(join(folder, 'epochs.csv'), 'utf8').trim().split('\r\n')).toHaveLength(1 + 4 * plan.epochs);
  const [page] = await app.handle('lab.preview', { experimentId: id, language: 'zh-CN' });
  expect(page).toMatchObject({ file: 'report.html', type: 'text/html' });
  expect(page!.text).toContain('无预测头');
  await expect(app.handle('lab.report', { experimentId: id, language: 'en', folder: 'here' })).rejects.toMatchObject({
    code: 'bad-folder',
  });

  // figures stay when a run goes; a table does not need its runs
  await app.handle('runs.delete', { runId: runs[0]!.id });
  expect((await get(id)).cells[0]).toMatchObject({
    runId: null,
    state: 'finished',
    figures: { knn: plan.epochs / 10 },
  });
  expect((await get(id)).rows).toEqual(experiment.rows);
  const freed = await app.handle('lab.delete', { experimentId: id, runs: true });
  expect(freed).toEqual({ runs: 3, bytes: 0 }); // the double's checkpoints have no size
  expect(await app.handle('runs.list', null)).toEqual([]);
  expect(await app.handle('lab.list', null)).toEqual([]);
  await expect(get(id)).rejects.toMatchObject({ code: 'not-found' });
});

test('one that is being stopped can be stopped at once; one that runs is stopped before it is deleted', async () => {
  const { id } = await start({ minutes: long });
  await running(id, 0);
  await Promise.all([
    app.handle('lab.stop', { experimentId: id }),
    app.handle('lab.stop', { experimentId: id, now: true }),
  ]);
  expect(await get(id)).toMatchObject({ state: 'stopped', cells: [{ state: 'stopped' }, { state: 'queued' }] });
  await app.handle('lab.resume', { experimentId: id });
  await running(id, 0);
  expect(await app.handle('lab.delete', { experimentId: id, runs: false })).toMatchObject({ runs: 0 });
  expect(events.at(-1)).toEqual({ name: 'experimentRemoved', experimentId: id });
  expect((await app.handle('runs.list', null)).map(({ state, experiment }) => [state, experiment])).toEqual([
    ['stopped', null],
  ]);
});

test('stopping an arm in Runs stops its experiment; deleting the arm’s run begins it anew', async () => {
  const { id } = await start({ minutes: long });
  await running(id, 0);
  const first = (await get(id)).cells[0]!.runId!;
  await app.handle('runs.stop', { runId: first });
  await until(id, 'stopped');
  await app.handle('runs.delete', { runId: first });
  await app.handle('lab.resume', { experimentId: id });
  await until(id, 'finished');
  const again = (await get(id)).cells[0]!.runId;
  expect(again).not.toBe(first);
  expect((await app.handle('runs.get', { runId: again! })).state).toBe('finished');
});

test('an arm whose device was lost stops the experiment, says why, and goes on when it is resumed', async () => {
  process.env['FAKE_FAULT'] = 'lost';
  try {
    const { id } = await start({ minutes: long });
    await until(id, 'stopped');
    const [lost, next] = (await get(id)).cells;
    expect(lost).toMatchObject({
      state: 'interrupted',
      error: { code: 'device-lost', message: 'the device webgpu was lost' },
    });
    expect(next).toMatchObject({ state: 'queued', error: null });
    delete process.env['FAKE_FAULT'];
    await app.handle('lab.resume', { experimentId: id });
    await until(id, 'finished');
    expect((await get(id)).cells.map(({ state, error, runId }) => ({ state, error, runId }))[0]).toEqual({
      state: 'finished',
      error: null,
      runId: lost!.runId,
    });
    expect(events.findLast((event) => event.name === 'started' && event.runId === lost!.runId)).toMatchObject({
      startStep: 8,
    });
  } finally {
    delete process.env['FAKE_FAULT'];
  }
});

test('an arm whose process dies is tried again; one that keeps dying is recorded, and tried again on demand', async () => {
  const { id } = await start({ seeds: 2 }); // the double of seed 1 dies in the middle, a little later each time
  await until(id, 'finished');
  const experiment = await get(id);
  expect(experiment.cells.map(({ armId, seed }) => `${armId} ${seed}`)).toEqual([
    'with 0',
    'without 0',
    'with 1',
    'without 1',
  ]);
  expect(experiment.cells.map(({ state }) => state)).toEqual(['finished', 'finished', 'failed', 'failed']);
  expect(experiment.cells[2]!.error).toMatchObject({ code: 'compute-failed' });
  expect(experiment.rows.map(({ done, failed }) => [done, failed])).toEqual([
    [1, 1],
    [1, 1],
  ]);
  await app.handle('lab.resume', { experimentId: id });
  await until(id, 'finished');
  expect((await get(id)).rows.map(({ done, failed }) => [done, failed])).toEqual([
    [2, 0],
    [2, 0],
  ]);
});

test('an arm whose loss becomes infinite is a result, and the others go on', async () => {
  const { id } = await start();
  await app.close();
  edit((store) => {
    for (const { runId } of store.lab.cells(id)) if (runId) store.runs.update(runId, { deletedAt: 1 });
    store.lab.updateCell(id, 0, { seed: 4 });
    store.lab.update(id, { state: 'running' });
  });
  await open();
  await until(id, 'finished');
  const experiment = await get(id);
  expect(experiment.cells.map(({ state, error }) => [state, error?.code ?? null])).toEqual([
    ['failed', 'non-finite-loss'],
    ['finished', null],
  ]);
  expect(experiment.rows[0]).toMatchObject({ verdict: 'diverging', failed: 1, mean: null });
  expect(experiment.findings.map(({ key }) => key)).toContain('diverged');
  await expect(app.handle('lab.resume', { experimentId: id })).rejects.toMatchObject({ code: 'wrong-state' });
});

test('a linear classifier is trained after each arm where it is asked for', async () => {
  const { id } = await start({ linear: true });
  await until(id, 'finished');
  const experiment = await get(id);
  expect(experiment.measure).toBe('linear');
  expect(experiment.cells.map(({ linear }) => linear)).toEqual([0.8, 0.8]);
  expect(experiment.rows.map(({ mean, probed }) => [mean, probed])).toEqual([
    [0.8, experiment.epochs / 10],
    [0.8, experiment.epochs / 10],
  ]);
  expect(await app.handle('evaluate.list', {})).toHaveLength(2);
});

test('it stops at once while its classifier waits for another task', async () => {
  const { id: runId } = await ordinary(0);
  await expect.poll(() => runState(runId), { timeout: 60_000 }).toBe('finished');
  withholdEmbeddings();
  await app.handle('explore.embed', { runId, checkpointId: null });
  const { id } = await start({ linear: true });
  const tasks = async (kind: string) =>
    (await app.handle('tasks.list', null)).filter((task) => task.kind === kind).map(({ state }) => state);
  await expect.poll(() => tasks('evaluate'), { timeout: 60_000 }).toEqual(['queued']);
  await app.handle('lab.stop', { experimentId: id });
  expect((await get(id)).state).toBe('stopped');
  expect(await tasks('evaluate')).toEqual(['cancelled']);
  expect(await tasks('embed')).toContain('running');
});

test('without labels there is no linear classifier, and what cannot start says why', async () => {
  const bare = join(directory, 'bare');
  mkdirSync(bare);
  for (let i = 0; i < 3; i++) writeFileSync(join(bare, `${i}.png`), readFileSync(join(photos, 'even', '0.png')));
  const { id } = await app.handle('library.add', { folder: bare, read: false });
  await expect(start({ datasetId: id })).rejects.toMatchObject({
    code: 'no-images',
    details: { refusals: [{ setting: 'images' }] },
  });
  for (let i = 3; i < 9; i++) writeFileSync(join(bare, `${i}.png`), readFileSync(join(photos, 'even', '0.png')));
  await app.handle('library.rescan', { datasetId: id });
  await expect.poll(async () => (await app.handle('library.get', { datasetId: id })).images).toBe(9);
  const plan = await app.handle('lab.plan', {
    study: 'similarity',
    datasetId: id,
    minutes: short,
    seeds: 1,
    linear: true,
  });
  expect(plan).toMatchObject({ measure: 'agreement', refusals: [{ setting: 'linear' }] });
  await expect(start({ datasetId: id, linear: true })).rejects.toMatchObject({ code: 'cannot-start' });
  await expect(start({ minutes: -1 })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(start({ study: 'nonsense' as never })).rejects.toMatchObject({ code: 'bad-request' });
});

test('a trial of ways to begin sees the same photos in all arms and ends in one to go on with', async () => {
  const { id } = await start({ study: 'which-way', kind: 'noUp' });
  await until(id, 'finished');
  const trial = await get(id);
  expect(trial.cells.map(({ armId, state }) => [armId, state])).toEqual([
    ['kept', 'finished'],
    ['gentle', 'finished'],
    ['continued', 'finished'],
    ['scratch', 'finished'],
  ]);
  expect(trial.choice).toMatchObject({ patch: { 'augment.verticalFlip': 0.5 } });
  expect(trial.findings[0]!.key).toMatch(/^beginning/);
  const { runId } = trial.cells[1]!;
  expect((await app.handle('runs.get', { runId: runId! })).config).toMatchObject({
    backbone: { init: 'rendered' },
    augment: { verticalFlip: 0.5 },
  });
  // What it says is kept as a study is: it is there after a restart.
  await app.close();
  await open();
  expect((await get(id)).choice).toEqual(trial.choice);
});
