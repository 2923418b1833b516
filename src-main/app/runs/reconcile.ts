/**
 * Brings files and rows in line when the application starts. It holds the home's lock by then, so whatever is
 * marked as running belongs to a process that is gone; a trainer that outlived its application (it saves and ends)
 * still holds its run's lock, and its files are left alone. What a full disk takes no note of, and files that another
 * program has open, are left to the next start.
 */
import { access, constants, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, isLocked, isTemporary, removeTemporaryFiles } from '../../files/index.ts';
import { isFullDisk, StorageError, storageError } from '../../db/index.ts';
import type { RunRow } from '../../db/index.ts';
import type { CheckpointReport } from '../../../shared/contract.ts';
import { readHead } from '../../../shared/safetensors.ts';
import { isOptimizerSlot } from '../../../shared/stateNames.ts';
import { hasProcess } from '../../../shared/underWay.ts';
import type { AppContext } from '../context.ts';
import type { HomePaths } from '../home.ts';
import { removeHalfImports } from './importing.ts';

export type ReconcileContext = Pick<AppContext, 'paths' | 'store' | 'leases'>;

export async function reconcile(context: ReconcileContext): Promise<void> {
  const { paths, store } = context;
  for (const folder of [paths.home, paths.runs, paths.duplicates, paths.weights]) await sweep(folder);
  const training = await Promise.all(store.runs.all().map(({ id }) => isTraining(paths, id)));
  if (!training.includes(true)) for (const folder of [paths.cache, paths.photoCache]) await sweep(folder);
  await removeHalfImports(context);
  for (const run of store.runs.all())
    await reconcileStart(context, run).catch((error: unknown) => {
      if (!isFullDisk(error) && !isOfFiles(error)) throw error;
    });
}

/** Whether a trainer that outlived its application is at the run: it may be writing the run's files, and copies of photos. */
const isTraining = async (paths: HomePaths, id: string): Promise<boolean> =>
  (await exists(paths.runLock(id))) && isLocked(paths.runLock(id));

/** What another program has open, or somebody has closed, stays for the next time. */
const sweep = (folder: string): Promise<void> => removeTemporaryFiles(folder).catch(() => {});

/** Whether it is what the system says of a file: one run's files keep nobody from the others. */
const isOfFiles = (error: unknown): boolean => /^E[A-Z]/.test(errnoOf(error) ?? '');

async function reconcileStart(context: ReconcileContext, run: RunRow): Promise<void> {
  const { store, paths } = context;
  if (run.deletedAt !== null) {
    await removeRunFiles(paths, run.id);
    return store.runs.remove(run.id);
  }
  // one that is kept in the queue still waits; what trained goes on when a person says so
  const unkept = run.state === 'queued' && run.queuePlace === null;
  if (hasProcess(run.state) || unkept) store.runs.update(run.id, { state: 'interrupted', etaSeconds: null });
  await rm(paths.held(run.id), { recursive: true, force: true });
  if (!(await isTraining(paths, run.id))) await sweep(paths.run(run.id));
  await reconcileRun(context, run);
}

/**
 * Before a run is said to be deleted: its files go later, when nobody hears why they stay.
 * @throws StorageError naming the folder that nothing may be deleted from
 */
export async function assertRemovable(paths: HomePaths, runId: string): Promise<void> {
  for (const folder of [paths.runs, ...(await foldersIn(paths.run(runId)))])
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'EPERM')
        throw new StorageError('unwritable-home.not-yours-to-delete', { path: folder }, { path: folder });
      if (error.code !== 'ENOENT') throw storageError(error, paths.home);
    });
}

/** It and all below; what is closed is among them, and what is in it is not. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => foldersIn(join(folder, name)));
  return [folder, ...(await Promise.all(inner)).flat()];
}

export const removeRunFiles = (paths: HomePaths, runId: string): Promise<void> =>
  rm(paths.run(runId), { recursive: true, force: true, maxRetries: 3 });

/**
 * One run's checkpoints and embeddings; also before it is resumed, when its trainer has gone. An embedding that is being
 * made or used has an owner and is left alone.
 */
export async function reconcileRun({ store, paths, leases }: ReconcileContext, run: Pick<RunRow, 'id'>): Promise<void> {
  const unowned = (name: string) => !leases.isHeld('set', name.split('.')[0]!);
  if (await isTraining(paths, run.id)) return;
  await removeTemporaryFiles(paths.checkpoints(run.id));
  const known = new Map(store.checkpoints.ofRun(run.id).map((row) => [row.file, row]));
  const files: CheckpointReport[] = [];
  for (const file of await names(paths.checkpoints(run.id))) {
    if (!file.endsWith('.safetensors')) continue;
    const row = known.get(file);
    const bytes = (await stat(paths.checkpoint(run.id, file))).size;
    if (row && row.bytes === bytes) files.push({ ...row, hasOptimizerState: row.hasOptimizerState === 1 });
    else {
      const read = await readCheckpointFacts(paths.checkpoint(run.id, file));
      if (read) files.push({ file, bytes, ...read });
    }
  }
  store.checkpoints.replace(run.id, files, Date.now());

  const sets = new Set(store.embeddingSets.ofRun(run.id).map((set) => set.id));
  const present = await names(paths.embeddings(run.id));
  for (const id of sets)
    if (unowned(id) && !(present.includes(`${id}.npy`) && present.includes(`${id}.json`)))
      store.embeddingSets.remove(id);
  for (const file of present.filter(unowned))
    if (isTemporary(file) || !sets.has(file.split('.')[0]!))
      await rm(join(paths.embeddings(run.id), file), { force: true, recursive: true });
}

/**
 * Empty where there is no such folder. What a folder that is closed or a disk that fails holds is not known: to take it
 * for empty would lose the rows of files that are there, and then the files that have no rows.
 * @throws the system's error
 */
const names = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => null)) !== null;

/** The part of a checkpoint's metadata that the history shows; the trainer writes it as JSON under `facts`. */
const Facts = z.object({
  step: z.int(),
  epoch: z.number(),
  knn: z.number().nullable(),
  agreement: z.number().nullable(),
  finished: z.boolean(),
});

/** From the header of a safetensors file alone; null where it is not a whole checkpoint. */
async function readCheckpointFacts(path: string): Promise<Omit<CheckpointReport, 'file' | 'bytes'> | null> {
  const file = await open(path).catch(() => null);
  if (!file) return null;
  try {
    const { entries, metadata } = await readHead(file);
    const { finished, ...facts } = Facts.parse(JSON.parse(metadata['facts'] ?? ''));
    const hasOptimizerState = entries.some(({ name }) => isOptimizerSlot(name));
    return { ...facts, hasOptimizerState, kept: finished ? 'final' : hasOptimizerState ? 'recent' : 'series' };
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
