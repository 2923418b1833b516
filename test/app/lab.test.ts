/**
 * The Lab in the application, with a double of the compute process: arms one after the other, whatever ends them,
 * across restarts, to the table and the report. The real trainer, killed in the middle, is labKill.test.ts.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { AppEvent, AppParams, Command, Experiment } from '../../shared/contract.ts';
import { createApp, forkLauncher, homePaths } from '../../src-main/app/index.ts';
import type { App, Host } from '../../src-main/app/index.ts';
import type { Launcher } from '../../src-main/app/compute/launch.ts';
import { openStore } from '../../src-main/db/index.ts';

let directory: string;
let photos: string;
let app: App;
let datasetId: string;
let events: AppEvent[] = [];

const fork = forkLauncher(new URL('../helpers/fakeTrainer.ts', import.meta.url));
/** Embeddings are begun and never made. */
let embedsForEver = false;
const launch: Launcher = (listeners) => {
  const child = fork(listeners);
  const withheld = (command: Command) => embedsForEver && command.type === 'job' && command.job.kind === 'embed';
  return { ...child, send: (command) => void (withheld(command) || child.send(command)) };
};
const home = () => join(directory, 'home');
async function open(kind: Host['kind'] = 'test') {
  events = [];
  app = await createApp({
    home: home(),
    host: { kind, version: '0' },
    launch,
    compute: { silenceSeconds: 20 },
    checkResults: true,
  });
  app.onEvent((event) => events.push(event));
}

