/**
 * Makes the history again where it is lost: what the newest good copy of the database holds, then what the folders of
 * runs keep (runs/records.ts), and of a folder without that what its checkpoints say. A damaged database is set aside,
 * never deleted; what the history holds already stays as it is.
 */
import { existsSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Recovered } from '../../shared/contract.ts';
import { FrozenEncoder } from '../../shared/frozen.ts';
import { readConfig } from '../../shared/records.ts';
import { given } from '../../shared/naming.ts';
import { reason } from '../../shared/reason.ts';
import { readHead } from '../../shared/safetensors.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import { KeptRows, openStore, setDatabaseAside, shortHash, StorageError, storageError } from '../db/index.ts';
import type { RunRow, Store } from '../db/index.ts';
import { readLines, readNpyLayout, readRecord, writeRecord } from '../files/index.ts';
import type { HomePaths } from './home.ts';
import { openHome } from './home.ts';
import { Leases } from './leases.ts';
import { isImporting } from './runs/importing.ts';
import { keptVersion } from './runs/keepRecord.ts';
import { keptFiles } from './runs/records.ts';
import { reconcileRun } from './runs/reconcile.ts';
import type { ReconcileContext } from './runs/reconcile.ts';

/**
 * Folders of runs that hold something, and that the history does not name, or only in part: those that a repair was
 * bringing back when it was killed.
 */
export async function lostRuns({ store, paths }: Pick<ReconcileContext, 'store' | 'paths'>): Promise<string[]> {
  const begun = await begunRuns(paths);
  const isWhole = ({ id, state, deletedAt }: RunRow) => !begun.has(id) || deletedAt !== null || isUnderWay(state);
  const known = new Set(store.runs.all().flatMap((run) => (isWhole(run) ? [run.id] : [])));
  const names = await readdir(paths.runs).catch(() => [] as string[]);
  const lost: string[] = [];
  for (const id of names.filter((name) => !known.has(name))) {
    if (await isImporting(paths, id)) continue; // not there yet
    if (existsSync(keptFiles(paths, id).run) || (await checkpointFiles(paths, id)).length > 0) lost.push(id);
  }
  return lost.sort();
}

const begunVersion = 1;
async function begunRuns({ recovering }: HomePaths): Promise<ReadonlySet<string>> {
  const record = await readRecord(recovering).catch(() => null); // missing: the last was done to its end
  return new Set(z.array(z.string()).catch([]).parse(record?.content));
}

/** Brings back the runs that the history has lost. */
export async function recoverRuns(context: ReconcileContext): Promise<Omit<Recovered, 'aside'>> {
  const { store, paths } = context;
  const lost = await lostRuns(context);
  if (lost.length > 0) await writeRecord(paths.recovering, begunVersion, lost);
  const backup = lost.length > 0 || store.runs.all().length === 0 ? store.restoreBackup(new Set(lost)) : null;
  const unreadable: string[] = [];
  for (const runId of lost) {
    const isBack = await restoreRun(store, paths, runId);
    if (!isBack) unreadable.push(runId);
    else await reconcileRun(context, { id: runId });
  }
  await rm(paths.recovering, { force: true });
  return { runs: lost.length - unreadable.length, backup: backup === null ? null : basename(backup), unreadable };
}

/**
 * The whole of it, for a home that nobody has open: a damaged database is set aside first.
 * @throws StorageError (a newer database, a home that cannot be written), AppError home-in-use
 */
export async function repairHome(home: string): Promise<Recovered> {
  const { paths, lock } = openHome(home);
  try {
    const aside = damaged(paths.database) ? await setDatabaseAside(paths.database) : null;
    const store = openStore(paths.database);
    try {
      const found = await recoverRuns({ store, paths, leases: new Leases() });
      return { ...found, aside: aside === null ? null : basename(aside) };
    } finally {
      store.close();
    }
  } catch (error) {
    throw storageError(error, paths.home);
  } finally {
    lock.release();
  }
}

/** @throws StorageError for what is wrong with it otherwise: a newer version is not damage */
function damaged(database: string): boolean {
  if (!existsSync(database)) return false;
  try {
    const store = openStore(database);
    try {
      return !store.isWhole();
    } finally {
      store.close(); // or Windows would not let it be set aside
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'damaged-database') return true;
    throw error;
  }
}

/**
 * False where nothing of it can be read, or what its folder keeps contradicts itself, which keeps the others from
 * nothing. @throws what the disk or the history refuses
 */
async function restoreRun(store: Store, paths: HomePaths, runId: string): Promise<boolean> {
  try {
    return await restoreRows(store, paths, runId);
  } catch (error) {
    const told = storageError(error, paths.home);
    if (told instanceof StorageError) throw told;
    return false;
  }
}

async function restoreRows(store: Store, paths: HomePaths, runId: string): Promise<boolean> {
  const files = keptFiles(paths, runId);
  const kept = await rowsIn(files.run);
  if (kept?.['datasets'])
    for await (const images of readLines(files.takenOut, keptVersion))
      store.kept.restore({ ...KeptRows.parse({ images }), datasets: kept['datasets'] });
  const run = kept ?? (await rowsOfCheckpoints(store, paths, runId));
  if (!run && !store.runs.get(runId)) return false;
  const figures = (await checkpointFiles(paths, runId)).flatMap(({ facts }) => figuresOf(runId, facts));
  const parts = [run, await rowsIn(files.figures), await rowsIn(files.evaluations), { epoch_metrics: figures }];
  // at once: a run that is there is not looked for again, whatever of it a fault left behind
  store.kept.restore(ofRun(joined(parts), runId));
  return true;
}

