/**
 * The training loop: photos, step, and at the right moments a probe, a row, a verdict and a checkpoint. It knows the
 * order of things; what they are lies in schedule, monitor, history and saver. The next batch is made in the loader's
 * threads while a step runs. Nothing that enters the parameters depends on time.
 */
import type { Baselines } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metrics.ts';
import { recordVersion } from '../../shared/records.ts';
import { judge } from '../../shared/verdict.ts';
import type { Verdict } from '../../shared/verdict.ts';
import type { State, StepMetrics } from '../engine/index.ts';
import type { ViewLoader } from '../images/index.ts';
import type { Training } from './backend.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { NonFiniteLossError, OutOfDeviceMemoryError } from './errors.ts';
import { History } from './history.ts';
import type { Monitor, ProbeResult } from './monitor.ts';
import type { CheckpointSaver } from './saver.ts';
import { epochAt, isEnd, learningRatesAt, paceOf, placeAt, stepInputsAt, totalSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';

export interface LoopInput {
  config: RunConfig;
  schedule: Schedule;
  session: Training;
  loader: ViewLoader;
  /** Place of each training photo in the order of ids, under which a method keeps what it keeps for a photo. */
  photoNumbers: ReadonlyMap<string, number>;
  monitor: Monitor;
  saver: CheckpointSaver;
  context: JobContext;
  untrained: ProbeMetrics;
  baselines: Baselines | null;
  /** Rows before the first step. */
  history: EpochMetrics[];
  /** The checkpoint that training continues from. */
  resumed: CheckpointFacts | null;
  startStep: number;
  secondsPerProbe: number;
  /** Told once, after the first row: what a step takes on this machine. */
  measured(secondsPerStep: number): void;
  /** What a checkpoint says besides the loop's own position. */
  facts: Pick<CheckpointFacts, 'runId' | 'config' | 'schedule' | 'images' | 'imagesHash'>;
}

export interface LoopResult {
  finished: boolean;
  trainingSeconds: number;
}

export async function trainingLoop(input: LoopInput): Promise<LoopResult> {
  const { config, schedule, session, loader, monitor, saver, context, resumed } = input;
  const { control, report } = context;
  const total = totalSteps(schedule);
  const perEpoch = paceOf(schedule);
  const probeEvery = Math.max(1, Math.round(config.probe.everyEpochs * perEpoch));
  const rows = [...input.history];
  const history = new History(config.batchSize, resumed?.sinceRow ?? null, (steps) =>
    report({ type: 'steps', steps, etaSeconds: remaining() }),
  );
  /** Renewed with every report of steps: an estimate of before the first, or of an epoch ago, is of another pace. */
  const remaining = (): number | null => {
    const { secondsPerStep } = history;
    return secondsPerStep === null ? null : (total - done) * secondsPerStep + secondsBesideSteps();
  };
  const clock = new TrainingClock(resumed?.trainingSeconds ?? 0);
  let secondsPerProbe = input.secondsPerProbe;
  let lastRow = resumed?.lastRow ?? null;
  let done = input.startStep;
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

  /** That what is left of probes will take. */
  const secondsBesideSteps = () => secondsPerProbe * Math.ceil((total - done) / probeEvery);

  const save = async (state: State | null, probe: ProbeMetrics | null): Promise<void> => {
    const current = state ?? (await session.readState());
    assertFinite(current, done);
    await saver.save(current, {
      ...input.facts,
      version: recordVersion,
      step: done,
      epoch: epochAt(schedule, done),
      stepInEpoch: placeAt(schedule, done).stepInEpoch,
      trainingSeconds: clock.seconds,
      knn: probe?.knn ?? null,
      agreement: probe?.agreement ?? null,
      baselines: input.baselines,
      finished: done === total,
      sinceRow: history.sinceRow,
      lastRow,
    });
    saved = done;
  };
  const assertFinite = (state: State, step: number): void => {
    for (const [name, { data }] of state)
      for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) throw failure(step, `the tensor ${name}`);
  };
  const failure = (step: number, what: string): NonFiniteLossError => {
    const { learningRate } = learningRatesAt(config, schedule, Math.max(0, step - 1));
    const checkpoint = saver.latest ? `epoch ${saver.latest.epoch.toFixed(2)} (step ${saver.latest.step})` : null;
    return new NonFiniteLossError({ step, epoch: epochAt(schedule, step), learningRate, what, checkpoint });
  };
  /** Takes what a device has told of the steps done, which may be several steps later. */
  const measure = async (ask: () => Promise<StepMetrics[]>, began = performance.now()): Promise<void> => {
    const known = await ask().catch((error: unknown) => {
      history.flush(); // the steps before it are known
      if (error instanceof OutOfDeviceMemoryError) error.details['steps'] = done - 1 - input.startStep;
      throw error;
    });
    if (unmeasured.length > 0) unmeasured.at(-1)!.seconds += (performance.now() - began) / 1000;
    for (const { loss, zStd } of known) {
      const { seconds, waited, ...facts } = unmeasured.shift()!;
      if (!Number.isFinite(loss)) throw failure(facts.step, 'the loss');
      history.addStep({ ...facts, epoch: epochAt(schedule, facts.step), loss, zStdTraining: zStd }, seconds, waited);
    }
  };
  const probe = async (state: State, learningRate: number): Promise<ProbeResult & { verdict: Verdict }> => {
    const began = performance.now();
    const result = await monitor.probe(state);
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
    const judgement = judge({ untrained: input.untrained, history: rows, config, baselines: input.baselines });
    report({ type: 'verdict', judgement });
    return { ...result, verdict: judgement.verdict };
  };

  // From the first moment there is something to resume from, with the schedule that was fitted to this machine.
  if (resumed === null || resumed.schedule !== schedule) await save(null, done === 0 ? input.untrained : null);

  while (done < total) {
    await control.turn();
    if (control.paused && !control.stopping) {
      await measure(() => session.settle());
      history.flush();
      if (saved !== done) await save(null, null);
      clock.pause();
      report({ type: 'paused' });
      await control.whilePaused();
      clock.resume();
      if (!control.stopping) report({ type: 'resumed' });
    }
    if (control.stopping) {
      await measure(() => session.settle());
      history.flush();
      if (saved !== done) await save(null, null);
      return { finished: false, trainingSeconds: clock.seconds };
    }

    const began = performance.now();
    const inputs = stepInputsAt(config, schedule, done);
    const { learningRate } = inputs;
    const place = placeAt(schedule, done);
    const batch = await loader.next(place.epoch, place.stepInEpoch);
    const images = Float32Array.from(batch.ids, (id) => input.photoNumbers.get(id)!);
    const fed = { views: batch.unmade ?? batch.views, images, ...inputs };
    done++;
    unmeasured.push({
      step: done,
      learningRate,
      trainingSeconds: clock.seconds,
      at: Date.now(),
      seconds: 0,
      waited: batch.waited,
    });
    await measure(() => session.advance(fed), began);

    const end = done === total;
    const probing = end || isEnd(schedule, done, probeEvery);
    const epochEnd = isEnd(schedule, done, perEpoch) ? epochAt(schedule, done) : null;
    const saving = end || saver.due(epochEnd);
    if (!probing && !saving) continue;
    await measure(() => session.settle());
    const state = await session.readState();
    if (probing) assertFinite(state, done);
    const probed = probing ? await probe(state, learningRate) : null;
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
