/**
 * Learning rates as a function of the step alone, so that a resumed run continues exactly, and the number of steps
 * that a budget in minutes buys. The rate follows half a cosine over the steps of a segment after a linear warm-up;
 * the authors' code changes it once an epoch, here it changes every step: over hundreds of epochs the two are the
 * same, and over the few long epochs of a short run only this one ends near zero. A run extended after its end has a
 * second segment that starts at half the peak.
 */
import type { RunConfig } from '../../shared/config.ts';
import { peakLearningRate } from '../../shared/config.ts';
import { methodInputsAt } from '../../shared/methods/index.ts';

export interface Segment {
  /** First step of the segment. */
  start: number;
  steps: number;
  /** Rate after warm-up. */
  peak: number;
  warmupSteps: number;
}

/** Recorded in every checkpoint: a resumed run takes it from there and never computes it again. */
export interface Schedule {
  stepsPerEpoch: number;
  segments: Segment[];
}

/** Where an extended run's second cosine starts, as a share of the configured peak. */
export const EXTENSION_RATE = 0.5;

export const totalSteps = (schedule: Schedule): number => {
  const last = schedule.segments.at(-1)!;
  return last.start + last.steps;
};

/** Epochs done after `step` steps; whole numbers at the ends of epochs. */
export const epochAt = (schedule: Schedule, step: number): number => step / schedule.stepsPerEpoch;

export function createSchedule(config: RunConfig, stepsPerEpoch: number, steps: number): Schedule {
  const warmupSteps = Math.min(steps - 1, Math.round(config.optimizer.warmupEpochs * stepsPerEpoch));
  return {
    stepsPerEpoch,
    segments: [{ start: 0, steps, peak: peakLearningRate(config), warmupSteps: Math.max(0, warmupSteps) }],
  };
}

/** `epochs` more after the end, from half the peak down another cosine, without warm-up. */
export function extendSchedule(schedule: Schedule, epochs: number): Schedule {
  const start = totalSteps(schedule);
  const steps = epochs * schedule.stepsPerEpoch;
  const peak = EXTENSION_RATE * schedule.segments[0]!.peak;
  return { ...schedule, segments: [...schedule.segments, { start, steps, peak, warmupSteps: 0 }] };
}

/**
 * Rates of one step. A constant predictor rate stays at the segment's peak, warm-up included: the predictor should
 * keep up with the encoder (paper, Table 1).
 */
export function learningRatesAt(
  config: RunConfig,
  schedule: Schedule,
  step: number,
): { learningRate: number; predictorLearningRate: number } {
  const segment = schedule.segments.findLast((s) => step >= s.start) ?? schedule.segments[0]!;
  const { peak, warmupSteps } = segment;
  const at = step - segment.start;
  const learningRate =
    at < warmupSteps
      ? (peak * (at + 1)) / warmupSteps
      : (peak / 2) * (1 + Math.cos((Math.PI * (at - warmupSteps)) / (segment.steps - warmupSteps)));
  return { learningRate, predictorLearningRate: config.predictor.learningRate === 'constant' ? peak : learningRate };
}

/** What a step is fed besides photos: the rates, and what its method asks for. */
export function stepInputsAt(config: RunConfig, schedule: Schedule, step: number) {
  const rates = learningRatesAt(config, schedule, step);
  const { stepsPerEpoch } = schedule;
  const at = { step, steps: totalSteps(schedule), stepsPerEpoch, learningRate: rates.learningRate };
  return { ...rates, method: methodInputsAt(config, at) };
}

/** What a step is fed to be timed: as a run's first, at a rate that changes next to nothing. */
export const timedInputs = (config: RunConfig) => stepInputsAt(config, TIMED, 0);

const TIMED: Schedule = { stepsPerEpoch: 1, segments: [{ start: 0, steps: 1, peak: 1e-6, warmupSteps: 0 }] };

export interface Budget {
  budgetSeconds: number;
  /** Spent before the first step: cache, sessions, the untrained network's figures, the measuring itself. */
  elapsedSeconds: number;
  secondsPerStep: number;
  secondsPerProbe: number;
  /** Probes come every so many epochs. */
  everyEpochs: number;
  stepsPerEpoch: number;
}

/** Kept back for a machine that slows down while it trains. */
const MARGIN = 0.95;

/**
 * Steps that fit a budget, probes and preparation inside it. Training gets at least half of the budget, however long
 * the preparation took, and at least ten steps. From eight epochs on it is a whole number of epochs.
 */
export function stepsInBudget(b: Budget): number {
  const left = MARGIN * Math.max(b.budgetSeconds - b.elapsedSeconds, b.budgetSeconds / 2);
  const perStep = b.secondsPerStep + b.secondsPerProbe / (b.everyEpochs * b.stepsPerEpoch);
  const steps = Math.max(10, Math.floor(left / perStep));
  const epochs = Math.floor(steps / b.stepsPerEpoch);
  return epochs >= 8 ? epochs * b.stepsPerEpoch : steps;
}
