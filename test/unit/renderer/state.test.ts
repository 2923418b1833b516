/** The window's state classes, over the real wire with answers of the test: no DOM. */
import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { planRun } from '../../../shared/plan.ts';
import type { AppResult, Evaluation, Task } from '../../../shared/contract.ts';
import { IdList } from '../../../shared/idList.ts';
import { weightsOfRun } from '../../../shared/weights.ts';
import { App } from '../../../src-renderer/state/app.svelte.ts';
import { Memory } from '../../../src-renderer/state/memory.ts';
import { RunChoice } from '../../../src-renderer/state/run-choice.svelte.ts';
import { recent } from '../../../src-renderer/state/recent.ts';
import { advicePatch } from '../../../src-renderer/lib/advice.ts';
import { Evaluate } from '../../../src-renderer/state/evaluate.svelte.ts';
import { Battery } from '../../../src-renderer/state/battery.svelte.ts';
import { Explore } from '../../../src-renderer/state/explore.svelte.ts';
import { majorityOf } from '../../../src-renderer/lib/map-data.ts';
import { settingValue } from '../../../src-renderer/lib/setting-text.ts';
import { I18n, preferredLanguage } from '../../../src-renderer/state/i18n.svelte.ts';
import { Monitor } from '../../../src-renderer/state/monitor.svelte.ts';
import { NewRun, suggestedPreset } from '../../../src-renderer/state/new-run.svelte.ts';
import { PhotoNames } from '../../../src-renderer/state/photo-names.svelte.ts';
import { Photos, pageSize } from '../../../src-renderer/state/photos.svelte.ts';
import { Runs, sortRuns } from '../../../src-renderer/state/runs.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { Toasts } from '../../../src-renderer/state/toasts.svelte.ts';
import { ContractError } from '../../../shared/contract/wire.ts';
import { KeyedError } from '../../../shared/errors.ts';
import { reason } from '../../../shared/reason.ts';
import { refusal } from '../../../shared/refusal.ts';
import { said } from '../../../shared/sentences.ts';
import {
  datasetRecord as dataset,
  embeddingSet,
  epochMetrics as epochRow,
  imageRecord as image,
  runRecord as run,
} from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

const stepRow = (step: number) => ({
  step,
  epoch: step / 10,
  loss: -0.5,
  zStdTraining: 0.9,
  learningRate: 0.05,
  trainingSeconds: step,
  at: step,
});
describe('Battery', () => {
  const computer = (charging: boolean, level: number) => Object.assign(new EventTarget(), { charging, level });

  it('offers to pause a run that trains on it, until a person goes on or it is plugged in', async () => {
    const facts = computer(true, 1);
    const battery = new Battery();
    const stop = battery.watch({ getBattery: () => Promise.resolve(facts) });
    await settled();
    const change = (charging: boolean, level: number) => {
      Object.assign(facts, { charging, level });
      facts.dispatchEvent(new Event('chargingchange'));
    };
    expect(battery.offersPause('running')).toBe(false);
    change(false, 0.57);
    expect(battery.charge).toBe(0.57);
    expect(['running', 'paused', 'finished'].map((state) => battery.offersPause(state as 'running'))).toEqual([
      true,
      false,
      false,
    ]);
    battery.goOn();
    expect(battery.offersPause('running')).toBe(false);
    change(true, 0.5);
    change(false, 0.5);
    expect(battery.offersPause('running')).toBe(true);
    stop();
    change(true, 1);
    expect(battery.charge).toBe(0.5);
  });

  it('says nothing where the browser does not', async () => {
    const battery = new Battery();
    battery.watch({});
    battery.watch({ getBattery: () => Promise.reject(new Error('refused')) });
    await settled();
    expect(battery.offersPause('running')).toBe(false);
  });
});

