/**
 * The schedule of a run that begins: of so many epochs, or of the steps that a budget in minutes buys on this machine,
 * measured on real views.
 */
import type { RunConfig } from '../../shared/config.ts';
import { stepsPerEpoch } from '../../shared/plan/speed.ts';
import type { State, StepMetrics } from '../engine/index.ts';
import type { JobContext } from './control.ts';
import {
  beginAlike,
  createSchedule,
  earlyLooks,
  endlessSchedule,
  probeEvery,
  stepInputsAt,
  totalSteps,
} from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Sessions } from './sessions.ts';
import { median } from '../../shared/numbers.ts';

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

/** The schedule of the steps that fit a budget; where a run of that length is looked at early, the looks inside it too. */
export function scheduleInBudget(config: RunConfig, budget: Budget): Schedule {
  const { elapsedSeconds, secondsPerProbe, stepsPerEpoch: perEpoch } = budget;
  const withLooks = (looks: number) =>
    createSchedule(
      config,
      perEpoch,
      stepsInBudget({ ...budget, elapsedSeconds: elapsedSeconds + looks * secondsPerProbe }),
    );
  const schedule = withLooks(0);
  const { length: looks } = earlyLooks(config, schedule);
  return looks > 0 ? withLooks(looks) : schedule;
}

/** What is known of the machine's speed before the schedule is fitted. */
export interface Timing {
  /** Seconds spent until now; the untrained network's figures took `probeSeconds` of them. */
  spentSeconds: () => number;
  probeSeconds: number;
  /** How many more probes come than its schedule counts, the last one of the run by how much longer it takes. */
  probesToCome: number;
}

export interface Fitted {
  schedule: Schedule;
  secondsPerStep?: number;
  /** Steps that were timed and are the run's first ones. */
  begun: readonly BegunStep[];
}

/** A step that was done, and what it measured. */
export interface BegunStep extends Pick<StepMetrics, 'loss' | 'zStd'> {
  learningRate: number;
  /** Milliseconds since 1970 at its beginning. */
  at: number;
  /** Of the whole step, and those of them that it waited for its photos. */
  seconds: number;
  waited: number;
}

/**
 * The schedule, and the run's first steps where they had to be timed for it: they are kept where the schedule that follows
 * from their pace feeds them what they were fed, and else undone.
 * @param initial the state before them
 */
export async function fitSchedule(
  config: RunConfig,
  initial: State,
  sessions: Sessions,
  context: JobContext,
  { spentSeconds, probeSeconds, probesToCome }: Timing,
): Promise<Fitted> {
  const perEpoch = stepsPerEpoch(sessions.photos, config.batchSize);
  if (config.minutes === null)
    return { schedule: createSchedule(config, perEpoch, config.epochs! * perEpoch), begun: [] };
  const endless = endlessSchedule(config, perEpoch);
  const begun = await timedSteps(config, endless, sessions, context);
  const secondsPerStep = median(begun.slice(WARM_STEPS).map(({ seconds }) => seconds));
  const undone = begun.reduce((sum, { seconds }) => sum + seconds, 0);
  const fitted = (elapsedSeconds: number, timed: number): Schedule => ({
    ...scheduleInBudget(config, {
      budgetSeconds: 60 * config.minutes!,
      elapsedSeconds: elapsedSeconds + probesToCome * probeSeconds,
      secondsPerStep,
      secondsPerProbe: probeSeconds,
      everyEpochs: config.probe.everyEpochs,
      stepsPerEpoch: perEpoch,
    }),
    ...(timed > 0 && { timed }),
  });
  const spent = spentSeconds();
  const kept = fitted(spent - undone, begun.length);
  const untouched = Math.min(perEpoch, probeEvery(config, perEpoch), totalSteps(kept)); // what comes after these is the loop's
  if (begun.length < untouched && beginAlike(config, endless, kept, begun.length))
    return { schedule: kept, secondsPerStep, begun };
  sessions.session.writeState(initial);
  return { schedule: fitted(spent, 0), secondsPerStep, begun: [] };
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

/** The first steps of a run, as many as it takes to say what one takes; the first of them warms up. */
async function timedSteps(
  config: RunConfig,
  schedule: Schedule,
  { session, loader, batchAt }: Sessions,
  { control }: JobContext,
): Promise<BegunStep[]> {
  const begun: BegunStep[] = [];
  const counted = () => begun.slice(WARM_STEPS).map(({ seconds }) => seconds);
  for (let spent = 0; !isMeasured(counted(), spent, 60 * config.minutes!); spent += begun.at(-1)!.seconds) {
    const step = begun.length;
    const [at, began] = [Date.now(), performance.now()];
    const inputs = stepInputsAt(config, schedule, step);
    const { waited, ...batch } = await batchAt(0, step % loader.stepsPerEpoch);
    const { loss, zStd } = await session.step({ ...batch, ...inputs });
    const seconds = (performance.now() - began) / 1000;
    begun.push({ loss, zStd, learningRate: inputs.learningRate, at, seconds, waited });
    control.throwIfStopping();
    await control.turn();
  }
  return begun;
}
