/**
 * Brings what a cloud service holds of a folder onto this computer, when a person says so: a file is fetched by being
 * read, and a placeholder of iCloud's older kind (`.NAME.icloud`) by macOS's own helper, brctl. Then the folder is read
 * again. Nothing else in the application opens such files.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { reason } from '../../../shared/reason.ts';
import { ImageError, placeholderOf } from '../../images/index.ts';
import { basename } from 'node:path';
import type { AppContext } from '../context.ts';
import type { TaskWork } from '../tasks.ts';
import type { Library } from './library.ts';
import { photoPath } from './photos.ts';

/** Tells the system that a file is wanted; it is fetched when the system has time. */
const askFor = promisify(execFile);

export function fetchElsewhere(
  { store, pool }: Pick<AppContext, 'store' | 'pool'>,
  library: Library,
  datasetId: string,
): TaskWork {
  return async ({ signal, progress, notice }) => {
    const dataset = library.dataset(datasetId);
    const files = store.images.elsewhereFiles(datasetId);
    let failed = 0;
    for (const [i, file] of files.entries()) {
      signal.throwIfAborted();
      progress(i / files.length, reason('doing.fetching'));
      const path = photoPath(dataset, { file });
      try {
        if (placeholderOf(basename(path)) === null) await pool.identify(path, signal);
        else await askFor('brctl', ['download', path]);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ImageError) && (error as NodeJS.ErrnoException).syscall === undefined) throw error;
        failed++;
      }
    }
    if (failed > 0) notice(reason('doing.not-fetched', { count: failed }));
    await library.readings.beginAnew(datasetId, true);
    return datasetId;
  };
}
