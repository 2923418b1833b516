/** Whether a history is as SQLite wrote it. */
import { Worker } from 'node:worker_threads';
import { InternalError } from '../../shared/errors.ts';
import type { Db } from './database.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

export function isWhole(db: Db): boolean {
  try {
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch {
    return false; // the damage is such that SQLite cannot even look
  }
}

/** The same of a file that nobody has open, in a thread: of a million photos every page is half a gigabyte to read. */
export function isWholeFile(file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./wholeWorker' + extension, import.meta.url), { workerData: file });
    worker.on('message', resolve);
    worker.on('error', (error) => reject(new InternalError('failed', `the check failed: ${String(error)}`)));
    worker.on('exit', () => reject(new InternalError('failed', 'the thread of the check ended without an answer')));
  });
}
