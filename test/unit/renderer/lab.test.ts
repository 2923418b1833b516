/** The Lab's state in the window: what may be started, what is followed, and curves of several runs. No DOM. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import type { LabPlan, LabRequest } from '../../../shared/contract.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { Comparison } from '../../../src-renderer/state/comparison.svelte.ts';
import { Lab, LabSetup, canResume } from '../../../src-renderer/state/lab.svelte.ts';
import { epochMetrics, experimentRecord, runRecord } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

const planOf = ({ study, minutes = 2, seeds = 1 }: Partial<LabRequest> & Pick<LabRequest, 'study'>): LabPlan => ({
  study,
  images: 100,
  epochs: Math.ceil(minutes * 10),
  measure: 'knn',
  split: 'leave-one-out',
  asked: 100,
  arms: [{ armId: 'with', config: parseConfig({}), steps: 100, seconds: 60 * minutes }],
  seconds: 60 * minutes * seeds,
  memoryBytes: 1e9,
  diskBytes: 1e8,
  basis: 'predicted',
  refusals: minutes < 1 ? [{ setting: 'minutes', message: 'too short', key: 'cannot-start', values: {} }] : [],
  notes: [],
});

describe('LabSetup', () => {
  it('cannot start before it is planned, or what the plan refuses, and says which', async () => {
    const setup = new LabSetup(fakeClient({ 'lab.plan': planOf }).client);
    expect(setup.hindrance).toBe('folder');
    setup.choose('stop-gradient', 'd');
    expect(setup.hindrance).toBe('planning');
    await settled(60);
    expect(setup.hindrance).toBeNull();
    expect(setup.plan!.epochs).toBe(20);
    setup.change({ minutes: 0.5 });
    await settled(320);
    expect(setup.hindrance).toBe('refused');
    setup.change({ minutes: 3 });
    await settled(320);
    setup.reading = true;
    expect(setup.hindrance).toBe('reading');
    setup.reading = false;
    expect(setup.hindrance).toBeNull();
  });

  it('asks for the whole that was chosen, and takes the last answer only', async () => {
    const fake = fakeClient({
      'lab.plan': async (request) => {
        await settled(request.minutes === 7 ? 80 : 5); // the earlier question is answered later
        return planOf(request);
      },
    });
    const setup = new LabSetup(fake.client);
    setup.choose('predictor', 'd');
    setup.minutes = 7;
    setup.replan(0);
    await settled(30);
    setup.change({ minutes: 4, seeds: 3, linear: true });
    setup.replan(0);
    await settled(150);
    expect(fake.calls.at(-1)).toEqual([
      'lab.plan',
      { study: 'predictor', datasetId: 'd', minutes: 4, seeds: 3, linear: true },
    ]);
    expect(setup.plan!.seconds).toBe(720);
    setup.choose('methods', 'd');
    expect(setup.plan).toBeNull(); // the other study's plan says nothing about this one
    setup.close();
  });

  it('keeps why it could not be planned, and starts nothing then', async () => {
    const setup = new LabSetup(fakeClient({}).client);
    setup.choose('methods', 'd');
    await settled(60);
    expect(setup.hindrance).toBe('failed');
    let started = 0;
    expect(await setup.start(async () => (started++, experimentRecord('x')))).toBeNull();
    expect(started).toBe(0);
  });

  it.each([
    [3, 'x'],
    [0.5, undefined],
  ])('does not lose the click that ends the typing of %f minutes: it waits for the plan', async (minutes, started) => {
    const setup = new LabSetup(fakeClient({ 'lab.plan': planOf }).client);
    setup.choose('stop-gradient', 'd');
    await settled(60);
    setup.change({ minutes });
    expect(setup.hindrance).toBeNull();
    const requests: LabRequest[] = [];
    const start = setup.start(async (request) => (requests.push(request), experimentRecord('x')));
    expect(setup.hindrance).toBe('starting');
    expect((await start)?.id).toBe(started);
    expect(requests.map((request) => request.minutes)).toEqual(started ? [minutes] : []);
    expect(setup.plan!.seconds).toBe(60 * minutes);
  });

  it('starts once, however often it is asked', async () => {
    const setup = new LabSetup(fakeClient({ 'lab.plan': planOf }).client);
    setup.choose('stop-gradient', 'd');
    await settled(60);
    const requests: unknown[] = [];
    const start = async (request: unknown) => {
      requests.push(request);
      await settled(20);
      return experimentRecord('x');
    };
    const [first, second] = await Promise.all([setup.start(start), setup.start(start)]);
    expect([first?.id, second]).toEqual(['x', null]);
    expect(requests).toEqual([{ study: 'stop-gradient', datasetId: 'd', minutes: 2, seeds: 1, linear: false }]);
  });
});

describe('Lab', () => {
  it('loads, follows the events of other windows, and loads again when it reconnects', async () => {
    let stored = [experimentRecord('a')];
    const fake = fakeClient({ 'lab.list': () => stored });
    const lab = new Lab(fake.client, new I18n());
    const close = lab.open();
    await settled();
    expect(lab.list.map(({ id }) => id)).toEqual(['a']);
    fake.send({ name: 'experiment', experiment: experimentRecord('b', { study: 'methods' }) });
    fake.send({ name: 'experiment', experiment: experimentRecord('a', { progress: 0.9 }) });
    await settled();
    expect(lab.list.map(({ id, progress }) => [id, progress])).toEqual([
      ['b', 0.75],
      ['a', 0.9],
    ]);
    fake.send({ name: 'experimentRemoved', experimentId: 'a' });
    await settled();
    expect(lab.get('a')).toBeUndefined();
    stored = [experimentRecord('c')];
    fake.reconnect();
    await settled();
    expect(lab.list.map(({ id }) => id)).toEqual(['c']);
    close();
    fake.send({ name: 'experiment', experiment: experimentRecord('d') });
    await settled();
    expect(lab.get('d')).toBeUndefined();
  });

  it('starts what was asked for, and shows it', async () => {
    const asked: unknown[] = [];
    const fake = fakeClient({ 'lab.start': (given) => (asked.push(given), experimentRecord('a')) });
    const request: LabRequest = { study: 'predictor', datasetId: 'd', minutes: 2, seeds: 1, linear: false };
    expect((await new Lab(fake.client, new I18n()).start(request)).id).toBe('a');
    expect(asked).toEqual([request]);
  });

  it('takes a deleted experiment out at once and tells what went with it', async () => {
    const fake = fakeClient({
      'lab.list': () => [experimentRecord('a')],
      'lab.delete': ({ runs }) => ({ runs: runs ? 2 : 0, bytes: runs ? 1000 : 0 }),
    });
    const lab = new Lab(fake.client, new I18n());
    const close = lab.open();
    await settled();
    expect(await lab.delete('a', true)).toEqual({ runs: 2, bytes: 1000 });
    expect(lab.list).toEqual([]);
    close();
  });

  it('knows what can go on', () => {
    const of = (state: 'running' | 'paused' | 'stopped' | 'finished') => experimentRecord('a', { state });
    expect([of('paused'), of('stopped'), of('running')].map(canResume)).toEqual([true, true, false]);
    const finished = of('finished');
    finished.cells = finished.cells.map((cell) => ({ ...cell, state: 'finished' }));
    expect(canResume(finished)).toBe(false);
    const failWith = (code: string) =>
      (finished.cells[1] = {
        ...finished.cells[1]!,
        state: 'failed',
        error: { name: 'Error', message: 'it failed', code },
      });
    failWith('disk-full');
    expect(canResume(finished)).toBe(true);
    failWith('non-finite-loss'); // a result of the study, not a mishap
    expect(canResume(finished)).toBe(false);
  });
});

describe('Comparison', () => {
  it('reads each run once, keeps the order asked for, and rereads the one that has news', async () => {
    const epochs = { r1: 3, r2: 2 };
    const fake = fakeClient({
      'runs.get': ({ runId }) => runRecord(runId),
      'runs.epochs': ({ runId }) => Array.from({ length: epochs[runId as 'r1'] }, (_, i) => epochMetrics(i + 1)),
      'runs.steps': () => [],
    });
    const comparison = new Comparison(fake.client);
    const close = comparison.listen();
    await comparison.show(['r1']);
    await comparison.show(['r2', 'r1']);
    expect(comparison.list.map(({ run }) => run.id)).toEqual(['r2', 'r1']);
    expect(fake.calls.filter(([method]) => method === 'runs.epochs')).toHaveLength(2);
    const before = comparison.version;
    epochs.r1 = 4;
    fake.send({ name: 'epoch', runId: 'r1', metrics: epochMetrics(4) });
    fake.send({ name: 'epoch', runId: 'other', metrics: epochMetrics(4) });
    await settled();
    expect(comparison.version).toBeGreaterThan(before);
    expect(comparison.list[1]!.curves.get('knn')).toHaveLength(5); // the untrained network's as well
    await comparison.show(['r2']);
    expect(comparison.list).toHaveLength(1);
    close();
  });

  it('shows what could be read, and says what could not', async () => {
    const fake = fakeClient({
      'runs.get': ({ runId }) => {
        if (runId === 'gone') throw new Error('the run was deleted');
        return runRecord(runId);
      },
      'runs.epochs': () => [epochMetrics(1)],
      'runs.steps': () => [],
    });
    const comparison = new Comparison(fake.client);
    await expect(comparison.show(['gone', 'r'])).rejects.toThrow('the run was deleted');
    expect(comparison.list.map(({ run }) => run.id)).toEqual(['r']);
  });
});
