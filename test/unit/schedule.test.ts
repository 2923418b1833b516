/** The learning rate of each step, the steps in a budget, and epochs of another length. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import {
  beginAlike,
  createSchedule,
  earlyLooks,
  endlessSchedule,
  epochAt,
  extendSchedule,
  learningRatesAt,
  placeAt,
  repaced,
  totalSteps,
} from '../../src-main/trainer/schedule.ts';
import { isMeasured, scheduleInBudget, stepsInBudget } from '../../src-main/trainer/budget.ts';
import { median } from '../../shared/numbers.ts';

const config = (patch = {}) => parseConfig({ batchSize: 256, optimizer: { baseLearningRate: 0.1 }, ...patch });

describe('learning rate', () => {
  it('is the same in steps that were timed, whatever length they were timed for', () => {
    const begin = (patch: object, steps: number) => {
      const c = config(patch);
      const fitted = { ...createSchedule(c, 10, steps), timed: 4 };
      return beginAlike(c, endlessSchedule(c, 10), fitted, 4);
    };
    expect(begin({}, 100)).toBe(true);
    expect(begin({ method: 'moco' }, 100)).toBe(true);
    expect(begin({ optimizer: { warmupEpochs: 2 } }, 100)).toBe(true);
    expect(begin({ optimizer: { warmupEpochs: 2 } }, 12)).toBe(false); // its warm-up is cut short
    expect(begin({ method: 'byol' }, 100)).toBe(false); // its momentum goes by the share of the run that is done
    const fitted = { ...createSchedule(config(), 10, 100), timed: 4 };
    const rates = [3, 4].map((step) => learningRatesAt(config(), fitted, step).learningRate);
    expect(rates).toEqual([0.1, learningRatesAt(config(), createSchedule(config(), 10, 100), 4).learningRate]);
  });

  it('follows half a cosine from the peak to nearly zero', () => {
    const schedule = createSchedule(config(), 10, 100);
    const rates = Array.from({ length: 100 }, (_, step) => learningRatesAt(config(), schedule, step).learningRate);
    expect(rates.every(Number.isFinite)).toBe(true);
    expect(rates[0]).toBeCloseTo(0.1, 12);
    expect(rates[50]).toBeCloseTo(0.05, 12);
    expect(rates[25]).toBeCloseTo(0.05 * (1 + Math.cos(Math.PI / 4)), 12);
    expect(rates[99]).toBeGreaterThan(0);
    expect(rates[99]).toBeLessThan(1e-4);
    for (let i = 1; i < 100; i++) expect(rates[i]!).toBeLessThan(rates[i - 1]!);
  });

  it('warms up linearly and then reaches the peak', () => {
    const c = config({ optimizer: { baseLearningRate: 0.1, warmupEpochs: 2 } });
    const schedule = createSchedule(c, 10, 100);
    const rate = (step: number) => learningRatesAt(c, schedule, step).learningRate;
    expect(rate(0)).toBeCloseTo(0.005, 12);
    expect(rate(9)).toBeCloseTo(0.05, 12);
    expect(rate(19)).toBeCloseTo(0.1, 12);
    expect(rate(20)).toBeCloseTo(0.1, 12);
    expect(rate(21)).toBeLessThan(0.1);
  });

  it('leaves at least one step after a warm-up longer than the run', () => {
    const c = config({ optimizer: { warmupEpochs: 50 } });
    const schedule = createSchedule(c, 10, 20);
    for (let step = 0; step < 20; step++) expect(learningRatesAt(c, schedule, step).learningRate).toBeGreaterThan(0);
  });

  it('does not decay the predictor unless told to', () => {
    const schedule = createSchedule(config(), 10, 100);
    expect(learningRatesAt(config(), schedule, 90).predictorLearningRate).toBeCloseTo(0.1, 12);
    const decayed = config({ predictor: { learningRate: 'decayed' } });
    const at = learningRatesAt(decayed, schedule, 90);
    expect(at.predictorLearningRate).toBe(at.learningRate);
  });

  it('lets the encoder wait while its heads learn, for a tenth of the run at most', () => {
    const waits = config({ optimizer: { baseLearningRate: 0.1, settleEpochs: 2 } });
    const moving = (steps: number) => {
      const schedule = createSchedule(waits, 10, steps);
      const rates = Array.from({ length: steps }, (_, step) => learningRatesAt(waits, schedule, step));
      expect(rates.every(({ learningRate }) => learningRate > 0)).toBe(true);
      const first = rates.findIndex(({ backboneLearningRate }) => backboneLearningRate > 0);
      expect(rates[first]!.backboneLearningRate).toBe(rates[first]!.learningRate);
      return first;
    };
    expect([moving(400), moving(50)]).toEqual([20, 5]);
    const plain = learningRatesAt(config(), createSchedule(config(), 10, 100), 0);
    expect(plain.backboneLearningRate).toBe(plain.learningRate);
  });

  it('restarts an extended run at half the peak and leaves the steps before as they were', () => {
    const first = createSchedule(config(), 10, 100);
    const extended = extendSchedule(first, 4);
    expect(totalSteps(extended)).toBe(140);
    expect(epochAt(extended, 140)).toBe(14);
    for (const step of [0, 40, 99])
      expect(learningRatesAt(config(), extended, step)).toEqual(learningRatesAt(config(), first, step));
    expect(learningRatesAt(config(), extended, 100).learningRate).toBeCloseTo(0.05, 12);
    expect(learningRatesAt(config(), extended, 100).predictorLearningRate).toBeCloseTo(0.05, 12);
    expect(learningRatesAt(config(), extended, 139).learningRate).toBeLessThan(1e-3);
  });
});

describe('a run is looked at early', () => {
  const looks = (stepsPerEpoch: number, steps: number, patch = {}) =>
    earlyLooks(config(patch), createSchedule(config(patch), stepsPerEpoch, steps));
  const given = { backbone: { init: 'known.pth' } };

  it('once, after its first tenth, where its probes lie further apart', () => {
    expect(looks(390, 1190)).toEqual([119]);
    expect(looks(100, 1190)).toEqual([]);
    expect(looks(100, 1190, { probe: { everyEpochs: 5 } })).toEqual([119]);
    expect(looks(390, 1190, { backbone: { init: 'rendered', width: 0.25, stem: 'small' } })).toEqual([119]);
  });

  it('not before anything is judged, of a given start not in its tenth then', () => {
    expect([looks(100, 299), looks(100, 300)]).toEqual([[], [30]]);
    expect(looks(100, 299, given)).toEqual([30, 30]);
  });

  it('twice from weights that somebody has, as what they lose is said of two rows', () => {
    expect(looks(390, 1190, given)).toEqual([59, 119]);
  });
});

describe('steps in a budget', () => {
  const budget = {
    budgetSeconds: 120,
    elapsedSeconds: 20,
    secondsPerStep: 0.1,
    secondsPerProbe: 1,
    everyEpochs: 1,
    stepsPerEpoch: 20,
  };

  it('counts preparation and probes', () => {
    // 0.95 × 100 s ÷ (0.1 + 1 / 20 s a step) = 633 steps, 31 whole epochs
    expect(stepsInBudget(budget)).toBe(620);
    expect(stepsInBudget({ ...budget, secondsPerProbe: 0 })).toBe(940);
  });
  it('keeps a part of an epoch when there are few', () => {
    expect(stepsInBudget({ ...budget, stepsPerEpoch: 500 })).toBe(931);
  });
  it('gives training half of the budget after a long preparation, and never less than ten steps', () => {
    expect(stepsInBudget({ ...budget, elapsedSeconds: 600, secondsPerProbe: 0 })).toBe(560);
    expect(stepsInBudget({ ...budget, secondsPerStep: 1000 })).toBe(10);
  });
  it('has room for the look after the first tenth, where epochs are so long that there is one', () => {
    const steps = (stepsPerEpoch: number, more = {}) =>
      totalSteps(scheduleInBudget(config(more), { ...budget, stepsPerEpoch, secondsPerProbe: 4 }));
    // 0.95 × (100 - 4) s ÷ (0.1 + 4 / 500 s a step); without the look 879
    expect(steps(500)).toBe(844);
    expect(steps(500, { backbone: { init: 'known.pth' } })).toBe(809);
    expect(steps(40)).toBe(stepsInBudget({ ...budget, stepsPerEpoch: 40, secondsPerProbe: 4 }));
  });
  it('counts a step as most take, whatever disturbed a few', () => {
    expect(median([1, 1.2, 7, 1.1, 8])).toBe(1.2);
    expect(median([3, 1])).toBe(2);
    expect(median([3])).toBe(3);
  });
  it('is measured by three steps in most of a second, twenty of short ones, or what a twentieth of the budget allows', () => {
    const uneven = (count: number, seconds = 0.2) => Array.from({ length: count }, (_, i) => seconds * (1 + (i % 2)));
    expect([2, 3].map((steps) => isMeasured(uneven(steps), 0.9, 135))).toEqual([false, true]);
    expect([3, 19, 20].map((steps) => isMeasured(uneven(steps), 0.3, 135))).toEqual([false, false, true]);
    expect([0, 1].map((steps) => isMeasured(uneven(steps, 4), 8, 135))).toEqual([false, true]);
  });
  it('is measured by two steps in a row that took as long as each other, unless they are too short to tell', () => {
    expect(isMeasured([0.2, 0.215], 0.7, 135)).toBe(true);
    expect(isMeasured([0.4, 0.2, 0.215], 0.7, 135)).toBe(true);
    expect(isMeasured([0.2, 0.22], 0.7, 135)).toBe(false);
    expect(isMeasured([0.02, 0.02], 0.1, 135)).toBe(false);
  });
});

describe('epochs of another length', () => {
  const rates = (schedule: ReturnType<typeof createSchedule>, step: number) =>
    learningRatesAt(config(), schedule, step).learningRate;

  it('leave the schedule as it is where there are as many steps', () => {
    const schedule = createSchedule(config(), 9, 27);
    expect(repaced(schedule, 14, 9)).toBe(schedule);
  });

  it.each([
    [9, 8, 9],
    [9, 8, 14],
    [9, 20, 14],
    [100, 1, 250],
    [4, 4000, 7],
  ])(
    'go on at the same share of the epoch, at the same rate, to the same end: %i steps, then %i, at step %i',
    (before, after, step) => {
      const schedule = createSchedule(config(), before, 3 * before);
      const now = repaced(schedule, step, after);
      const { epoch, stepInEpoch } = placeAt(now, step);
      expect(epoch).toBe(Math.floor(step / before));
      expect(stepInEpoch).toBe(Math.floor(((step % before) * after) / before));
      expect(Math.abs(epochAt(now, step) - step / before)).toBeLessThan(1 / after);
      expect(epochAt(now, totalSteps(now))).toBe(3);
      expect(totalSteps(now)).toBeGreaterThan(step);
      for (let at = step; at < totalSteps(now); at++) {
        expect(placeAt(now, at).stepInEpoch).toBeLessThan(after);
        expect(placeAt(now, at).stepInEpoch).toBeGreaterThanOrEqual(0);
      }
      const [least, most] = [Math.floor(epochAt(now, step) * before), Math.ceil(epochAt(now, step) * before)];
      expect(rates(now, step)).toBeLessThanOrEqual(rates(schedule, least));
      expect(rates(now, step)).toBeGreaterThanOrEqual(rates(schedule, most));
      expect(rates(now, totalSteps(now) - 1)).toBeGreaterThan(0);
    },
  );

  it('change as often as photos do, and an extension counts in those of now', () => {
    const schedule = repaced(repaced(createSchedule(config(), 10, 40), 15, 7), 20, 10);
    const end = totalSteps(schedule);
    expect(epochAt(schedule, end)).toBe(4);
    const longer = repaced(extendSchedule(schedule, 2), end, 5);
    expect(totalSteps(longer)).toBe(end + 10);
    expect(epochAt(longer, totalSteps(longer))).toBe(6);
    expect(placeAt(longer, end)).toEqual({ epoch: 4, stepInEpoch: 0 });
    expect(rates(longer, end)).toBeCloseTo(0.05, 12);
  });
});
