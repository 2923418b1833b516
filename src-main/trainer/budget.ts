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

/** @param spentSeconds until now; the untrained network's figures took `probeSeconds` of them */
export async function fitSchedule(
  config: RunConfig,
  state: State,
  sessions: Sessions,
  context: JobContext,
  { spentSeconds, probeSeconds }: { spentSeconds: () => number; probeSeconds: number },
): Promise<{ schedule: Schedule; secondsPerStep?: number }> {
  const perEpoch = stepsPerEpoch(sessions.photos, config.batchSize);
  if (config.minutes === null) return { schedule: createSchedule(config, perEpoch, config.epochs! * perEpoch) };
  const secondsPerStep = await measureSteps(config, state, sessions, context);
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
const WARM_STEPS = 2;
/** Steps after those, of which the median is the usual one whatever disturbed one of them. */
const COUNTED_STEPS = { least: 4, most: 20 };
/** Seconds that are timed where a step takes less than a fourth of them: a person waits for the first step meanwhile. */
const ENOUGH_SECONDS = 1;
/** Share of the budget that may be spent on timing steps: what is spent here is not trained. */
const MEASURING = 0.05;

/** Whether so many steps, which took so long, say what a step takes. */
export function isMeasured(steps: number, seconds: number, budgetSeconds: number): boolean {
  const counted = steps - WARM_STEPS;
  if (counted >= COUNTED_STEPS.most) return true;
  return (
    counted >= (seconds > MEASURING * budgetSeconds ? 1 : seconds > ENOUGH_SECONDS ? COUNTED_STEPS.least : Infinity)
  );
}

/** Seconds of a step as most of them take, whatever disturbed a few: the median of those that come after the first. */
export function usualSeconds(times: readonly number[]): number {
  const counted = times.slice(Math.min(WARM_STEPS, times.length - 1)).sort((a, b) => a - b);
  const middle = counted.length >> 1;
  return counted.length % 2 ? counted[middle]! : (counted[middle - 1]! + counted[middle]!) / 2;
}

/** Steps on real views whose effect is undone. */
async function measureSteps(
  config: RunConfig,
  state: State,
  { session, loader, batchAt }: Sessions,
  { control }: JobContext,
): Promise<number> {
  const began = performance.now();
  const times: number[] = [];
  while (!isMeasured(times.length, (performance.now() - began) / 1000, 60 * config.minutes!)) {
    const stepBegan = performance.now();
    const { waited: _waited, ...batch } = await batchAt(0, times.length % loader.stepsPerEpoch);
    await session.step({ ...batch, ...timedInputs(config) });
    times.push((performance.now() - stepBegan) / 1000);
    control.throwIfStopping();
    await control.turn();
  }
  session.writeState(state);
  return usualSeconds(times);
}
