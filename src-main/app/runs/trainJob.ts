/** What a run asks of the trainer: its settings, its photos, and the checkpoint or the weights it goes on from. */
import type { Provider, TrainJob } from '../../../shared/contract.ts';
import type { CheckpointRow } from '../../db/index.ts';
import { basename } from 'node:path';
import { weightsOfRun } from '../../../shared/weights.ts';
import { holdCheckpoint } from '../checkpoints.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Library } from '../library/library.ts';
import { photoCacheBytes } from '../cacheLimit.ts';
import { partOf } from './part.ts';
import { initialWeights } from './plan.ts';

/** The checkpoint that training can go on from, if there is one. */
export const newestResumable = ({ store }: Pick<AppContext, 'store'>, runId: string): CheckpointRow | undefined =>
  store.checkpoints.ofRun(runId).findLast((row) => row.hasOptimizerState === 1);

/**
 * From where the run stands; figures behind that are forgotten.
 * @throws AppError cannot-start: the weights it would begin with are gone
 */
export function trainJob(context: AppContext, library: Library, runId: string, provider: Provider): TrainJob {
  const { store, paths } = context;
  const run = store.runs.get(runId)!;
  const from = newestResumable(context, runId);
  // an extension that was finished and killed before it could say so is not extended once more
  const extendBy =
    run.extendBy !== null && from?.kept === 'final' && from.step > (run.extendFrom ?? 0) ? null : run.extendBy;
  const weights = initialWeights(context, run.config);
  if (weights instanceof AppError && !from) throw weights;
  store.metrics.rewind(runId, from?.step ?? -1);
  return {
    kind: 'train',
    runId,
    directory: paths.run(runId),
    cacheDirectory: paths.photoCache,
    cacheBytes: photoCacheBytes(context),
    config: { ...run.config, device: provider },
    images: partOf(run.config, library.jobImages(run.datasetId)),
    initialWeights: typeof weights === 'string' ? weights : null,
    resumeFrom: from ? paths.checkpoint(runId, from.file) : null,
    extendBy,
    history: store.metrics.epochs(runId),
    untrained: run.untrained,
    baselines: run.baselines,
  };
}

/** Another run's checkpoint that it begins with is held until its end: that run may train on and thin it out. */
export function holdWeights(context: AppContext, job: TrainJob): { job: TrainJob; release(): void } {
  const { init } = job.config.backbone;
  const from = weightsOfRun(init);
  if (job.initialWeights === null || !from) return { job, release: () => {} };
  const { path, release } = holdCheckpoint(context, from.runId, basename(job.initialWeights));
  return { job: { ...job, initialWeights: path }, release };
}