describe('Monitor', () => {
  const answers = (epochs: number, steps: number) => ({
    'runs.get': () => run('r', { epoch: epochs }),
    'runs.epochs': () => Array.from({ length: epochs }, (_, i) => epochRow(i + 1)),
    'runs.steps': () => Array.from({ length: steps }, (_, i) => ({ ...stepRow(i + 1), lossMin: -0.6, lossMax: -0.4 })),
    'runs.strip': () => [],
  });

  it('opened in the middle shows the whole run, then follows', async () => {
    const fake = fakeClient(answers(5, 50));
    const monitor = new Monitor(fake.client);
    const close = monitor.open('r');
    await settled();
    expect(monitor.curves.get('loss')).toHaveLength(50);
    expect(monitor.curves.get('rank.backbone').map(({ step }) => step)).toEqual([0, 10, 20, 30, 40, 50]); // from the untrained network on
    fake.send({ name: 'steps', runId: 'r', steps: [stepRow(51), { ...stepRow(52), loss: -0.7 }] });
    fake.send({ name: 'epoch', runId: 'r', metrics: epochRow(6) });
    fake.send({ name: 'steps', runId: 'other', steps: [stepRow(99)] });
    await settled();
    expect(monitor.curves.get('loss').at(-1)!.step).toBe(52);
    // one loss has one value: that of the last epoch, as the tables have it, and not of the last step
    expect(monitor.curves.get('loss').at(-1)!.last).toBe(-0.7);
    expect(monitor.curves.newest('loss')).toBe(epochRow(6).loss);
    expect(monitor.curves.get('agreement').at(-1)!.epoch).toBe(6);
    close();
    fake.send({ name: 'epoch', runId: 'r', metrics: epochRow(7) });
    await settled();
    expect(monitor.curves.get('agreement').at(-1)!.epoch).toBe(6);
  });

  it('loses nothing that comes while the history is on its way, and counts nothing twice', async () => {
    const fake = fakeClient(answers(3, 30));
    const monitor = new Monitor(fake.client);
    monitor.open('r');
    fake.send({ name: 'epoch', runId: 'r', metrics: epochRow(3) });
    fake.send({ name: 'epoch', runId: 'r', metrics: epochRow(4) });
    await settled();
    expect(monitor.curves.get('knn').map(({ step }) => step)).toEqual([0, 10, 20, 30, 40]);
  });

  it('asks for the whole again after the connection was lost', async () => {
    let epochs = 2;
    const fake = fakeClient({
      ...answers(0, 0),
      'runs.epochs': () => Array.from({ length: epochs }, (_, i) => epochRow(i + 1)),
      'runs.get': () => run('r', { epoch: epochs }),
    });
    const monitor = new Monitor(fake.client);
    monitor.open('r');
    await settled();
    epochs = 9; // trained on meanwhile
    fake.reconnect();
    await settled();
    expect(monitor.curves.get('agreement').at(-1)!.epoch).toBe(9);
    expect(monitor.curves.get('knn')).toHaveLength(10);
  });

  it('goes back with a run that goes on from an earlier checkpoint', async () => {
    let last = 60;
    const fake = fakeClient({
      ...answers(0, 0),
      'runs.steps': () => Array.from({ length: last }, (_, i) => ({ ...stepRow(i + 1), lossMin: -0.6, lossMax: -0.4 })),
    });
    const monitor = new Monitor(fake.client);
    monitor.open('r');
    await settled();
    expect(monitor.curves.get('loss').at(-1)!.step).toBe(60);
    last = 40; // killed at 60, its last checkpoint is of step 40
    fake.send({
      name: 'started',
      runId: 'r',
      device: 'cpu',
      images: 100,
      skipped: [],
      config: parseConfig({}),
      estimate: { seconds: 1, memoryBytes: 1, diskBytes: 1, epochs: 10, stepsPerEpoch: 10, basis: 'predicted' },
      startStep: 40,
      notice: null,
      baselines: null,
    });
    fake.send({ name: 'steps', runId: 'r', steps: [stepRow(41)] });
    await settled();
    expect(monitor.curves.get('loss').map(({ step }) => step)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
  });

  it('shows the run that was opened last, whichever history arrives first', async () => {
    const late: (() => void)[] = [];
    const fake = fakeClient({
      ...answers(0, 0),
      'runs.get': ({ runId }) => run(runId, { epoch: 0 }),
      'runs.steps': ({ runId }) => {
        const rows = Array.from({ length: runId === 'slow' ? 7 : 3 }, (_, i) => ({
          ...stepRow(i + 1),
          lossMin: -0.6,
          lossMax: -0.4,
        }));
        return runId === 'slow' ? new Promise((resolve) => late.push(() => resolve(rows))) : rows;
      },
    });
    const monitor = new Monitor(fake.client);
    const close = monitor.open('slow');
    await settled();
    close();
    monitor.open('quick');
    await settled();
    late.forEach((arrive) => arrive());
    await settled();
    expect(monitor.run!.id).toBe('quick');
    expect(monitor.curves.get('loss')).toHaveLength(3);
  });

  it('holds no more after 20,000 events than after 2,000', async () => {
    const fake = fakeClient(answers(0, 0));
    const monitor = new Monitor(fake.client);
    monitor.open('r');
    await settled();
    const held = () =>
      (['loss', 'zStdTraining', 'learningRate', 'knn'] as const).reduce(
        (sum, name) => sum + monitor.curves.get(name).length,
        0,
      );
    for (let step = 1; step <= 2000; step++) fake.send({ name: 'steps', runId: 'r', steps: [stepRow(step)] });
    await settled();
    const early = held();
    for (let step = 2001; step <= 22_000; step++) fake.send({ name: 'steps', runId: 'r', steps: [stepRow(step)] });
    await settled(200);
    expect(monitor.curves.get('loss').at(-1)!.step).toBe(22_000);
    expect(early).toBeGreaterThan(1000);
    expect(held()).toBeLessThanOrEqual(3 * 1000);
  });
});

describe('Photos', () => {
  it('reads pages as they are needed and keeps a bounded number of them', async () => {
    const offsets: number[] = [];
    const photos = new Photos(async (offset, limit) => {
      offsets.push(offset);
      return { total: 50_000, images: Array.from({ length: limit }, (_, i) => image(offset + i)) };
    });
    await photos.reload();
    expect(photos.total).toBe(50_000);
    expect(photos.at(199)!.id).toBe('i199');
    expect(photos.at(25_000)).toBeUndefined();
    photos.need(25_000, 25_300);
    photos.need(25_000, 25_300); // asked twice while on its way: read once
    await settled();
    expect(photos.at(25_250)!.id).toBe('i25250');
    expect(offsets).toEqual([0, 25_000, 25_200]);
    for (let first = 0; first < 50_000; first += pageSize) {
      photos.need(first, first);
      await settled(0);
    }
    let kept = 0;
    for (let index = 0; index < 50_000; index += pageSize) if (photos.at(index)) kept++;
    expect(kept).toBe(24);
    expect(photos.at(49_999)).toBeDefined();
  });

  it('keeps what the grid asked for while the list was read again', async () => {
    let release = () => {};
    let slow = Promise.resolve();
    const photos = new Photos(async (offset, limit) => {
      if (offset === 0) await slow;
      return { total: 50_000, images: Array.from({ length: limit }, (_, i) => image(offset + i)) };
    });
    await photos.reload();
    photos.need(10_000, 10_000);
    await settled();
    slow = new Promise<void>((resolve) => (release = resolve));
    const reloaded = photos.reload();
    photos.need(40_000, 40_000);
    await settled();
    release();
    await reloaded;
    expect(photos.at(40_000)?.id).toBe('i40000');
    expect(photos.at(10_000)).toBeUndefined(); // of the list as it was
  });

  it('drops the answer of a filter that was left', async () => {
    let release!: () => void;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const photos = new Photos(async () => (await slow, { total: 1, images: [image(1)] }));
    const first = photos.reload();
    await photos.open(async () => ({ total: 2, images: [image(7), image(8)] }));
    release();
    await first;
    expect(photos.total).toBe(2);
    expect(photos.at(0)!.id).toBe('i7');
  });
});

describe('NewRun', () => {
  const estimate = {
    seconds: 60,
    memoryBytes: 1e9,
    diskBytes: 1e8,
    epochs: 10,
    stepsPerEpoch: 5,
    basis: 'predicted' as const,
  };
  const planner = (params: { patch: Record<string, unknown> }) => {
    const batchSize = Number((params.patch.batchSize as number | undefined) ?? 64);
    return {
      config: parseConfig({ batchSize }),
      estimate,
      notes: [],
      refusals:
        batchSize > 100
          ? [refusal('batchSize', 50, reason('cannot-start.batch', { batchSize, images: 100, suggestion: 50 }))]
          : [],
    };
  };

  it('refuses to start what the plan refuses, and one click mends it', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    expect(form.canStart).toBe(false);
    await settled(60);
    expect(form.canStart).toBe(true);
    form.set('batchSize', 4096);
    await settled(260);
    expect(form.canStart).toBe(false);
    expect(form.refusalOf('batchSize')!.suggestion).toBe(50);
    form.fix(form.plan!.refusals[0]!);
    await settled(260);
    expect(form.value('batchSize')).toBe(50);
    expect(form.canStart).toBe(true);
  });

  it('does not lose a start that comes while it is planned anew', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    await settled(60);
    const created: unknown[] = [];
    const create = (params: unknown) => (created.push(params), Promise.resolve(run('r')));
    form.setText('batchSize', '32'); // the field is left by pressing the button
    expect(form.canStart).toBe(true);
    expect(await form.start(create)).toMatchObject({ id: 'r' });
    expect(created).toMatchObject([{ patch: { batchSize: 32 } }]);
    form.setText('batchSize', '4096');
    expect(await form.start(create)).toBeNull(); // refused by the plan that it waited for
    expect(created).toHaveLength(1);
  });

  it('unmarks a setting that is put back to what the preset has', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.choose('d');
    await settled(60);
    const before = form.value('batchSize') as number;
    form.set('batchSize', before / 2);
    expect(form.isChanged('batchSize')).toBe(true);
    form.set('batchSize', before);
    expect(form.isChanged('batchSize')).toBe(false);
    expect(form.patch).toEqual({});
  });

  it('has either epochs or minutes', async () => {
    const { client } = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(client);
    form.set('minutes', 5);
    expect(form.patch).toEqual({ minutes: 5, epochs: null });
    form.set('epochs', 20);
    expect(form.patch).toEqual({ minutes: null, epochs: 20 });
    form.set('epochs', undefined);
    expect(form.patch).toEqual({});
  });

  it('clones a run with the change that was advised', async () => {
    const fake = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(fake.client);
    form.cloneOf(run('r', { config: parseConfig({ batchSize: 32, epochs: 7 }) }), {
      'optimizer.baseLearningRate': 0.02,
    });
    await settled(60);
    const planned = fake.calls.filter(([method]) => method === 'runs.plan').map(([, params]) => params);
    expect(planned).toContainEqual({
      datasetId: 'd',
      preset: null,
      patch: { batchSize: 32, epochs: 7, optimizer: { baseLearningRate: 0.02 } },
    });
    expect(form.clonedFrom).toBe('r');
  });

  it('takes over what a trial ended in, over the preset it is of', async () => {
    const fake = fakeClient({ 'runs.plan': planner, 'library.previewViews': () => [] });
    const form = new NewRun(fake.client);
    form.preset = 'thorough';
    form.take('d', { 'backbone.init': 'rendered', epochs: 1, minutes: null });
    await settled(60);
    expect(fake.calls.filter(([method]) => method === 'runs.plan').map(([, params]) => params)).toContainEqual({
      datasetId: 'd',
      preset: 'quick',
      patch: { backbone: { init: 'rendered' }, epochs: 1, minutes: null },
    });
  });

  it('says beside the field what a setting may be, in both languages', async () => {
    const refused = (patch: object) => {
      try {
        parseConfig(patch);
      } catch (error) {
        return error as Error;
      }
      throw new Error('not refused');
    };
    const form = new NewRun(
      fakeClient({
        'runs.plan': ({ patch }) => {
          throw refused(patch);
        },
      }).client,
    );
    form.choose('d');
    form.set('batchSize', 1_000_000);
    await settled(300);
    expect(form.isWrong('batchSize')).toBe(true);
    expect(form.isWrong('epochs')).toBe(false);
    const i18n = new I18n();
    const limit = '4096';
    expect(i18n.error(form.problemOf('batchSize'))).toContain(limit);
    i18n.language = 'zh-CN';
    expect(i18n.error(form.problemOf('batchSize'))).toMatch(new RegExp(`\\p{Script=Han}.*${limit}`, 'u'));
    expect(form.problemOf('epochs')).toBeNull();
    form.close();
  });

  it('suggests a longer preset for more photos', () => {
    expect([500, 10_000, 50_000].map(suggestedPreset)).toEqual(['quick', 'balanced', 'thorough']);
  });
});

