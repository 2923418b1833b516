/** In which order a run does what it does: steps, probes, checkpoints, and what a pause, a stop and a verdict make of them. */
import { describe, expect, it } from 'vitest';
import { OutOfDeviceMemoryError } from '../../src-main/trainer/errors.ts';
import type { LoopInput } from '../../src-main/trainer/loop.ts';
import { createSchedule, extendSchedule } from '../../src-main/trainer/schedule.ts';
import { perEpoch, ran } from './loopDouble.ts';

const stepOf = (step: number) => [
  `batch ${Math.floor((step - 1) / perEpoch)}.${(step - 1) % perEpoch}`,
  `step ${step}`,
];
const stepsOf = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => stepOf(from + i)).flat();
const epochEnd = (step: number, name = 'probe') => [
  ...[`read ${step}`, 'look for infinite numbers', `${name} ${step}`, `row ${step}`, 'strip', 'verdict'],
  `save ${step} with its figures`,
];
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
/** All of a trace that is no step. */
const beside = (trace: string[]) => trace.filter((one) => !/^(batch|step)/.test(one));

describe('a run that nothing is asked of', () => {
  it('takes steps, and at the end of each epoch a probe, a row, a verdict and a checkpoint', async () => {
    const { result, trace, steps } = await ran({ epochs: 2 });
    expect(trace).toEqual([...stepsOf(1, 4), ...epochEnd(4), ...stepsOf(5, 8), ...epochEnd(8, 'last probe')]);
    expect(result).toMatchObject({ finished: true });
    expect(steps.map(({ step }) => step)).toEqual(upTo(8));
    expect(steps.map(({ epoch }) => epoch)).toEqual(upTo(8).map((step) => step / 4));
  });

  it('writes a checkpoint without figures where an epoch ends between two probes, and none where none is due', async () => {
    const { trace, saved } = await ran({ epochs: 4, patch: { probe: { everyEpochs: 2 } }, saves: [1] });
    expect(beside(trace)).toEqual([
      ...['read 4', 'save 4'],
      ...epochEnd(8).slice(0, -1),
      ...epochEnd(16, 'last probe'),
    ]);
    expect(saved[0]).toMatchObject({ sinceRow: { steps: 4 }, lastRow: null });
    expect(saved[1]).toMatchObject({ sinceRow: { steps: 0 }, lastRow: { step: 16 } });
  });

  it('reports each step once and in order where a device tells of several together', async () => {
    const { trace, steps, saved } = await ran({ epochs: 2, together: 3 });
    expect(steps.map(({ step, loss }) => [step, loss])).toEqual(upTo(8).map((step) => [step, -0.01 * step]));
    expect(beside(trace)).toEqual([...epochEnd(4), ...epochEnd(8, 'last probe')]);
    expect(saved.map(({ sinceRow }) => sinceRow.steps)).toEqual([0, 0]);
  });

  it('says once, after its first row, how long a step took', async () => {
    const { measured } = await ran({ epochs: 3 });
    expect(measured).toHaveLength(1);
  });
});

describe('a pause', () => {
  it('writes a checkpoint after the step and goes on with the next', async () => {
    const { trace, result } = await ran({ epochs: 2, asked: { 2: 'pause' }, whilePaused: 'resume' });
    expect(trace.slice(0, 12)).toEqual([...stepsOf(1, 2), 'read 2', 'save 2', 'paused', 'resumed', ...stepsOf(3, 4)]);
    expect(result).toMatchObject({ finished: true });
  });

  it('writes none where the step had one', async () => {
    const { trace } = await ran({ epochs: 2, asked: { 4: 'pause' }, whilePaused: 'resume' });
    expect(trace.slice(8, 18)).toEqual([...epochEnd(4), 'paused', 'resumed', 'batch 1.0']);
  });

  it('that ends in a stop ends the run, which has its checkpoint already', async () => {
    const { trace, result, steps } = await ran({ asked: { 2: 'pause' }, whilePaused: 'stop', together: 8 });
    expect(trace).toEqual([...stepsOf(1, 2), 'read 2', 'save 2', 'paused']);
    expect(result).toMatchObject({ finished: false });
    expect(steps.map(({ step }) => step)).toEqual([1, 2]);
  });

  it('in the last step is passed over: there is nothing left to wait with', async () => {
    const { trace, result } = await ran({ epochs: 1, asked: { 4: 'pause' } });
    expect(trace).toEqual([...stepsOf(1, 4), ...epochEnd(4, 'last probe')]);
    expect(result).toMatchObject({ finished: true });
  });
});

describe('a stop', () => {
  it('writes a checkpoint after the step and ends the run', async () => {
    const { trace, result, steps, saved } = await ran({ asked: { 6: 'stop' }, together: 8 });
    expect(trace.slice(-4)).toEqual([...stepsOf(6, 6), 'read 6', 'save 6']);
    expect(result).toMatchObject({ finished: false });
    expect(steps.map(({ step }) => step)).toEqual(upTo(6));
    expect(saved.at(-1)).toMatchObject({ step: 6, sinceRow: { steps: 2 }, lastRow: { step: 4 } });
  });

  it('at a step that had its checkpoint writes no other', async () => {
    const { trace } = await ran({ asked: { 4: 'stop' } });
    expect(trace).toEqual([...stepsOf(1, 4), ...epochEnd(4)]);
  });

  it('in the last step changes nothing', async () => {
    expect((await ran({ epochs: 1, asked: { 4: 'stop' } })).result).toMatchObject({ finished: true });
  });
});

