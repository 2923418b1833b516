/**
 * The train job, a straight line: plan, photos, start, backend and monitor, its figures before training, schedule, first
 * checkpoint, loop. Each is a file of its own that is entered once. Everything that is opened is closed again however
 * the job ends, the device's sessions after its end has been told.
 */
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import type { TrainJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import type { Estimate } from '../../shared/contract/runs.ts';
import type { EpochMetrics } from '../../shared/metricRows.ts';
import { reason } from '../../shared/reason.ts';
import { judge } from '../../shared/verdict.ts';
import { removeTemporaryFiles } from '../files/index.ts';
import { compare, knownBaselines, measureFree } from './baselines.ts';
import type { Comparison } from './baselines.ts';
import { fitSchedule } from './budget.ts';
import type { Fitted } from './budget.ts';
import { rememberSpeed } from './calibration.ts';
import { checkpointDirectory } from './checkpoint.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { trainingLoop } from './loop.ts';
import { cardName, machineFor, planOn, refuse } from './machine.ts';
import { sizesOf } from './photos.ts';
import { holdRun } from './runLock.ts';
import { CheckpointSaver } from './saver.ts';
import { epochAt, paceOf, totalSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { openSessions } from './sessions.ts';
import { startingPoint } from './start.ts';
import type { StartingPoint } from './start.ts';
import { openTeacher } from './teacher/index.ts';
import { trainingPhotos } from './trainingPhotos.ts';
import { unfold } from './unfold.ts';

export async function train(job: TrainJob, context: JobContext): Promise<JobResult | 'stopped'> {
  const began = performance.now();
  const { control, report } = context;
  const closing: Stop[] = [];
  try {
    const machine = await machineFor(job.config, job);
    const listed = job.images.filter((image) => !image.heldOut).length;
    if (job.resumeFrom === null)
      refuse(planOn(machine, { config: job.config, images: listed, sizes: sizesOf(job.images) })); // before a photo is read
    const lock = holdRun(job.directory);
    closing.push(() => lock.release());
    await removeTemporaryFiles(checkpointDirectory(job.directory));

    const photos = await trainingPhotos(job, context);
    closing.push(() => photos.close());

    const start = await startingPoint(job, machine, photos);
    const { config, facts } = start;
    const packs = [photos.trained, photos.probe.cache].flatMap(({ descriptor }) => descriptor.packs);
    const targets = await openTeacher({ ...job, config }, { numbers: photos.numbers, packs }, context);
    for (const note of start.notes) report(saying(note));
    if (start.folded) await unfold(start, photos.probe);

    report(saying(reason('doing.preparing-network')));
    const free = knownBaselines(job, start) ? null : measureFree(config, photos.probe, job.images);
    if (free) closing.push(() => free.stop());
    const sessions = await openSessions(start, { ...photos, targets }, job.images, machine, context, closing);
    control.throwIfStopping();

    const comparison = await compare(job, start, free, sessions.monitor);

    const spentSeconds = () => (performance.now() - began) / 1000;
    const probeSeconds = comparison.secondsPerProbe;
    const fitted: Fitted = start.schedule
      ? { schedule: start.schedule, begun: [] }
      : await fitSchedule(config, start.state, sessions, context, {
          spentSeconds,
          probeSeconds,
          probesToCome: (comparison.rest?.probes ?? 0) + sessions.monitor.lastProbe,
        });
    free?.goOn(); // not before, as what was timed is to be undisturbed
    const { schedule, begun } = fitted;
    const total = totalSteps(schedule);
    const images = sessions.photos;
    report({
      type: 'started',
      device: machine.device,
      images,
      skipped: photos.skipped,
      config,
      estimate: estimateOf(start.estimate, schedule, fitted.secondsPerStep, probeSeconds),
      stepsPerEpoch: paceOf(schedule),
      startEpoch: epochAt(schedule, facts?.step ?? 0),
      totalSteps: total,
      startStep: facts?.step ?? 0,
      notice: start.notice ?? comparison.notice,
      baselines: comparison.baselines,
    });
    report({ type: 'untrained', metrics: comparison.untrained });

    const { runId, directory, cacheDirectory } = job;
    const saver = new CheckpointSaver(
      directory,
      { runId, config, schedule, images, imagesHash: start.imagesHash, baselines: comparison.baselines },
      () => sessions.monitor.evenPhotos(),
      (files) => report({ type: 'checkpoints', files }),
    );
    await saver.begin(sessions.session.wholeState(start.state), start, comparison);
    start.state.clear(); // the session has a copy: kept here, it would take the memory of a second state for as long as the run

    const result = await trainingLoop({
      config,
      schedule,
      sessions,
      saver,
      context,
      comparison,
      compared(baselines) {
        saver.compared(baselines);
        report({ type: 'baselines', baselines });
      },
      begun,
      history: knownHistory(job, start, comparison, context),
      resumed: facts,
      measured: (seconds) =>
        void rememberSpeed(cacheDirectory, config, cardName(config, job.device), machine.threads, seconds),
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

function estimateOf(
  planned: Estimate,
  schedule: Schedule,
  secondsPerStep: number | undefined,
  probeSeconds: number,
): Estimate {
  const total = totalSteps(schedule);
  const epochs = Math.ceil(epochAt(schedule, total));
  if (secondsPerStep === undefined) return { ...planned, epochs };
  return { ...planned, epochs, seconds: total * secondsPerStep + epochs * probeSeconds, basis: 'measured' };
}

/** Rows up to the first step; the row of the checkpoint itself is reported again where the history lacks it. */
function knownHistory(
  job: TrainJob,
  { facts, config }: StartingPoint,
  { untrained, baselines }: Comparison,
  { report }: JobContext,
): EpochMetrics[] {
  if (!facts) return [];
  const rows = job.history.filter((row) => row.step <= facts.step).sort((a, b) => a.step - b.step);
  const { lastRow } = facts;
  if (lastRow && !rows.some((row) => row.step === lastRow.step)) {
    rows.push(lastRow);
    rows.sort((a, b) => a.step - b.step);
    report({ type: 'epoch', metrics: lastRow });
    report({ type: 'verdict', judgement: judge({ untrained, baselines, history: rows, config }) });
  }
  return rows;
}
