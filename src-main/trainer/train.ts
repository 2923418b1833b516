/**
 * The train job from its photos to its end: check that it can run, build the cache, find where to start, look at the
 * untrained network, fit the schedule to a budget in minutes, then loop. Everything it opens is closed again however
 * it ends, the device's sessions after its end has been told.
 */
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import type { Baselines } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { JobResult, TrainJob } from '../../shared/contract/job.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metrics.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import { stepsPerEpoch as fullBatches, viewsBy } from '../../shared/plan.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { judge } from '../../shared/verdict.ts';
import type { VerdictInput } from '../../shared/verdict.ts';
import type { State } from '../engine/index.ts';
import { removeTemporaryFiles } from '../files/index.ts';
import { imagenetNormalisation, ViewLoader } from '../images/index.ts';
import { Guard, openEncoder, openTraining } from './backend.ts';
import type { Training } from './backend.ts';
import { measureFree, repetition, withNetworks } from './baselines.ts';
import { rememberSpeed } from './calibration.ts';
import { checkpointDirectory, thinCheckpoints } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { cardName, deviceOf, planFor, refuse, threadsOf } from './estimate.ts';
import { trainingLoop } from './loop.ts';
import type { FreeFigures } from './freeFigures.ts';
import { Monitor } from './monitor.ts';
import { largestOf, preparePhotos, requirePhotos } from './photos.ts';
import { holdRun } from './runLock.ts';
import { CheckpointSaver } from './saver.ts';
import { createSchedule, epochAt, paceOf, stepsInBudget, timedInputs, totalSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { freshState, hashOf, startingPoint } from './start.ts';
import type { StartingPoint } from './start.ts';

export async function train(job: TrainJob, context: JobContext): Promise<JobResult | 'stopped'> {
  const began = performance.now();
  const { control, report } = context;
  const listed = job.images.filter((image) => !image.heldOut).length;
  if (job.resumeFrom === null) refuse(await planFor(job.config, listed, job));
  const lock = holdRun(job.directory);
  const closing: Stop[] = [() => lock.release()];
  try {
    await removeTemporaryFiles(checkpointDirectory(job.directory));
    const { cache, skipped } = await preparePhotos(job, context, job.config.imageSize);
    closing.push(() => cache.close());
    await requirePhotos(job.images, skipped);
    const heldOut = new Set(job.images.filter((image) => image.heldOut).map((image) => image.id));
    const trainingIds = cache.ids.filter((id) => !heldOut.has(id));
    const start = await startingPoint(job, trainingIds);
    const trained = cache.subset(trainingIds);
    const largest = largestOf(trained);
    const { state } = start;
    const config: RunConfig = {
      ...start.config,
      viewsBy: viewsBy(start.config, { device: deviceOf(start.config) }, largest),
    };
    const plan = await planFor(config, trainingIds.length, job, { field: largest });
    refuse(plan);
    for (const note of start.notes) report({ type: 'progress', fraction: 1, message: note, etaSeconds: null });

    report({ type: 'progress', fraction: 1, message: 'preparing the network', etaSeconds: null });
    const known = job.baselines ?? start.facts?.baselines ?? null;
    const free = known ? null : measureFree(config, cache, job.images);
    if (free) closing.push(() => free.stop());
    const options = { device: deviceOf(config), threads: threadsOf(config) };
    const field = config.viewsBy === 'device' ? largest : undefined;
    const loader = new ViewLoader({
      cache: trained,
      augment: config.augment,
      imageSize: config.imageSize,
      batchSize: config.batchSize,
      seed: config.seed,
      views: viewsOf(config),
      field,
    });
    closing.push(() => loader.close());
    const photoNumbers = new Map([...trainingIds].sort().map((id, i) => [id, i]));
    const guard = new Guard(config, options.device, context.backend, context.watch);
    const session = await openTraining(guard, context.backend, config, state, {
      ...options,
      photos: field && { ...field, ...imagenetNormalisation },
    });
    context.later(() => session.close());
    const monitor = await Monitor.create(config, cache, job.images, (settings) =>
      openEncoder(guard, context.backend, config, state, { ...options, ...settings }),
    );
    context.later(() => monitor.close());
    control.throwIfStopping();

    const untrained = await untrainedFigures(job, start, monitor);
    const figures = free ? await free.figures : null;
    const repeated = repetition(figures);
    const baselines = known ?? (await compared(figures, job, config, untrained.metrics, monitor));
    let secondsPerStep: number | undefined;
    let schedule = start.schedule;
    if (!schedule) {
      const perEpoch = fullBatches(trainingIds.length, config.batchSize);
      if (config.minutes === null) schedule = createSchedule(config, perEpoch, config.epochs! * perEpoch);
      else {
        secondsPerStep = await measureSteps(session, loader, photoNumbers, state, config, context);
        schedule = createSchedule(
          config,
          perEpoch,
          stepsInBudget({
            budgetSeconds: 60 * config.minutes,
            elapsedSeconds: (performance.now() - began) / 1000 + untrained.seconds, // another probe at the end
            secondsPerStep,
            secondsPerProbe: untrained.seconds,
            everyEpochs: config.probe.everyEpochs,
            stepsPerEpoch: perEpoch,
          }),
        );
      }
    }

    const startStep = start.facts?.step ?? 0;
    const total = totalSteps(schedule);
    report({
      type: 'started',
      device: options.device,
      images: trainingIds.length,
      skipped,
      config,
      estimate: estimateFor(plan.estimate, schedule, secondsPerStep, untrained.seconds),
      stepsPerEpoch: paceOf(schedule),
      startEpoch: epochAt(schedule, startStep),
      totalSteps: total,
      startStep,
      notice: start.notice ?? (repeated && toWireError(repeated)),
      baselines,
    });
    report({ type: 'untrained', metrics: untrained.metrics });

    const saver = new CheckpointSaver(job.directory, config.checkpoint, (files) =>
      report({ type: 'checkpoints', files }),
    );
    if (start.facts) {
      saver.latest = { path: start.checkpoint!, epoch: start.facts.epoch, step: startStep };
      report({
        type: 'checkpoints',
        files: await thinCheckpoints(job.directory, config.checkpoint.diskGigabytes * 1e9),
      });
    }
    const history = knownHistory(job, start, startStep, { untrained: untrained.metrics, baselines }, context);
    const result = await trainingLoop({
      config,
      schedule,
      session,
      loader,
      photoNumbers,
      monitor,
      saver,
      context,
      history,
      startStep,
      untrained: untrained.metrics,
      baselines,
      resumed: start.facts,
      secondsPerProbe: untrained.seconds,
      measured: (seconds) =>
        void rememberSpeed(job.cacheDirectory, config, cardName(config, job.device), options.threads, seconds),
      facts: { runId: job.runId, config, schedule, images: trainingIds.length, imagesHash: hashOf(trainingIds) },
    });
    if (!result.finished) return 'stopped';
    return {
      kind: 'train',
      checkpoint: saver.latest!.path,
      epochs: epochAt(schedule, total),
      seconds: result.trainingSeconds,
    };
  } finally {
    await stopAll(closing);
  }
}

/** Of the network before its first step, also after a resume whose history has lost them. */
async function untrainedFigures(
  job: TrainJob,
  start: StartingPoint,
  monitor: Monitor,
): Promise<{ metrics: ProbeMetrics; seconds: number }> {
  const began = performance.now();
  if (start.facts && job.untrained) return { metrics: job.untrained, seconds: 0 };
  const state = start.facts ? (await freshState(start.config, job.initialWeights, 1)).state : start.state;
  const { metrics } = await monitor.probe(state);
  return { metrics, seconds: (performance.now() - began) / 1000 };
}

/** What the run has to beat, by the monitor's own photos; the probe of random weights is that of the start where it has no other. */
async function compared(
  free: FreeFigures | null,
  job: TrainJob,
  config: RunConfig,
  start: ProbeMetrics,
  monitor: Monitor,
): Promise<Baselines | null> {
  const random =
    job.initialWeights === null ? start : (await monitor.probe((await freshState(config, null, 1)).state)).metrics;
  return withNetworks(free, random, start);
}

/** Steps on real views whose effect is undone: two that warm up, then as many as a tenth of the budget, at most twenty. */
async function measureSteps(
  session: Training,
  loader: ViewLoader,
  photoNumbers: ReadonlyMap<string, number>,
  state: State,
  config: RunConfig,
  { control }: JobContext,
): Promise<number> {
  const began = performance.now();
  const most = 6 * config.minutes!;
  const times: number[] = [];
  for (let i = 0; i < 22; i++) {
    const stepBegan = performance.now();
    const batch = await loader.next(0, i % loader.stepsPerEpoch);
    const images = Float32Array.from(batch.ids, (id) => photoNumbers.get(id)!);
    await session.step({ views: batch.unmade ?? batch.views, images, ...timedInputs(config) });
    times.push((performance.now() - stepBegan) / 1000);
    control.throwIfStopping();
    if (i >= 2 && (performance.now() - began) / 1000 > most) break;
    await control.turn();
  }
  session.writeState(state);
  const counted = times.slice(times.length > 2 ? 2 : 1);
  return counted.reduce((sum, s) => sum + s, 0) / counted.length;
}

function estimateFor(
  planned: Awaited<ReturnType<typeof planFor>>['estimate'],
  schedule: Schedule,
  secondsPerStep: number | undefined,
  probeSeconds: number,
) {
  const total = totalSteps(schedule);
  const epochs = Math.ceil(epochAt(schedule, total));
  if (secondsPerStep === undefined) return { ...planned, epochs };
  return { ...planned, epochs, seconds: total * secondsPerStep + epochs * probeSeconds, basis: 'measured' as const };
}

/** Rows up to the first step; the row of the checkpoint itself is reported again where the history lacks it. */
function knownHistory(
  job: TrainJob,
  start: StartingPoint,
  startStep: number,
  compared: Pick<VerdictInput, 'untrained' | 'baselines'>,
  { report }: JobContext,
): EpochMetrics[] {
  if (!start.facts) return [];
  const rows = job.history.filter((row) => row.step <= startStep).sort((a, b) => a.step - b.step);
  const { lastRow } = start.facts;
  if (lastRow && !rows.some((row) => row.step === lastRow.step)) {
    rows.push(lastRow);
    rows.sort((a, b) => a.step - b.step);
    report({ type: 'epoch', metrics: lastRow });
    report({ type: 'verdict', judgement: judge({ ...compared, history: rows, config: start.config }) });
  }
  return rows;
}