describe('Explore', () => {
  /** `check` is asked before each answer of what can be tried again. */
  const make = (check: (method: string) => void = () => {}) => {
    const fake = fakeClient({
      'explore.embed': () => (check('explore.embed'), task('done', { resultId: 's' })),
      'explore.startUmap': () => task('done', { kind: 'umap' }),
      'explore.sets': () => (check('explore.sets'), [embeddingSet('s', 50)]),
      'explore.map': () => (
        check('explore.map'),
        {
          imageIds: IdList.of(['a', 'b']).bytes,
          positions: Float32Array.of(0, 0, 1, 1),
          labels: Int32Array.of(0, 0),
          classes: ['x'],
          clusters: Int32Array.of(0, 0),
        }
      ),
      'explore.neighbours': ({ imageId }) => ({
        neighbours: [
          { imageId: `${imageId}1`, similarity: 0.3, closer: 0.998 },
          { imageId: `${imageId}2`, similarity: 0.2, closer: 0.4 },
        ],
        milliseconds: 1,
        rank: 0.5,
      }),
      'photos.ids': () => IdList.of(['b', 'not embedded']).bytes,
      'explore.query': () => ({
        neighbours: [{ imageId: 'q1', similarity: 0.8, closer: 0.9 }],
        milliseconds: 2,
        rank: 0.004,
      }),
    });
    return { fake, explore: new Explore(fake.client, new Tasks(fake.client)) };
  };

  it('walks three photos deep and back by the trail', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    for (const id of ['a', 'a1', 'a11']) await explore.openPhoto(id);
    expect(explore.trail.map((query) => (query.kind === 'photo' ? query.imageId : ''))).toEqual(['a', 'a1', 'a11']);
    expect(explore.neighbours[0]!.imageId).toBe('a111');
    await explore.back(0);
    expect(explore.trail).toHaveLength(1);
    expect(explore.neighbours[0]!.imageId).toBe('a1');
    await explore.back(-1);
    expect([explore.mode, explore.neighbours.length]).toEqual(['all', 0]);
  });

  it('lists what is found by name, label, tag or keyword and is in the embedding; of nothing, all', async () => {
    const { explore, fake } = make();
    await explore.loadSets();
    await explore.open('s');
    await explore.searchFor('  heron ');
    expect(fake.calls.at(-1)).toEqual(['photos.ids', { datasetId: explore.set!.datasetId, search: 'heron' }]);
    expect([explore.mode, explore.count, explore.at(0)!.imageId]).toEqual(['search', 1, 'b']);
    expect([...explore.marked]).toEqual(['b']);
    await explore.searchFor(' ');
    expect([explore.mode, explore.count]).toEqual(['all', 2]);
  });

  it('shows what is similar enough, and takes an image of any kind', async () => {
    const { explore, fake } = make();
    await explore.loadSets();
    await explore.open('s');
    await explore.openPhoto('a');
    explore.leastCloser = 0.5;
    expect(explore.shown.map(({ imageId }) => imageId)).toEqual(['a1']);
    expect(explore.unlike).toBeNull();
    await explore.openImage({ name: 'drop.png', url: 'blob:x', base64: 'AAAA' });
    expect(fake.calls.at(-1)).toEqual(['explore.query', { embeddingSetId: 's', image: 'AAAA', k: 50 }]);
    expect(explore.trail).toHaveLength(2);
    expect(explore.unlike).toBe(0.004); // like nothing here, whatever its cosine
  });

  it('names a group by the label that more than half of it has, and more of it than of all photos', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    expect(explore.majority(['a', 'b'])).toBeNull(); // as every photo here
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const map = { ...explore.map!, classes: ['x', 'y'], labels: Int32Array.of(0, 0, 1, 1, 1, 1) };
    const named = (of: string[]) => majorityOf({ ...map, imageIds: IdList.of(ids) }, of);
    expect(named(['a', 'b', 'unknown'])).toEqual({ name: 'x', share: 2 / 3 });
    expect(named(['unknown'])).toBeNull();
    expect(named(['a', 'unknown'])).toBeNull(); // half is not most
    expect(named(['a', 'c', 'd'])).toBeNull(); // two thirds, as of all
    expect(named(['c', 'd', 'e'])).toEqual({ name: 'y', share: 1 });
  });

  it('says why embedding failed until photos are opened', async () => {
    const { explore } = make((method) => {
      if (method === 'explore.embed') throw new Error('no memory');
    });
    await explore.embed('r', null);
    expect(explore.failure).not.toBeNull();
    await explore.loadSets();
    await explore.open('s');
    expect(explore.failure).toBeNull();
    expect([...explore.map!.imageIds]).toEqual(['a', 'b']);
  });

  it('tries again what failed and no more: embedding, reading what was made, the map of the layout asked for', async () => {
    const failing = new Set(['explore.embed', 'explore.sets', 'explore.map']);
    const { explore, fake } = make((method) => {
      if (failing.delete(method)) throw new Error(method);
    });
    const failed = () => (explore.failure?.error as Error | undefined)?.message;
    const asked = () => fake.calls.splice(0).map(([method]) => method);
    await explore.embed('r', null);
    expect([failed(), asked()]).toEqual(['explore.embed', ['explore.embed']]);
    await explore.failure!.retry();
    expect([failed(), asked()]).toEqual(['explore.sets', ['explore.embed', 'explore.sets']]);
    await explore.failure!.retry();
    expect([failed(), asked()]).toEqual([undefined, ['explore.sets']]);
    await explore.open('s'); // as the place does
    expect([failed(), asked()]).toEqual(['explore.map', ['explore.map']]);
    expect([explore.map, explore.loading]).toEqual([null, false]);
    await explore.failure!.retry();
    expect([failed(), asked()]).toEqual([undefined, ['explore.map']]);
    expect([...explore.map!.imageIds]).toEqual(['a', 'b']);
    failing.add('explore.map');
    await explore.useLayout('umap');
    expect([failed(), explore.layout, explore.map === null]).toEqual(['explore.map', 'pca', false]);
    await explore.failure!.retry();
    expect([failed(), explore.layout]).toEqual([undefined, 'umap']);
  });

  it('says nothing of a map that failed after another was opened', async () => {
    const { explore } = make((method) => {
      if (method === 'explore.map') throw new Error('too late');
    });
    await explore.loadSets();
    const first = explore.open('s');
    void explore.open('elsewhere');
    await first;
    expect(explore.failure).toBeNull();
  });

  it('shows nothing of the old choice under the name of a new one, however long that is embedded', async () => {
    const { explore } = make();
    await explore.loadSets();
    await explore.open('s');
    const asked = explore.openPhoto('a'); // its answer comes too late
    await explore.open(null); // another checkpoint, which has no embedding
    await explore.embed('r', 'other');
    await asked;
    expect([explore.set, explore.map, explore.neighbours, explore.count]).toEqual([null, null, [], 0]);
    expect([explore.mode, explore.busy]).toEqual(['all', false]);
  });

  it('selects with the lasso and lets go', async () => {
    const { explore } = make();
    explore.select(['a', 'b']);
    expect(explore.mode).toBe('selection');
    explore.select([]);
    expect(explore.mode).toBe('all');
  });
});

