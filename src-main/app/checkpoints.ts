/** Which checkpoint a request means, where its file is, and how it is held for as long as somebody wants to read it. */
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../../shared/contract.ts';
import { nameOf } from '../../shared/naming.ts';
import { wireError } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import { hasProcess } from '../../shared/underWay.ts';
import type { CheckpointRow, RunRow } from '../db/index.ts';
import { errnoOf, makeFolder } from '../files/index.ts';
import type { AppContext } from './context.ts';
import { AppError, found } from './errors.ts';
import type { TaskControl } from './tasks.ts';

export interface ChosenCheckpoint {
  run: RunRow;
  checkpoint: CheckpointRow;
  path: string;
}

/** The checkpoint of a run that is named, null: its latest; undefined where it has no such. */
export function checkpointNamed(
  { checkpoints }: Pick<AppContext['store'], 'checkpoints'>,
  runId: string,
  checkpointId: string | null,
): CheckpointRow | undefined {
  const rows = checkpoints.ofRun(runId);
  return checkpointId === null ? rows.at(-1) : rows.find(({ id }) => id === checkpointId);
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
    throw new AppError('not-available.no-checkpoint', { name: nameOf(run) });
  const path = paths.checkpoint(runId, checkpoint.file);
  assertThere(path, run, checkpoint.file);
  return { run, checkpoint, path };
}

/**
 * A file that is named by the history and is gone was thinned out where the run trains; else somebody took it away, or it
 * is closed.
 * @throws AppError not-available
 */
function assertThere(path: string, { id, state }: Pick<RunRow, 'id' | 'state'>, file: string): void {
  try {
    statSync(path);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (errno !== 'ENOENT') throw new AppError('not-available.checkpoint-closed', { path, errno });
    if (hasProcess(state)) throw new AppError('not-available.thinned');
    throw new AppError('not-available.checkpoint-away', { file, id });
  }
}

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
export function holdCheckpoint({ store, paths, leases }: AppContext, runId: string, file: string): HeldFile {
  const path = paths.checkpoint(runId, file);
  const held = join(paths.held(runId), `${randomUUID()}.safetensors`);
  const leave = leases.hold('run', runId);
  try {
    makeFolder(paths.held(runId), paths.home);
    linkSync(path, held);
  } catch {
    if (existsSync(path)) return { path, release: leave };
    leave();
    assertThere(path, found(store.runs.get(runId), 'run', runId), file);
    throw new AppError('not-available.thinned');
  }
  return {
    path: held,
    release: () => {
      try {
        rmSync(held, { force: true });
      } catch {
        // another program has it open: the next start removes it
      }
      leave();
    },
  };
}

/** What a compute process said of a checkpoint that it read under its second name, said of the checkpoint itself. */
export function namingCheckpoint(error: unknown, { file }: Pick<CheckpointRow, 'file'>): unknown {
  if (!isBadCheckpoint(error)) return error;
  const { key, values = {}, details } = error;
  const detail = values['detail'] ?? '';
  const said =
    key === 'bad-checkpoint.damaged'
      ? reason('bad-checkpoint.damaged', { file, part: values['part'] ?? '' })
      : reason('bad-checkpoint.unusable', { file, detail });
  return new ContractError(wireError('TrainerError', said, details));
}

const isBadCheckpoint = (error: unknown): error is ContractError =>
  error instanceof ContractError && error.code === 'bad-checkpoint';

/**
 * Works with a checkpoint that is held already; where that is damaged and nobody asked for it by itself, with the one
 * before it, and says so.
 * @throws ContractError bad-checkpoint naming the file a person asked for, or the last that there was
 */
export async function withWhole<T>(
  context: AppContext,
  given: ChosenCheckpoint,
  asked: boolean,
  control: Pick<TaskControl, 'notice'>,
  work: (chosen: ChosenCheckpoint) => Promise<T>,
): Promise<T> {
  const { run } = given;
  for (let chosen = given, release = () => {}; ;) {
    let before: CheckpointRow | undefined;
    try {
      return await work(chosen);
    } catch (error) {
      const rows = context.store.checkpoints.ofRun(run.id);
      before = rows[rows.findIndex(({ id }) => id === chosen.checkpoint.id) - 1];
      if (asked || !before || !isBadCheckpoint(error)) throw namingCheckpoint(error, chosen.checkpoint);
      const used = { file: chosen.checkpoint.file, epoch: round(before.epoch) };
      control.notice(reason('doing.with-the-one-before', used));
    } finally {
      release();
    }
    const held = holdCheckpoint(context, run.id, before.file);
    release = () => held.release();
    chosen = { run, checkpoint: before, path: held.path };
  }
}

const round = (epoch: number): number => Number(epoch.toFixed(2));
