/**
 * Runs that come from elsewhere: their files are written before the history names them, so that a folder says of itself
 * that it is not whole yet. What a killed import left is taken away by the next start, and never for a run that was lost.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/index.ts';
import type { AppContext } from '../context.ts';
import type { HomePaths } from '../home.ts';

type Parts = Pick<AppContext, 'paths' | 'store'>;

const mark = (paths: HomePaths, runId: string): string => join(paths.run(runId), 'importing');

/** Does what writes the files of a run and then its row; where that fails nothing of it stays. */
export async function importing<T>({ paths, store }: Parts, runId: string, work: () => Promise<T>): Promise<T> {
  makeFolder(paths.run(runId), paths.home);
  await writeFile(mark(paths, runId), '');
  try {
    return await work();
  } finally {
    const gone = store.runs.get(runId) ? mark(paths, runId) : paths.run(runId);
    await rm(gone, { recursive: true, force: true });
  }
}

/** Whether an import is writing the folder, or was when it ended. */
export const isImporting = (paths: HomePaths, runId: string): Promise<boolean> =>
  stat(mark(paths, runId)).then(
    () => true,
    () => false,
  );

/** For the start, when nothing is imported. */
export async function removeHalfImports({ paths, store }: Parts): Promise<void> {
  for (const runId of await readdir(paths.runs).catch(() => [] as string[])) {
    if (!(await isImporting(paths, runId))) continue;
    const gone = store.runs.get(runId) ? mark(paths, runId) : paths.run(runId);
    await rm(gone, { recursive: true, force: true }).catch(() => {}); // what another program has open: the next time
  }
}