function joined(parts: readonly (KeptRows | null)[]): KeptRows {
  const all: KeptRows = {};
  for (const part of parts)
    for (const [table, rows] of Object.entries(part ?? {})) all[table] = [...(all[table] ?? []), ...rows];
  return all;
}

/** A folder that was copied under another name is another run. */
const ofRun = (rows: KeptRows, runId: string): KeptRows =>
  Object.fromEntries(
    Object.entries(rows).map(([table, some]) => [
      table,
      some.filter((row) =>
        table === 'runs' ? row['id'] === runId : !('run_id' in row) || 'place' in row || row['run_id'] === runId,
      ),
    ]),
  );

async function rowsIn(path: string): Promise<KeptRows | null> {
  try {
    const { version, content } = await readRecord(path);
    return version === keptVersion ? KeptRows.parse(content) : null;
  } catch {
    return null; // missing or damaged: what else is there has to do
  }
}

const Facts = z.object({
  version: z.int().default(1),
  config: z.unknown(),
  step: z.int(),
  epoch: z.number(),
  images: z.int().default(0),
  trainingSeconds: z.number().default(0),
  finished: z.boolean().default(false),
  lastRow: z.looseObject({ step: z.int() }).nullable().default(null),
  /** Of a run that trains nothing. */
  encoder: FrozenEncoder.nullable().default(null),
});
type Facts = z.infer<typeof Facts>;

async function checkpointFiles(paths: HomePaths, runId: string): Promise<{ path: string; facts: Facts; at: number }[]> {
  const names = await readdir(paths.checkpoints(runId)).catch(() => [] as string[]);
  const found = [];
  for (const name of names.filter((name) => name.endsWith('.safetensors')).sort()) {
    const path = paths.checkpoint(runId, name);
    const file = await open(path).catch(() => null);
    try {
      const { metadata } = await readHead(file!);
      const facts = Facts.parse(JSON.parse(metadata['facts']!));
      const config = readConfig(facts.config, facts.version);
      found.push({ path, facts: { ...facts, config }, at: (await stat(path)).mtimeMs });
    } catch {
      // not a whole checkpoint: the others tell what there is
    } finally {
      await file?.close();
    }
  }
  return found;
}

/** The figures that a checkpoint carries. */
const figuresOf = (runId: string, { lastRow, version }: Facts): KeptRows[string] =>
  lastRow ? [{ run_id: runId, step: lastRow.step, metrics: JSON.stringify(lastRow), record_version: version }] : [];

/** The folder of photos of runs whose folder keeps no more than checkpoints: a person says where it is. */
const unknownName = given(reason('given.unknown'));
const unknownFolder = { id: shortHash('unknown'), name: unknownName.name, folder: '/unknown' };

async function rowsOfCheckpoints(store: Store, paths: HomePaths, runId: string): Promise<KeptRows | null> {
  const found = await checkpointFiles(paths, runId);
  const last = found.at(-1);
  if (!last) return null;
  const { facts } = last;
  const run = {
    id: runId,
    name: runId,
    color: '#0072b2',
    state: facts.finished ? 'finished' : 'interrupted',
    dataset_id: unknownFolder.id,
    config: JSON.stringify(facts.config),
    created_at: Math.round(found[0]!.at),
    started_at: Math.round(found[0]!.at),
    ended_at: Math.round(last.at),
    images: facts.images,
    epoch: facts.epoch,
    step: facts.step,
    training_seconds: facts.trainingSeconds,
    encoder: facts.encoder && JSON.stringify(facts.encoder),
  };
  store.kept.restore({
    datasets: [{ ...unknownFolder, naming: JSON.stringify(unknownName.naming), added_at: Date.now() }],
    runs: [run],
  });
  await reconcileRun({ store, paths, leases: heldAll }, { id: runId });
  return { embedding_sets: await embeddingsOf(store, paths, runId) };
}

/** Leases by which everything counts as held: reconciling leaves embeddings alone that no row names yet. */
const heldAll = Object.assign(new Leases(), { isHeld: () => true });

/**
 * Rows for the vectors in a run's folder, each taken as made with the newest checkpoint that is older than the file.
 */
async function embeddingsOf(store: Store, paths: HomePaths, runId: string): Promise<KeptRows[string]> {
  const rows: KeptRows[string] = [];
  const checkpoints = store.checkpoints.ofRun(runId);
  const names = await readdir(paths.embeddings(runId)).catch(() => [] as string[]);
  for (const name of names.filter((name) => name.endsWith('.npy'))) {
    const path = join(paths.embeddings(runId), name);
    const layout = await readNpyLayout(path).catch(() => null);
    const { mtimeMs: at } = await stat(path);
    const before = [];
    for (const row of checkpoints) if ((await stat(paths.checkpoint(runId, row.file))).mtimeMs <= at) before.push(row);
    const checkpoint = before.at(-1) ?? checkpoints[0];
    const [images, dimensions] = layout?.shape ?? [];
    if (!checkpoint || images === undefined || dimensions === undefined) continue;
    rows.push({
      id: basename(name, '.npy'),
      run_id: runId,
      checkpoint_id: checkpoint.id,
      epoch: checkpoint.epoch,
      dataset_id: unknownFolder.id,
      fingerprint: '',
      images,
      dimensions,
      created_at: Math.round(at),
    });
  }
  return rows;
}
