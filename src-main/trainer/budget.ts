/**
 * The schedule of a run that begins: of so many epochs, or of the steps that a budget in minutes buys on this machine,
 * measured on real views.
 */
import type { RunConfig } from '../../shared/config.ts';
import { stepsPerEpoch } from '../../shared/plan/speed.ts';
import type { State } from '../engine/index.ts';
import type { JobContext } from './control.ts';
import { createSchedule, timedInputs } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Sessions } from './sessions.ts';

export interface Budget {
  budgetSeconds: number;
  /** Seconds spent before the first step: cache, sessions, the untrained network's figures, the measuring itself. */
  elapsedSeconds: number;
  secondsPerStep: number;
  secondsPerProbe: number;
  /** Epochs between two probes. */
  everyEpochs: number;
  stepsPerEpoch: number;
}

/** Share of the budget that is planned for; the rest is for a machine that slows down while it trains. */
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

/** What is known of the machine's speed before the schedule is fitted. */
export interface Timing {
  /** Seconds that the steps took which warmed up. */
  warmedSeconds: number;
  /** Seconds spent until now; the untrained network's figures took `probeSeconds` of them. */
  spentSeconds: () => number;
  probeSeconds: number;
}

export async function fitSchedule(
  config: RunConfig,
  state: State,
  sessions: Sessions,
  context: JobContext,
  { warmedSeconds, spentSeconds, probeSeconds }: Timing,
): Promise<{ schedule: Schedule; secondsPerStep?: number }> {
  const perEpoch = stepsPerEpoch(sessions.photos, config.batchSize);
  if (config.minutes === null) return { schedule: createSchedule(config, perEpoch, config.epochs! * perEpoch) };
  const secondsPerStep = await measureSteps(config, state, sessions, context, warmedSeconds);
  const steps = stepsInBudget({
    budgetSeconds: 60 * config.minutes,
    elapsedSeconds: spentSeconds() + probeSeconds, // another probe at the end
    secondsPerStep,
    secondsPerProbe: probeSeconds,
    everyEpochs: config.probe.everyEpochs,
    stepsPerEpoch: perEpoch,
  });
  return { schedule: createSchedule(config, perEpoch, steps), secondsPerStep };
}

/** Steps that warm up and are not counted: the device's memory is given out in them. */
const WARM_STEPS = 1;
/** Steps after those, of which the median is the usual one whatever disturbed one of them. */
const COUNTED_STEPS = { least: 3, most: 20 };
/** Seconds that are timed where a step takes less than a third of them: a person waits for the first step meanwhile. */
const ENOUGH_SECONDS = 0.8;
/** Two steps in a row that took so long together, and as long as each other, say it by themselves: nothing disturbed them. */
const ALIKE = { seconds: 0.25, within: 0.08 };
/** Share of the budget that may be spent on timing steps: what is spent here is not trained. */
const MEASURING = 0.05;

/**
 * Whether steps that took `times`, seconds each, say what a step takes; `seconds` went by with them and with those that
 * warmed up.
 */
export function isMeasured(times: readonly number[], seconds: number, budgetSeconds: number): boolean {
  const [one, other] = [times.at(-1), times.at(-2)];
  if (one === undefined) return false;
  if (times.length >= COUNTED_STEPS.most || seconds > MEASURING * budgetSeconds) return true;
  if (seconds > ENOUGH_SECONDS && times.length >= COUNTED_STEPS.least) return true;
  if (other === undefined || one + other < ALIKE.seconds) return false;
  return Math.abs(one - other) <= ALIKE.within * Math.min(one, other);
}

/** Seconds of a step as most of them take, whatever disturbed a few: the median. */
export function usualSeconds(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A step of the first epoch on real views, whose effect is to be undone; its seconds. */
async function timedStep(
  step: number,
  config: RunConfig,
  { session, loader, batchAt }: Sessions,
  { control }: JobContext,
): Promise<number> {
  const began = performance.now();
  const { views, images } = await batchAt(0, step % loader.stepsPerEpoch);
  await session.step({ views, images, ...timedInputs(config) });
  const seconds = (performance.now() - began) / 1000;
  control.throwIfStopping();
  await control.turn();
  return seconds;
}

/** The steps before those that are counted, which may be disturbed; the seconds that they took. */
export async function warmUp(config: RunConfig, sessions: Sessions, context: JobContext): Promise<number> {
  let seconds = 0;
  for (let step = 0; step < WARM_STEPS; step++) seconds += await timedStep(step, config, sessions, context);
  return seconds;
}

/** Seconds of a step, by steps whose effect is undone, as is that of those that warmed up. */
async function measureSteps(
  config: RunConfig,
  state: State,
  sessions: Sessions,
  context: JobContext,
  warmedSeconds: number,
): Promise<number> {
  const times: number[] = [];
  for (let seconds = warmedSeconds; !isMeasured(times, seconds, 60 * config.minutes!);) {
    times.push(await timedStep(WARM_STEPS + times.length, config, sessions, context));
    seconds += times.at(-1)!;
  }
  sessions.session.writeState(state);
  return usualSeconds(times);
}