const task = (state: Task['state'], more: Partial<Task> = {}): Task => ({
  id: 't',
  kind: 'embed',
  state,
  progress: 0,
  etaSeconds: null,
  ...said(reason('doing.ready')),
  notice: null,
  error: null,
  resultId: null,
  ...more,
});

describe('Tasks', () => {
  it('gives the result of a task that ends, also when the end came first', async () => {
    const fake = fakeClient({});
    const tasks = new Tasks(fake.client);
    tasks.listen();
    const finished = tasks.finish(task('running'));
    fake.send({ name: 'task', task: task('done', { resultId: 'x' }) });
    expect(await finished).toBe('x');
    expect(await tasks.finish(task('running'))).toBe('x');
  });

  it('fails as the work failed', async () => {
    const tasks = new Tasks(fakeClient({}).client);
    const finished = tasks.finish(task('running'));
    tasks.put(task('failed', { error: { name: 'AppError', message: 'disk full', code: 'disk-full' } }));
    await expect(finished).rejects.toMatchObject({ code: 'disk-full' });
  });

  it('ends for who waits when the application was started anew and knows it no more', async () => {
    const tasks = new Tasks(fakeClient({ 'tasks.list': () => [] }).client);
    const finished = tasks.finish(task('running'));
    await Promise.all([expect(finished).rejects.toMatchObject({ code: 'cancelled' }), tasks.load()]);
    expect(tasks.running).toEqual([]);
  });
});

