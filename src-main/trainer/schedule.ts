/**
 * Learning rates as a function of the step alone, so that a resumed run continues exactly. The rate follows half a
 * cosine over the steps of a segment after a linear warm-up; the authors' code changes it once an epoch, here it changes
 * every step: over hundreds of epochs the two are the same, and over the few long epochs of a short run only this one
 * ends near zero. A run extended after its end has a second segment that starts at half the peak.
 */
import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../../shared/config.ts';
import { peakLearningRate } from '../../shared/config.ts';
import { methodInputsAt } from '../../shared/methods/index.ts';
import { isGivenStart } from '../../shared/startingWeights.ts';
import { thresholds } from '../../shared/verdict/thresholds.ts';

export interface Segment {
  /** First step of the segment. */
  start: number;
  steps: number;
  /** Rate after warm-up. */
  peak: number;
  warmupSteps: number;
}

/**
 * Recorded in every checkpoint: a resumed run takes it from there and never computes it again. Where photos have come or
 * gone since, the plan stays as it was made, in epochs, and `pace` says how long those are now.
 */
export interface Schedule {
  stepsPerEpoch: number;
  segments: Segment[];
  /** Steps at the start that were done before the length was known: after a warm-up they stay at the peak. */
  timed?: number | undefined;
  /** `offset`: with it a step has the number it would have, had all epochs before been as long. */
  pace?: { stepsPerEpoch: number; offset: number } | undefined;
}

/** Where an extended run's second cosine starts, as a share of the configured peak. */
const EXTENSION_RATE = 0.5;

/** Steps of an epoch. */
export const paceOf = ({ pace, stepsPerEpoch }: Schedule): number => pace?.stepsPerEpoch ?? stepsPerEpoch;

const counted = ({ pace }: Schedule, step: number): number => step + (pace?.offset ?? 0);

/** A step's place in the plan. */
const plannedAt = (schedule: Schedule, step: number): number =>
  schedule.pace ? (counted(schedule, step) / paceOf(schedule)) * schedule.stepsPerEpoch : step;

const plannedSteps = ({ segments }: Schedule): number => segments.at(-1)!.start + segments.at(-1)!.steps;

export function totalSteps(schedule: Schedule): number {
  const { pace, stepsPerEpoch } = schedule;
  const planned = plannedSteps(schedule);
  return pace ? Math.ceil((planned / stepsPerEpoch) * pace.stepsPerEpoch) - pace.offset : planned;
}

/** Epochs done after `step` steps; whole numbers at the ends of epochs. */
export const epochAt = (schedule: Schedule, step: number): number => counted(schedule, step) / paceOf(schedule);

/** The epoch that a step belongs to, and which of its steps it is. */
export function placeAt(schedule: Schedule, step: number): { epoch: number; stepInEpoch: number } {
  const [at, perEpoch] = [counted(schedule, step), paceOf(schedule)];
  return { epoch: Math.floor(at / perEpoch), stepInEpoch: at % perEpoch };
}

/** Whether an `every`th of the steps ends here, counted from the beginning of the run. */
export const isEnd = (schedule: Schedule, step: number, every: number): boolean =>
  counted(schedule, step) % every === 0;

/**
 * The schedule from `step` on with epochs of another length: the one that was begun goes on at the same share of it,
 * and rates and end stay where they were in epochs. The very same schedule where the length is the same.
 */
export function repaced(schedule: Schedule, step: number, stepsPerEpoch: number): Schedule {
  const before = paceOf(schedule);
  if (stepsPerEpoch === before) return schedule;
  const { epoch, stepInEpoch } = placeAt(schedule, step);
  const now = epoch * stepsPerEpoch + Math.floor((stepInEpoch * stepsPerEpoch) / before);
  return { ...schedule, pace: { stepsPerEpoch, offset: now - step } };
}

export function createSchedule(config: RunConfig, stepsPerEpoch: number, steps: number): Schedule {
  const warmupSteps = Math.min(steps - 1, Math.round(config.optimizer.warmupEpochs * stepsPerEpoch));
  return {
    stepsPerEpoch,
    segments: [{ start: 0, steps, peak: peakLearningRate(config), warmupSteps: Math.max(0, warmupSteps) }],
  };
}

