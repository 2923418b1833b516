/** Which checkpoint a request means, and where its file is. */
import { existsSync } from 'node:fs';
import type { CheckpointRow, RunRow } from '../db/index.ts';
import type { AppContext } from './context.ts';
import { AppError, found } from './errors.ts';

export interface ChosenCheckpoint {
  run: RunRow;
  checkpoint: CheckpointRow;
  path: string;
}

/** @param checkpointId null: the run's latest. @throws AppError not-found or not-available */
export function chooseCheckpoint(
  { store, paths }: AppContext,
  runId: string,
  checkpointId: string | null,
): ChosenCheckpoint {
  const row = store.runs.get(runId);
  const run = found(row?.deletedAt ? undefined : row, 'run', runId);
  const checkpoint =
    checkpointId === null
      ? store.checkpoints.ofRun(runId).at(-1)
      : found(store.checkpoints.get(checkpointId), 'checkpoint', checkpointId);
  if (!checkpoint || checkpoint.runId !== runId)
    throw new AppError('not-available', `run ${run.name} has no checkpoint yet: let it train for a while`);
  const path = paths.checkpoint(runId, checkpoint.file);
  if (!existsSync(path))
    throw new AppError('not-available', 'the checkpoint was thinned out a moment ago: choose a later one');
  return { run, checkpoint, path };
}