describe('Records', () => {
  const kept: Evaluation[] = [];
  const page = () => {
    const fake = fakeClient({
      'evaluate.list': () => [...kept],
      'tasks.list': () => [task('running', { kind: 'evaluate' })],
    });
    const tasks = new Tasks(fake.client);
    tasks.listen();
    return { fake, tasks, evaluate: new Evaluate(fake.client, tasks) };
  };

  it('of a page that is opened in the middle follow the work and show what it made', async () => {
    kept.length = 0;
    const { fake, tasks, evaluate } = page();
    const stop = evaluate.listen();
    await tasks.load();
    await evaluate.load();
    expect(evaluate.work.task?.state).toBe('running');
    kept.push({ id: 'made', createdAt: 1 } as Evaluation);
    fake.send({ name: 'task', task: task('done', { kind: 'evaluate', resultId: 'made' }) });
    await settled();
    expect(evaluate.work.task).toBeUndefined();
    expect(evaluate.list.map(({ id }) => id)).toEqual(['made']);
    expect(evaluate.open?.id).toBe('made');
    stop();
  });
});

describe('PhotoNames', () => {
  it('asks for many names at once, each once, and gives them to who asked', async () => {
    const fake = fakeClient({
      'library.names': ({ imageIds }) => imageIds.map((id) => (id === 'x' ? null : `${id}.jpg`)),
    });
    const names = new PhotoNames(fake.client);
    for (const id of ['a', 'b', 'a', 'x']) expect(names.get(id)).toBeUndefined();
    await settled(60);
    expect(['a', 'b', 'x'].map(names.get)).toEqual(['a.jpg', 'b.jpg', '']);
    await settled(60);
    expect(fake.calls).toEqual([['library.names', { imageIds: ['a', 'b', 'x'] }]]);
  });
});

