/**
 * The training loop: photos, step, and at the right moments a probe, a row, a verdict and a checkpoint. It knows the
 * order of things; what they are lies in schedule, monitor, history and saver. The next batch is made in the loader's
 * threads while a step runs. Nothing that enters the parameters depends on time.
 */
import type { Baselines } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metricRows.ts';
import { judge } from '../../shared/verdict.ts';
import type { Verdict } from '../../shared/verdict/judgement.ts';
import type { State, StepMetrics } from '../engine/index.ts';
import type { Comparison } from './baselines.ts';
import type { BegunStep } from './budget.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { OutOfDeviceMemoryError } from './errors.ts';
import { History } from './history.ts';
import type { ProbeResult } from './monitor.ts';
import { withReadout } from './readout.ts';
import type { CheckpointSaver } from './saver.ts';
import { earlyLooks, epochAt, isEnd, paceOf, placeAt, probeEvery, stepInputsAt, totalSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Sessions } from './sessions.ts';

export interface LoopInput {
  config: RunConfig;
  schedule: Schedule;
  sessions: Sessions;
  saver: CheckpointSaver;
  context: JobContext;
  comparison: Comparison;
  /** Told once, before the first verdict, where the comparison was not whole: what the run is compared with. */
  compared(baselines: Baselines | null): void;
  /** The first steps, where they have been done already. */
  begun: readonly BegunStep[];
  /** Rows before the first step. */
  history: EpochMetrics[];
  /** The checkpoint that training continues from. */
  resumed: CheckpointFacts | null;
  /** Told once, after the first row: what a step takes on this machine. */
  measured(secondsPerStep: number): void;
}

type Measured = Pick<StepMetrics, 'loss' | 'zStd'>;

export interface LoopResult {
  finished: boolean;
  trainingSeconds: number;
}

