/** How far a run is and what is left of it, as windows and terminals are told. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { appCalls } from '../../shared/contract.ts';
import { epochsOf } from '../../src-main/app/runs/describe.ts';
import { History } from '../../src-main/trainer/history.ts';

const step = (n: number) => ({
  step: n,
  epoch: n / 10,
  loss: -0.5,
  zStdTraining: 0.9,
  learningRate: 0.05,
  trainingSeconds: n,
  at: 0,
});

describe('the pace of a run', () => {
  it('is of its latest steps, and not of the one that warms up', () => {
    const history = new History(8, null, () => {});
    expect(history.secondsPerStep).toBeNull();
    history.addStep(step(1), 60, 0);
    expect(history.secondsPerStep).toBeNull();
    for (let n = 2; n <= 11; n++) history.addStep(step(n), 3, 0);
    expect(history.secondsPerStep).toBeCloseTo(3, 9);
    for (let n = 12; n <= 100; n++) history.addStep(step(n), 1, 0); // the machine has become free
    expect(history.secondsPerStep).toBeCloseTo(1, 9);
  });
});

describe('the epochs of a run', () => {
  const row = {
    steps: null,
    step: 0,
    epoch: 0,
    epochs: 8,
    images: 100,
    config: parseConfig({ batchSize: 10, minutes: 1 }),
  };

  it('are as planned before its steps are known, and the same from then on', () => {
    expect(epochsOf(row)).toBe(8);
    const known = { ...row, steps: 71 };
    for (const done of [0, 1, 37, 70, 71]) expect(epochsOf({ ...known, step: done, epoch: done / 10 })).toBe(7.1);
  });
});

describe('settings', () => {
  it('that are not named are left alone', () => {
    expect(appCalls['system.setSettings'].params.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
    expect(() => appCalls['system.setSettings'].params.parse({ theme: 'pink' })).toThrow();
    expect(() => appCalls['system.setSettings'].params.parse({ colour: 'pink' })).toThrow();
  });
});