describe('RunChoice', () => {
  const verdict = (name: 'healthy' | 'collapsed') =>
    ({ verdict: name, key: name, sentence: '', values: {}, advice: [] }) as never;
  const experiment = { experimentId: 'e', study: 'predictor', armId: 'a', seed: 0 } as const;
  const list = [
    run('arm', { epoch: 3, experiment, judgement: verdict('healthy') }),
    run('fallen', { epoch: 3, judgement: verdict('collapsed') }),
    run('new', { epoch: 3, judgement: verdict('healthy') }),
    run('old', { epoch: 3 }),
    run('empty', { epoch: 0 }),
  ];
  const choices = (runs: ReturnType<typeof run>[]) => {
    const kept = new Map<string, string>();
    const memory = new Memory({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    });
    const state = new Runs(fakeClient({}).client);
    state.list = runs;
    return (query: Record<string, string> = {}) =>
      new RunChoice({ runs: state, memory, router: { route: { place: 'explore', id: null, query } } as never });
  };

  it('is the newest that came to something, then the one used last', () => {
    const choose = choices(list);
    expect(choose().runId).toBe('new');
    choose().choose('old');
    expect(choose().runId).toBe('old');
    expect(choose({ run: 'new', checkpoint: 'c' })).toMatchObject({ runId: 'new', checkpointId: 'c' });
    expect(choose()).toMatchObject({ runId: 'new', checkpointId: null });
  });

  it('is an arm of the Lab or a fallen run only where it is asked for, or there is nothing else', () => {
    const choose = choices(list);
    expect(choose({ run: 'arm' }).runId).toBe('arm');
    expect(choose().runId).toBe('new');
    choose().choose('fallen');
    expect(choose().runId).toBe('new');
    expect(choices(list.slice(0, 2))().runId).toBe('fallen');
    expect(choices(list.slice(0, 1))().runId).toBe('arm');
    expect(choices([])().runId).toBeNull();
  });

  it('does without a memory, and without a run that is gone', () => {
    const broken = new Memory({
      getItem: () => {
        throw new Error('off');
      },
      setItem: () => {
        throw new Error('off');
      },
    });
    broken.set('lastRun', 'old');
    expect(broken.get('lastRun')).toBeNull();
    expect(choices(list)({ run: 'gone' }).runId).toBe('new');
  });
});

