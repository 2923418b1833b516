/** Which checkpoint a request means, where its file is, and how it is held for as long as somebody wants to read it. */
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
  if (!checkpoint || checkpoint.runId !== runId) throw new AppError('not-available.no-checkpoint', { name: run.name });
  const path = paths.checkpoint(runId, checkpoint.file);
  if (!existsSync(path)) throw thinnedOut();
  return { run, checkpoint, path };
}

const thinnedOut = () => new AppError('not-available.thinned');

export interface HeldFile {
  path: string;
  release(): void;
}

/**
 * Holds a file of a run: the run's files stay, and the file has a second name, so that its trainer may thin it out
 * while what reads it waits for its turn. A name costs no space; what a file system without links does to a file that
 * is wanted is said when it is read.
 * @throws AppError not-available when the file is gone
 */
export function holdCheckpoint({ paths, leases }: AppContext, runId: string, file: string): HeldFile {
  const path = paths.checkpoint(runId, file);
  const held = join(paths.held(runId), `${randomUUID()}.safetensors`);
  const leave = leases.hold('run', runId);
  try {
    mkdirSync(paths.held(runId), { recursive: true });
    linkSync(path, held);
  } catch {
    if (existsSync(path)) return { path, release: leave };
    leave();
    throw thinnedOut();
  }
  return {
    path: held,
    release: () => {
      rmSync(held, { force: true });
      leave();
    },
  };
}
