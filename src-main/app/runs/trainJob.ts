/** What a run asks of the trainer: its settings, its photos, and the checkpoint or the weights it goes on from. */
import type { JobImage, Provider, TrainJob } from '../../../shared/contract.ts';
import type { CheckpointRow } from '../../db/index.ts';
import { basename } from 'node:path';
import { weightsOfRun } from '../../../shared/weights.ts';
import { AppError } from '../errors.ts';
import { holdCheckpoint } from '../checkpoints.ts';
import type { AppContext } from '../context.ts';
import type { Library } from '../library/library.ts';
import { photoCacheBytes } from '../cacheLimit.ts';
import type { Pieces } from '../compute/lists.ts';
import { partOfFolder } from './part.ts';
import { assertAnswering, initialWeights, requiredWeights } from './plan.ts';
import { isTeacherFile, teacherFile } from './teacher.ts';

/** The checkpoint that training can go on from, if there is one. */
export const newestResumable = ({ store }: Pick<AppContext, 'store'>, runId: string): CheckpointRow | undefined =>
  store.checkpoints.ofRun(runId).findLast((row) => row.hasOptimizerState === 1);

/**
 * A run has a checkpoint from its first step on: where rows of its history are there and none is, its files were taken
 * away or damaged, and to begin anew would be to lose the rest.
 * @throws AppError cannot-start
 */
export function assertGoesOn({ store, paths }: Pick<AppContext, 'store' | 'paths'>, runId: string): void {
  const epochs = store.metrics.epochs(runId).length;
  if (epochs > 0 && !newestResumable({ store }, runId))
    throw new AppError('cannot-start.checkpoints-gone', { epochs, folder: paths.checkpoints(runId) });
}

/**
 * From where the run stands; figures behind that are forgotten. Its photos are beside it.
 * @throws AppError cannot-start: the weights it would begin with, or its checkpoints, are gone; FileError no-answer
 */
export async function trainJob(
  context: AppContext,
  library: Library,
  runId: string,
  provider: Provider,
): Promise<{ job: TrainJob; photos: Pieces<JobImage> }> {
  const { store, paths } = context;
  const { config, datasetId } = store.runs.get(runId)!;
  const photos = await partOfFolder(config, { store, library, datasetId });
  const run = store.runs.get(runId)!;
  assertGoesOn(context, runId);
  const from = newestResumable(context, runId);
  // an extension that was finished and killed before it could say so is not extended once more
  const extendBy =
    run.extendBy !== null && from?.kept === 'final' && from.step > (run.extendFrom ?? 0) ? null : run.extendBy;
  const answers = await assertAnswering(run.config).then(
    () => true,
    (error: unknown) => {
      if (!from) throw error;
      return false; // it begins with its checkpoint
    },
  );
  const named = answers ? initialWeights(context, run.config) : null;
  const weights = from ? named : requiredWeights(context, run.config);
  const teacher = answers ? teacherFile(context, run.config) : null; // one that taught before has left what it said
  store.metrics.rewind(runId, from?.step ?? -1);
  const job: TrainJob = {
    kind: 'train',
    runId,
    directory: paths.run(runId),
    cacheDirectory: paths.photoCache,
    cacheBytes: photoCacheBytes(context),
    config: { ...run.config, device: provider },
    images: [],
    initialWeights: typeof weights === 'string' ? weights : null,
    teacher: isTeacherFile(teacher) ? teacher : null,
    resumeFrom: from ? paths.checkpoint(runId, from.file) : null,
    extendBy,
    history: store.metrics.epochs(runId),
    untrained: run.untrained,
    baselines: run.baselines,
  };
  return { job, photos };
}

/** Checkpoints of other runs that it begins with or learns from are held until its end: those may train on and thin them out. */
export function holdWeights(context: AppContext, job: TrainJob): { job: TrainJob; release(): void } {
  const releases: (() => void)[] = [];
  const release = () => releases.forEach((each) => each());
  const held = (of: string, file: string): string => {
    const from = weightsOfRun(of);
    if (!from) return file;
    const holding = holdCheckpoint(context, from.runId, basename(file));
    releases.push(holding.release);
    return holding.path;
  };
  try {
    const { config, initialWeights, teacher } = job;
    return {
      job: {
        ...job,
        initialWeights: initialWeights === null ? null : held(config.backbone.init, initialWeights),
        teacher: teacher ? { ...teacher, file: held(config.teacher.from, teacher.file) } : null,
      },
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}
