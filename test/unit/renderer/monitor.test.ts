/** What the Monitor holds of a run, and the battery that it trains on. Over the real wire with answers of the test: no DOM. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { Battery } from '../../../src-renderer/state/battery.svelte.ts';
import { Monitor } from '../../../src-renderer/state/monitor.svelte.ts';
import { epochMetrics as epochRow, runRecord as run } from '../../helpers/records.ts';
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
      skippedTotal: 0,
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