describe('what one left', () => {
  it('is what was cut off, the results and the folders of late, without the arms of the Lab', () => {
    const experiment = { experimentId: 'e', study: 'predictor', armId: 'a', seed: 0 } as const;
    const { interrupted, results, folders } = recent(
      [
        run('arm', { state: 'interrupted', epoch: 2, experiment, createdAt: 9 }),
        run('cut', { state: 'interrupted', epoch: 2, createdAt: 5, startedAt: null, datasetId: 'b' }),
        run('done', { state: 'finished', epoch: 3, endedAt: 8, datasetId: 'c' }),
        run('failed', { state: 'failed', epoch: 0 }),
      ],
      [dataset('a', { addedAt: 1 }), dataset('b', { addedAt: 2 }), dataset('c', { addedAt: 3 })],
    );
    expect(interrupted.map(({ id }) => id)).toEqual(['cut']);
    expect(results.map(({ id }) => id)).toEqual(['done', 'cut']);
    expect(folders.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });
});

describe('advice', () => {
  const advice = [
    { key: 'lastHealthy', text: '', patch: null },
    { key: 'learningRateDown', text: '', patch: { 'optimizer.baseLearningRate': 0.01 } },
  ];
  const fallen = (healthyCheckpointId: string | null) =>
    run('r', {
      healthyCheckpointId,
      judgement: { verdict: 'collapsed', key: 'collapsed', sentence: '', values: {}, advice },
    });

  it('goes back to the last healthy checkpoint, at a lower rate', () => {
    expect(advicePatch(fallen('c3'), 'lastHealthy')).toEqual({
      'backbone.init': 'run:r@c3',
      'optimizer.baseLearningRate': 0.01,
    });
    expect(weightsOfRun('run:r@c3')).toEqual({ runId: 'r', checkpointId: 'c3' });
    expect(weightsOfRun('run:r')).toEqual({ runId: 'r', checkpointId: null });
    expect(advicePatch(fallen(null), 'lastHealthy')).toEqual({});
    expect(advicePatch(fallen(null), 'learningRateDown')).toEqual({ 'optimizer.baseLearningRate': 0.01 });
  });
});

describe('App', () => {
  const start = (settings: object = {}, deleted: AppResult<'runs.deleted'> = []) => {
    const fake = fakeClient({
      'system.host': () => ({ kind: 'test', canReveal: false, canPickFolder: false, version: '0', offline: false }),
      'system.settings': () =>
        ({
          language: 'system',
          theme: 'system',
          device: 'auto',
          notifications: true,
          closeWhileTraining: 'ask',
          updates: false,
          ...settings,
        }) as never,
      'library.list': () => [dataset('a')],
      'runs.list': () => [],
      'tasks.list': () => [],
      'tags.list': () => [],
      'runs.deleted': () => deleted,
    });
    const app = new App({
      client: fake.client,
      desktop: null,
      languages: ['zh-Hans-CN', 'en'],
      address: { hash: '', replace: () => {}, onChange: () => () => {} },
    });
    app.start();
    fake.reconnect();
    return { fake, app };
  };

  it('says after a moment that nobody answers, claims nothing then, and goes on when somebody does', async () => {
    vi.useFakeTimers();
    try {
      const { fake, app } = start();
      await vi.advanceTimersByTimeAsync(10);
      fake.send({ name: 'run', run: run('r', { state: 'running' }) });
      fake.lose();
      await vi.advanceTimersByTimeAsync(500);
      expect([app.connected, app.isAway]).toEqual([false, false]); // a moment is nothing
      await vi.advanceTimersByTimeAsync(2000);
      expect(app.isAway).toBe(true);
      const calls = fake.calls.length;
      await app.togglePause(); // it would wait and pause whatever runs then
      fake.reconnect();
      await vi.advanceTimersByTimeAsync(10);
      expect(app.isAway).toBe(false);
      expect(fake.calls.slice(calls).map(([method]) => method)).not.toContain('runs.pause');
    } finally {
      vi.useRealTimers();
    }
  });

  it('offers to take a deletion back after a reload', async () => {
    const { app } = start({}, [{ run: run('r', { name: 'Birds' }), seconds: 12 }]);
    await settled();
    expect(app.toasts.list).toMatchObject([{ kind: 'info' }]);
    expect(app.toasts.list[0]!.text).toContain('Birds');
    expect(app.toasts.list[0]!.action).not.toBeNull();
  });

  it('knows when its browser was shut out', () => {
    const { app } = start();
    app.enter('b1');
    expect([app.isAway, app.browserId]).toEqual([false, 'b1']);
    app.enter(null);
    expect([app.isAway, app.browserId]).toEqual([true, null]);
  });

  it('loads, follows events of other pages, and loads again when it reconnects', async () => {
    const { fake, app } = start();
    await settled();
    expect(app.ready).toBe(true);
    fake.send({ name: 'dataset', dataset: dataset('b') });
    fake.send({ name: 'run', run: run('r') });
    await settled();
    expect(app.library.datasets.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(app.runs.active!.id).toBe('r');
    fake.send({ name: 'runRemoved', runId: 'r' });
    fake.send({ name: 'datasetRemoved', datasetId: 'b' });
    await settled();
    expect([app.runs.list.length, app.library.datasets.length]).toEqual([0, 1]);
  });

  it('speaks the language of the system, or the one that was chosen', async () => {
    const { fake, app } = start();
    await settled();
    expect(app.i18n.language).toBe('zh-CN');
    fake.send({ name: 'settings', settings: { ...app.settings, language: 'en' } });
    await settled();
    expect(app.i18n.language).toBe('en');
  });

  it('reports what fails as a notice, and a cancelled call not at all', async () => {
    const { app } = start();
    await settled();
    await app.attempt(() =>
      Promise.reject(new ContractError({ name: 'AppError', message: 'the folder is gone', code: 'bad-folder' })),
    );
    await app.attempt(() =>
      Promise.reject(new ContractError({ name: 'AbortError', message: 'cancelled', code: 'cancelled' })),
    );
    expect(app.toasts.list.map(({ text }) => text)).toEqual(['无法使用这个文件夹：the folder is gone。请选择另一个。']);
  });
});

describe('Toasts', () => {
  it('go after their time, stay while held, and are said once', () => {
    vi.useFakeTimers();
    const toasts = new Toasts();
    const id = toasts.show('info', 'done', { seconds: 5 });
    toasts.show('info', 'done', { seconds: 5 });
    expect(toasts.list).toHaveLength(1);
    const held = toasts.list[0]!.id;
    expect(held).not.toBe(id);
    toasts.hold(held);
    vi.advanceTimersByTime(60_000);
    expect(toasts.list).toHaveLength(1);
    toasts.release(held);
    vi.advanceTimersByTime(5_001);
    expect(toasts.list).toHaveLength(0);
    vi.useRealTimers();
  });
});

describe('I18n', () => {
  const i18n = new I18n();
  it('writes numbers as people read them', () => {
    expect(i18n.percent(0.3141)).toBe('31.4\u00a0%'); // as the command line and the reports write it
    expect(i18n.number(-0.95, 2)).toBe('−0.95');
    expect(i18n.figure(-0.95)).toBe('−0.95');
    expect([5, 65, 3700, 200_000].map(i18n.duration)).toEqual(['5 sec', '1 min 5 sec', '1 hr 1 min', '2 days']);
    expect([999, 1_500, 25_000_000].map(i18n.bytes)).toEqual(['999 bytes', '1.5 kB', '25 MB']);
    expect([0.0000123, 0.05, 1234].map(i18n.figure)).toEqual(['1.23E-5', '0.05', '1,230']);
    expect(i18n.figure(-0)).toBe('0');
  });

  it('words an error by its code where the catalogue can, else as the application did', () => {
    const error = new ContractError({ name: 'AppError', message: 'plain words', code: 'home-in-use' });
    expect(i18n.error(error)).toBe('Plain words');
    const chinese = new I18n();
    chinese.language = 'zh-CN';
    expect(chinese.error(error)).toContain('正被另一个 Lookalike 使用');
    expect(chinese.error(new KeyedError('bad-folder.missing', { folder: '/a' }))).toBe('没有文件夹 /a：请检查名称。');
  });

  it('words a refusal as the form does', () => {
    const chinese = new I18n();
    chinese.language = 'zh-CN';
    const { refusals } = planRun({
      config: parseConfig({}),
      images: 3,
      machine: {
        flopsPerSecond: null,
        threads: 2,
        device: 'cpu',
        freeMemoryBytes: 1e12,
        freeDiskBytes: 1e12,
        cacheBytes: 0,
      },
    });
    expect(chinese.refusal(refusals[0]!)).toBe('可用于训练的照片有 3 张：请添加至少 8 张（最好数百张）的文件夹。');
  });

  it('takes the first language of a person that it speaks', () => {
    expect(preferredLanguage(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(preferredLanguage(['fr'])).toBe('en');
  });
});

it('sortRuns puts the unknown last either way', () => {
  const runs = [run('a', { knn: 0.2 }), run('b'), run('c', { knn: 0.4 })];
  expect(sortRuns(runs, 'knn', true).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  expect(sortRuns(runs, 'knn', false).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
});

it('words the values of settings as the form does', () => {
  const i18n = new I18n();
  const worded = (path: string, value: unknown) => settingValue(i18n, path, value);
  expect(worded('stopGradient', false)).toBe('Off');
  expect(worded('backbone.name', 'resnet18')).toBe('ResNet-18');
  expect(worded('minutes', 0.5)).toBe('0.5 min');
  expect(worded('batchSize', 2048)).toBe('2048 photos');
  expect(worded('epochs', null)).toBe('—');
  i18n.language = 'zh-CN';
  expect(worded('stopGradient', true)).toBe('开');
});