beforeAll(async () => {
  photos = mkdtempSync(join(tmpdir(), 'lookalike-photos-'));
  for (let i = 0; i < 16; i++) {
    const folder = join(photos, i % 2 ? 'odd' : 'even');
    mkdirSync(folder, { recursive: true });
    await sharp({ create: { width: 32, height: 32, channels: 3, background: `hsl(${i * 20},50%,50%)` } })
      .png()
      .toFile(join(folder, `${i}.png`));
  }
});
afterAll(() => rmSync(photos, { recursive: true, force: true }));
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lookalike-lab-'));
  await open();
  datasetId = (await app.handle('library.add', { folder: photos, read: false })).id;
});
afterEach(async () => {
  embedsForEver = false;
  await app.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Steps of the double take a tenth of a second: four epochs. */
const short = 0.17;
/** And some tens, of which a restart can fall into the middle. */
const long = 0.5;
const start = (more: Partial<AppParams<'lab.start'>> = {}) =>
  app.handle('lab.start', {
    study: 'stop-gradient',
    datasetId,
    minutes: short,
    seeds: 1,
    linear: false,
    language: 'en',
    ...more,
  });
const get = (experimentId: string) => app.handle('lab.get', { experimentId });
const until = (id: string, wanted: Experiment['state']) =>
  expect.poll(async () => (await get(id)).state, { timeout: 60_000 }).toBe(wanted);
const running = (id: string, place: number) =>
  expect
    .poll(async () => (await get(id)).cells[place]!.figures !== null && (await get(id)).cells[place]!.state, {
      timeout: 60_000,
    })
    .toBe('running');
/** Of a closed application's history: what a test wants to be otherwise. */
function edit(work: (store: ReturnType<typeof openStore>) => void): void {
  const store = openStore(homePaths(home()).database);
  work(store);
  store.close();
}

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

test('an experiment goes on at the next start, its arm from its checkpoint; a command line leaves it alone', async () => {
  const { id } = await start({ minutes: long });
  await running(id, 0);
  await app.close();
  await open('cli');
  expect((await get(id)).state).toBe('stopped');
  expect(events.some((event) => event.name === 'started')).toBe(false);
  await app.close();
  await open();
  expect((await get(id)).state).toBe('running');
  await until(id, 'finished');
  expect(events.find((event) => event.name === 'started')).toMatchObject({ runId: (await get(id)).cells[0]!.runId });
  expect((events.find((event) => event.name === 'started') as { startStep: number }).startStep).toBeGreaterThan(0);
  expect((await app.handle('runs.list', null)).map(({ state }) => state)).toEqual(['finished', 'finished']);
});

test('arms are named in the language of who asked, also those that begin in another session', async () => {
  const { id } = await start({ minutes: long, language: 'zh-CN' });
  await running(id, 0);
  await app.close();
  await open();
  await until(id, 'finished');
  expect((await app.handle('runs.list', null)).map(({ name }) => name)).toEqual([
    '停止梯度：无停止梯度',
    '停止梯度：有停止梯度',
  ]);
});

test('what was running when the application was killed goes on too', async () => {
  const { id } = await start();
  await until(id, 'finished');
  await app.close();
  edit((store) => {
    const [, cell] = store.lab.cells(id);
    store.lab.update(id, { state: 'running', endedAt: null });
    store.lab.updateCell(id, 1, { ended: null, figures: null });
    store.runs.update(cell!.runId!, { state: 'running' });
    rmSync(
      join(
        homePaths(home()).checkpoints(cell!.runId!),
        readdirSync(homePaths(home()).checkpoints(cell!.runId!)).sort().at(-1)!,
      ),
    );
  });
  await open();
  await until(id, 'finished');
  expect((await get(id)).rows.map(({ done }) => done)).toEqual([1, 1]);
  expect(await app.handle('runs.list', null)).toHaveLength(2);
});

test('paused, resumed, stopped and resumed; a second experiment waits for the first', async () => {
  const { id } = await start({ minutes: long });
  const second = await start();
  await running(id, 0);
  expect((await get(second.id)).state).toBe('queued');
  await app.handle('lab.pause', { experimentId: id });
  await until(id, 'paused');
  await expect(app.handle('lab.pause', { experimentId: second.id })).rejects.toMatchObject({ code: 'wrong-state' });
  await app.handle('lab.resume', { experimentId: id });
  await until(id, 'running');
  await app.handle('lab.stop', { experimentId: id });
  expect((await get(id)).state).toBe('stopped');
  expect((await get(id)).cells.map(({ state }) => state)).toEqual(['stopped', 'queued']);
  await until(second.id, 'finished');
  await app.handle('lab.resume', { experimentId: id });
  await until(id, 'finished');
  expect((await get(id)).rows.map(({ done }) => done)).toEqual([1, 1]);
  await expect(app.handle('lab.resume', { experimentId: id })).rejects.toMatchObject({ code: 'wrong-state' });
  await expect(app.handle('lab.stop', { experimentId: id })).rejects.toMatchObject({ code: 'wrong-state' });
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
  embedsForEver = true;
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

const runState = async (runId: string) => (await app.handle('runs.get', { runId })).state;
/** An ordinary run beside the experiments; seed 5 trains until it is told to stop. */
const ordinary = (seed: number) =>
  app.handle('runs.create', {
    datasetId,
    name: 'other',
    preset: null,
    patch: { ...parseConfig({ epochs: 3, seed, batchSize: 8, imageSize: 32 }) },
  });

test('an arm that waits for another training survives a restart', async () => {
  const other = await ordinary(5);
  await expect.poll(() => runState(other.id), { timeout: 30_000 }).toBe('running');
  const { id } = await start();
  await expect.poll(async () => (await get(id)).cells[0]!.runId).not.toBeNull();
  expect((await get(id)).cells[0]!.state).toBe('queued');
  await app.close();
  await open();
  await until(id, 'finished');
  expect(await runState(other.id)).toBe('stopped');
});

test('after a restart the arm that trained goes on first, one that waited keeps its turn', async () => {
  const order = () => events.flatMap((event) => (event.name === 'started' ? [event.runId] : []));
  const { id } = await start({ minutes: long });
  await running(id, 0);
  const queued = await ordinary(0);
  await app.close();
  await open();
  await until(id, 'finished');
  const [first, second] = (await get(id)).cells;
  expect(order()).toEqual([first!.runId, queued.id, second!.runId]);

  const blocking = await ordinary(5);
  await expect.poll(() => runState(blocking.id), { timeout: 30_000 }).toBe('running');
  const ahead = await ordinary(0);
  const later = await start();
  await expect.poll(async () => (await get(later.id)).cells[0]!.runId).not.toBeNull();
  await app.close();
  await open('cli'); // where it is asleep, it can be resumed all the same
  await app.handle('lab.resume', { experimentId: later.id });
  await until(later.id, 'finished');
  expect(await runState(ahead.id)).toBe('queued');
  await app.close();
  await open();
  await expect.poll(() => runState(ahead.id), { timeout: 30_000 }).toBe('finished');
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
