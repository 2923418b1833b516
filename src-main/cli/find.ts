/** Finding what a person named: a run by id, prefix or name, a folder by its path, a checkpoint by its epoch. */
import { resolve } from 'node:path';
import type { Client } from '../../shared/client.ts';
import type { Checkpoint, Dataset, Run, RunSummary, ScanProgress } from '../../shared/contract.ts';
import type { Context } from './command.ts';
import { UsageError } from './command.ts';

/** @throws UsageError when there is none, or more than one */
export async function findRun(client: Client, named: string): Promise<RunSummary> {
  const runs = await client.call('runs.list', null);
  const exact = runs.find((run) => run.id === named);
  if (exact) return exact;
  const byName = runs.filter((run) => run.name === named);
  const found = byName.length > 0 ? byName : runs.filter((run) => run.id.startsWith(named));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new UsageError(
      `'${named}' is more than one run (${found.map((run) => run.id).join(', ')}): give the whole id`,
    );
  throw new UsageError(
    runs.length === 0
      ? `there is no run '${named}', and none at all yet: start one with 'lookalike train FOLDER'`
      : `there is no run '${named}': 'lookalike runs' lists them`,
  );
}

/** The checkpoint of an epoch, or null for the latest. @throws UsageError */
export function findCheckpoint(run: Run, epoch: string | undefined): Checkpoint | null {
  if (epoch === undefined) {
    if (run.checkpoints.length > 0) return null;
    throw new UsageError(`run ${run.name} has no checkpoint yet: let it train for a while`);
  }
  // As they are shown: one made in the middle of an epoch has more digits.
  const found = run.checkpoints.findLast((checkpoint) => round(checkpoint.epoch) === round(Number(epoch)));
  if (found) return found;
  throw new UsageError(
    `there is no checkpoint of epoch ${epoch}: kept are ${run.checkpoints.map((checkpoint) => round(checkpoint.epoch)).join(', ') || 'none'}`,
  );
}

export const round = (value: number): string => String(Math.round(value * 100) / 100);

/** Adds the folder to the library and waits until its photos are listed. */
export async function openFolder(client: Client, folder: string, { output, signal }: Context): Promise<Dataset> {
  let progress: ScanProgress | null = null;
  let datasetId: string | null = null;
  let finish: (() => void) | null = null;
  const isOver = () => progress?.datasetId === datasetId && progress !== null && progress.phase !== 'listing';
  const seen = new Map<string, ScanProgress>();
  const off = client.on('scan', (event) => {
    seen.set(event.progress.datasetId, event.progress);
    if (datasetId !== null && event.progress.datasetId !== datasetId) return;
    progress = event.progress;
    output.progress(`looking for photos in ${folder}: ${progress.found} found`);
    if (isOver()) finish?.();
  });
  try {
    const added = await client.call('library.add', { folder: resolve(folder), read: false }, { signal });
    datasetId = added.id;
    const last = seen.get(added.id);
    progress = last?.phase === 'reading' ? null : (last ?? null); // that may have been the reading before this one
    if (!isOver() && added.state === 'scanning')
      await new Promise<void>((resolve, reject) => {
        finish = resolve;
        signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
      });
    const over = progress as ScanProgress | null;
    if (over?.phase === 'failed') throw new Error(over.error ?? `${folder} cannot be read`);
    return await client.call('library.get', { datasetId: added.id });
  } finally {
    off();
    output.clear();
  }
}