export async function trainingLoop(input: LoopInput): Promise<LoopResult> {
  const { config, schedule, saver, context, resumed, begun } = input;
  const { session, monitor, batchAt } = input.sessions;
  const { untrained } = input.comparison;
  const startStep = resumed?.step ?? 0;
  const { control, report } = context;
  const total = totalSteps(schedule);
  const perEpoch = paceOf(schedule);
  const every = probeEvery(config, perEpoch);
  const looks = earlyLooks(config, schedule);
  const rows = [...input.history];
  const history = new History(config.batchSize, resumed?.sinceRow ?? null, (steps) =>
    report({ type: 'steps', steps, etaSeconds: remaining() }),
  );
  /**
   * Seconds that are left. Renewed with every report of steps, as an estimate from before the first, or from an epoch
   * ago, is of another pace.
   */
  const remaining = (): number | null => {
    const { secondsPerStep } = history;
    return secondsPerStep === null ? null : (total - done) * secondsPerStep + secondsBesideSteps();
  };
  const clock = new TrainingClock(resumed?.trainingSeconds ?? begun.reduce((sum, { seconds }) => sum + seconds, 0));
  let { secondsPerProbe, readout, baselines, rest } = input.comparison;
  let lastRow = resumed?.lastRow ?? null;
  let done = startStep;
  let saved = done;
  let told = false;
  /** Steps done whose metrics are still on the device, oldest first; `seconds` of the whole step, `waited` for its photos. */
  const unmeasured: {
    step: number;
    learningRate: number;
    trainingSeconds: number;
    at: number;
    seconds: number;
    waited: number;
  }[] = [];

  /** Seconds that the probes still to come will take. */
  const secondsBesideSteps = () => secondsPerProbe * Math.ceil((total - done) / every);

  const save = async (state: State, probe: ProbeMetrics | null): Promise<void> => {
    const { sinceRow } = history;
    await saver.save(withReadout(state, readout), probe, {
      step: done,
      trainingSeconds: clock.seconds,
      sinceRow,
      lastRow,
    });
    saved = done;
  };
  /** Takes what a device has told of the steps done, which may be several steps later. */
  const measure = async (ask: () => Promise<Measured[]>, began = performance.now()): Promise<void> => {
    const known = await ask().catch((error: unknown) => {
      history.flush(); // the steps before it are known
      if (error instanceof OutOfDeviceMemoryError) error.details['steps'] = done - 1 - startStep;
      throw error;
    });
    if (unmeasured.length > 0) unmeasured.at(-1)!.seconds += (performance.now() - began) / 1000;
    for (const { loss, zStd } of known) {
      const { seconds, waited, ...facts } = unmeasured.shift()!;
      if (!Number.isFinite(loss)) throw saver.notFinite(facts.step, 'the loss');
      history.addStep({ ...facts, epoch: epochAt(schedule, facts.step), loss, zStdTraining: zStd }, seconds, waited);
    }
  };
  const tellRest = async () => {
    if (!rest) return;
    baselines = await rest.measure();
    rest = null;
    input.compared(baselines);
  };
  const probe = async (
    state: State,
    learningRate: number,
    last: boolean,
  ): Promise<ProbeResult & { verdict: Verdict }> => {
    await tellRest();
    const began = performance.now();
    const result = await monitor.probe(state, last);
    ({ readout } = result);
    secondsPerProbe = (performance.now() - began) / 1000;
    const stepsLeft = total - done;
    const place = {
      step: done,
      epoch: epochAt(schedule, done),
      epochs: epochAt(schedule, total),
      learningRate,
      trainingSeconds: clock.seconds,
      stepsLeft,
      secondsBesideSteps: secondsBesideSteps(),
    };
    lastRow = history.row(result.metrics, place);
    rows.push(lastRow);
    if (!told && lastRow.imagesPerSecond > 0) input.measured(config.batchSize / lastRow.imagesPerSecond);
    told = true;
    report({ type: 'epoch', metrics: lastRow });
    report({ type: 'strip', epoch: place.epoch, step: done, queries: result.strip });
    const judgement = judge({ untrained, history: rows, config, baselines });
    report({ type: 'verdict', judgement });
    return { ...result, verdict: judgement.verdict };
  };

  let trainingSeconds = 0;
  for (const { loss, zStd, ...facts } of begun) {
    done++;
    unmeasured.push({ ...facts, step: done, trainingSeconds });
    trainingSeconds += facts.seconds;
    await measure(() => Promise.resolve([{ loss, zStd }]));
  }
  history.flush();
  while (done < total) {
    await control.turn();
    if (control.paused && !control.stopping) {
      await measure(() => session.settle());
      history.flush();
      if (saved !== done) await save(await session.readState({ lent: true }), null);
      clock.pause();
      report({ type: 'paused' });
      await control.whilePaused();
      clock.resume();
      if (!control.stopping) report({ type: 'resumed' });
    }
    if (control.stopping) {
      await measure(() => session.settle());
      history.flush();
      if (saved !== done) await save(await session.readState({ lent: true }), null);
      return { finished: false, trainingSeconds: clock.seconds };
    }

    const began = performance.now();
    const inputs = stepInputsAt(config, schedule, done);
    const { learningRate } = inputs;
    const place = placeAt(schedule, done);
    const { waited, ...batch } = await batchAt(place.epoch, place.stepInEpoch);
    done++;
    unmeasured.push({ step: done, learningRate, trainingSeconds: clock.seconds, at: Date.now(), seconds: 0, waited });
    await measure(() => session.advance({ ...batch, ...inputs }), began);
    if (rest?.isReady()) {
      await measure(() => session.settle());
      history.flush();
      await tellRest();
    }

    const end = done === total;
    const probing = end || isEnd(schedule, done, every) || looks.includes(done);
    const epochEnd = isEnd(schedule, done, perEpoch) ? epochAt(schedule, done) : null;
    const saving = end || saver.due(epochEnd);
    if (!probing && !saving) continue;
    await measure(() => session.settle());
    const state = await session.readState({ lent: true });
    if (probing) saver.assertFinite(state, done);
    const probed = probing ? await probe(state, learningRate, end) : null;
    // Whoever starts from known weights has something to lose: the start is kept, as the best there is.
    if (probed?.verdict === 'worseThanStart') {
      history.flush();
      return { finished: false, trainingSeconds: clock.seconds };
    }
    if (saving) await save(state, probed?.metrics ?? null);
  }
  history.flush();
  return { finished: true, trainingSeconds: clock.seconds };
}

/** Seconds of training, pauses left out, those before a resume included. */
class TrainingClock {
  #base: number;
  #since: number | null = performance.now();
  constructor(base: number) {
    this.#base = base;
  }
  get seconds(): number {
    return this.#base + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000);
  }
  pause(): void {
    this.#base = this.seconds;
    this.#since = null;
  }
  resume(): void {
    this.#since = performance.now();
  }
}
