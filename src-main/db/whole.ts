/** Whether a history is as SQLite wrote it. */
import { askThread, programAt } from '../files/index.ts';
import type { Db } from './database.ts';

export function isWhole(db: Db): boolean {
  try {
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch {
    return false; // the damage is such that SQLite cannot even look
  }
}

/** The same of a file that nobody has open, in a thread: of a million photos every page is half a gigabyte to read. */
export function isWholeFile(file: string): Promise<boolean> {
  return askThread<boolean, boolean>(programAt('./wholeWorker', import.meta.url), file, {
    what: 'the check of a history',
    hear: (isWhole, answer) => answer(isWhole),
  });
}
