/** How a run's phases follow one another, what is due after which step, and what is left. */
import { describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { Agenda } from '../../src-main/trainer/agenda.ts';
import { phaseOf } from '../../src-main/trainer/phase.ts';
import { Progress, TrainingClock } from '../../src-main/trainer/progress.ts';
import { createSchedule, extendSchedule, repaced } from '../../src-main/trainer/schedule.ts';
import { tinyRun } from '../helpers/tiny.ts';

const configOf = (epochs: number, patch: ConfigPatch = {}) => parseConfig(mergeConfig({ ...tinyRun, epochs }, patch));

describe('the phase that follows', () => {
  it.each([
    ['training', 3, false, false, null],
    ['training', 1, false, false, 'healthy'],
    ['paused', 1, true, false, 'healthy'],
    ['stopped', 1, false, true, 'healthy'],
    ['stopped', 1, true, true, 'healthy'],
    ['finished', 0, false, false, 'healthy'],
    ['finished', 0, true, true, 'healthy'],
    ['worseThanStart', 3, false, false, 'worseThanStart'],
    ['worseThanStart', 0, true, true, 'worseThanStart'],
  ] as const)(
    'is %s with %i steps left, asked to pause: %s, to stop: %s, after the verdict %s',
    (next, stepsLeft, paused, stopping, verdict) => {
      expect(phaseOf({ stepsLeft, verdict, asked: { paused, stopping } })).toBe(next);
    },
  );
});

describe('what is due', () => {
  /** The steps after which it is. */
  const probed = (agenda: Agenda) =>
    Array.from({ length: agenda.steps }, (_, i) => i + 1).filter((step) => agenda.after(step).probe);

  it('is a probe at the end of each epoch, and at the last step', () => {
    const config = configOf(2);
    const agenda = new Agenda(config, createSchedule(config, 4, 10));
    expect(probed(agenda)).toEqual([4, 8, 10]);
    expect(agenda.after(8)).toEqual({ probe: true, epochEnd: 2, last: false });
    expect(agenda.after(9)).toEqual({ probe: false, epochEnd: null, last: false });
    expect(agenda.after(10)).toEqual({ probe: true, epochEnd: null, last: true });
  });

  it('is one as often as the settings say, and an early one where that is rare; epochs end all the same', () => {
    const config = configOf(100, { probe: { everyEpochs: 50 } });
    const agenda = new Agenda(config, createSchedule(config, 4, 400));
    expect(probed(agenda)).toEqual([40, 200, 400]);
    expect(agenda.after(40)).toEqual({ probe: true, epochEnd: 10, last: false });
    expect(agenda.after(44)).toEqual({ probe: false, epochEnd: 11, last: false });
    expect([0, 1, 200, 201, 400].map((step) => agenda.probesAfter(step))).toEqual([2, 2, 1, 1, 0]);
  });

  it('follows the epochs where they have become longer, and the end where it was moved', () => {
    const config = configOf(2);
    const schedule = createSchedule(config, 4, 8);
    expect(probed(new Agenda(config, repaced(schedule, 4, 6)))).toEqual([4, 10]);
    expect(probed(new Agenda(config, extendSchedule(schedule, 1)))).toEqual([4, 8, 12]);
  });
});

describe('how far a run is', () => {
  const config = configOf(3);
  const schedule = createSchedule(config, 4, 12);

  it('counts from where it was begun, and what is left by the pace of steps and of probes', () => {
    const progress = new Progress(config, schedule, { step: 4, trainingSeconds: 60, secondsPerProbe: 2 });
    expect(progress.secondsLeft(null)).toBeNull();
    expect(progress.secondsLeft(10)).toBe(8 * 10 + 2 * 2);
    progress.done += 3;
    progress.secondsPerProbe = 5;
    expect(progress).toMatchObject({ doneHere: 3, stepsLeft: 5 });
    expect(progress.secondsLeft(10)).toBe(5 * 10 + 2 * 5);
    expect(progress.place()).toMatchObject({ step: 7, epoch: 1.75, epochs: 3, stepsLeft: 5, secondsBesideSteps: 10 });
  });

  it('leaves pauses out of its seconds', () => {
    let now = 5_000;
    const clock = new TrainingClock(100, () => now);
    now += 2_000;
    expect(clock.seconds).toBe(102);
    clock.pause();
    now += 60_000;
    expect(clock.seconds).toBe(102);
    clock.resume();
    now += 500;
    expect(clock.seconds).toBe(102.5);
  });
});