/** `epochs` more after the end, from half the peak down another cosine, without warm-up. */
export function extendSchedule(schedule: Schedule, epochs: number): Schedule {
  const start = plannedSteps(schedule);
  const steps = epochs * schedule.stepsPerEpoch;
  const peak = EXTENSION_RATE * schedule.segments[0]!.peak;
  return { ...schedule, segments: [...schedule.segments, { start, steps, peak, warmupSteps: 0 }] };
}

/** The longest part of a run that an encoder of known weights stands still for. */
const MOST_SETTLING = 0.1;

/** The step before which the encoder stands still. */
const settledAt = ({ optimizer }: RunConfig, { segments, stepsPerEpoch }: Schedule): number =>
  Math.min(optimizer.settleEpochs * stepsPerEpoch, MOST_SETTLING * segments[0]!.steps);

/**
 * Rates of one step. A constant predictor rate stays at the segment's peak, warm-up included: the predictor should
 * keep up with the encoder (paper, Table 1).
 */
export function learningRatesAt(
  config: RunConfig,
  schedule: Schedule,
  step: number,
): { learningRate: number; predictorLearningRate: number; backboneLearningRate: number } {
  const planned = plannedAt(schedule, step);
  const segment = schedule.segments.findLast((s) => planned >= s.start) ?? schedule.segments[0]!;
  const { peak, warmupSteps } = segment;
  const at = planned - segment.start;
  const decayed = () => (peak / 2) * (1 + Math.cos((Math.PI * (at - warmupSteps)) / (segment.steps - warmupSteps)));
  const learningRate =
    at < warmupSteps ? (peak * (at + 1)) / warmupSteps : planned < (schedule.timed ?? 0) ? peak : decayed();
  return {
    learningRate,
    predictorLearningRate: config.predictor.learningRate === 'constant' ? peak : learningRate,
    backboneLearningRate: planned < settledAt(config, schedule) ? 0 : learningRate,
  };
}

/** What a step is fed besides photos: the rates, and what its method asks for. */
export function stepInputsAt(config: RunConfig, schedule: Schedule, step: number) {
  const rates = learningRatesAt(config, schedule, step);
  const at = {
    step: counted(schedule, step),
    steps: counted(schedule, totalSteps(schedule)),
    stepsPerEpoch: paceOf(schedule),
    learningRate: rates.learningRate,
  };
  return { ...rates, method: methodInputsAt(config, at) };
}

/** Of a run whose length is not known yet: its first steps, as far as they are the same whatever that will be. */
export const endlessSchedule = (config: RunConfig, stepsPerEpoch: number): Schedule =>
  createSchedule(config, stepsPerEpoch, Infinity);

/** Steps from one probe to the next. */
export const probeEvery = ({ probe }: RunConfig, stepsPerEpoch: number): number =>
  Math.max(1, Math.round(probe.everyEpochs * stepsPerEpoch));

/** The part of a run in which a person is to know of what goes wrong. */
const EARLY = 0.1;

/**
 * Steps that a run is looked at after beside its probes, so that its first tenth shows a collapse, or a given start that is
 * made worse (which is said of two rows), where probes lie further apart. Nothing is judged before `settleSteps`: a start
 * that somebody has is looked at then, in a shorter run too, others are not.
 */
export function earlyLooks(config: RunConfig, schedule: Schedule): number[] {
  const early = EARLY * totalSteps(schedule);
  if (probeEvery(config, paceOf(schedule)) <= early) return [];
  const { settleSteps } = thresholds;
  if (isGivenStart(config.backbone.init))
    return [early / 2, early].map((step) => Math.max(settleSteps, Math.floor(step)));
  return early < settleSteps ? [] : [Math.floor(early)];
}

/** Whether the first steps are fed the same by both. */
export const beginAlike = (config: RunConfig, one: Schedule, other: Schedule, steps: number): boolean =>
  Array.from({ length: steps }, (_, step) => step).every((step) =>
    isDeepStrictEqual(stepInputsAt(config, one, step), stepInputsAt(config, other, step)),
  );

/** What a step is fed to be timed: as a run's first, at a rate that changes next to nothing. */
export const timedInputs = (config: RunConfig) => stepInputsAt(config, TIMED, 0);

const TIMED: Schedule = { stepsPerEpoch: 1, segments: [{ start: 0, steps: 1, peak: 1e-6, warmupSteps: 0 }] };