describe('a run that begins with known weights', () => {
  const init = { patch: { backbone: { init: 'known.pth' } }, epochs: 16 };

  it('ends at the verdict that they have become worse, without a checkpoint of that', async () => {
    const { trace, result, verdicts } = await ran({ ...init, figures: () => ({ agreement: 0.1 }) });
    expect(verdicts.at(-1)).toBe('worseThanStart');
    expect(verdicts.filter((verdict) => verdict === 'worseThanStart')).toHaveLength(1);
    expect(trace.slice(-6)).toEqual(epochEnd(32).slice(0, -1));
    expect(result).toMatchObject({ finished: false });
  });

  it('goes on where they have not', async () => {
    const { result, verdicts } = await ran({ ...init, figures: () => ({ agreement: 0.9 }) });
    expect(verdicts).not.toContain('worseThanStart');
    expect(result).toMatchObject({ finished: true });
  });
});

describe('what a run is compared with', () => {
  it('is told after the step beside which it became known', async () => {
    const { trace } = await ran({ epochs: 1, restAt: 2 });
    expect(trace).toEqual([
      ...[...stepsOf(1, 2), 'measure the rest', 'compared', ...stepsOf(3, 4)],
      ...epochEnd(4, 'last probe'),
    ]);
  });

  it('is waited for before the first verdict', async () => {
    const { trace } = await ran({ epochs: 1, restAt: Infinity });
    expect(trace.slice(8, 14)).toEqual([
      ...['read 4', 'look for infinite numbers', 'measure the rest', 'compared', 'last probe 4', 'row 4'],
    ]);
  });
});

describe('a run that goes on', () => {
  const sinceRow = { steps: 1, loss: -0.5, lossMin: -0.5, lossMax: -0.5, zStd: 1 };
  const resumed = { step: 5, trainingSeconds: 100, sinceRow, lastRow: null } as unknown as LoopInput['resumed'];

  it('begins at its step, with the sums and the seconds of its checkpoint', async () => {
    const { trace, reports, steps } = await ran({ epochs: 2, more: { resumed } });
    expect(trace).toEqual([...stepsOf(6, 8), ...epochEnd(8, 'last probe')]);
    const row = reports.find((one) => one.type === 'epoch')!.metrics;
    expect(row.loss).toBeCloseTo((-0.5 - 0.06 - 0.07 - 0.08) / 4);
    expect(row.trainingSeconds).toBeGreaterThanOrEqual(100);
    expect(steps[0]!.trainingSeconds).toBeGreaterThanOrEqual(100);
  });

  it('has an end of its own where it was extended, and another rate up to it', async () => {
    const extended = (config: LoopInput['config']) => extendSchedule(createSchedule(config, perEpoch, 8), 1);
    const at = { ...resumed!, step: 8 };
    const { trace, steps, result } = await ran({ epochs: 2, schedule: extended, more: { resumed: at } });
    expect(trace).toEqual([...stepsOf(9, 12), ...epochEnd(12, 'last probe')]);
    const rates = steps.map(({ learningRate }) => learningRate);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    expect(result).toMatchObject({ finished: true });
  });

  it('with no step left is finished at once', async () => {
    const { trace, result } = await ran({ epochs: 2, more: { resumed: { ...resumed!, step: 8 } } });
    expect(trace).toEqual([]);
    expect(result).toMatchObject({ finished: true, trainingSeconds: expect.closeTo(100, 0) as number });
  });

  it('counts steps that were done to time it as its first', async () => {
    const begun = [0.1, 0.2].map((loss) => ({ loss, zStd: 1, learningRate: 1, at: 0, seconds: 3, waited: 0 }));
    const { trace, steps, result } = await ran({ epochs: 1, more: { begun } });
    expect(trace).toEqual([...stepsOf(3, 4), ...epochEnd(4, 'last probe')]);
    expect(steps.slice(0, 2)).toMatchObject([
      { step: 1, loss: 0.1, trainingSeconds: 0 },
      { step: 2, loss: 0.2, trainingSeconds: 3 },
    ]);
    expect((result as { trainingSeconds: number }).trainingSeconds).toBeGreaterThanOrEqual(6);
  });
});

describe('a step that fails', () => {
  it('ends the run where its loss is no number, and is told to nobody', async () => {
    const { result, steps, trace } = await ran({ loss: (step) => (step === 3 ? NaN : -step), together: 4 });
    expect(result).toMatchObject({ message: 'the loss of step 3' });
    expect(steps.filter(({ step }) => step >= 3)).toEqual([]);
    expect(trace).toEqual(stepsOf(1, 4));
  });

  it('says how many went well before a device ran out of memory', async () => {
    const error = new OutOfDeviceMemoryError('webgpu', 8, 'no memory');
    const { result, steps } = await ran({ failing: { 4: error } });
    expect(result).toBe(error);
    expect(error.details['steps']).toBe(3);
    expect(steps.map(({ step }) => step)).toEqual(upTo(3));
  });
});
