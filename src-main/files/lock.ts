/**
 * A lock that the operating system drops the moment its process dies, by any signal and on any platform: an
 * empty SQLite file held in an exclusive transaction. Nothing is written, so nothing is left to clean up, and
 * no age, process id or heartbeat has to be judged.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { writeFailed } from './errors.ts';

export interface Lock {
  release(): void;
}

/**
 * Takes the lock on `file` (created when missing), or null when another process, or another lock of this one,
 * holds it for longer than `wait` milliseconds.
 * @throws FileError where the file is closed to this person, else SQLite's error when it cannot be created
 */
export function acquireLock(file: string, wait = 0): Lock | null {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: wait });
    db.pragma('journal_mode = MEMORY'); // its file would need a byte of a disk that may have none left
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null;
    assertOpen(file);
    throw error;
  }
  const held = db;
  return { release: () => void held.close() };
}

/**
 * SQLite calls what is another person's a file that cannot be opened, or a disk that fails.
 * @throws FileError write-failed, where a file that is there may not be read and written
 */
export function assertOpen(file: string): void {
  if (!existsSync(file)) return;
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw writeFailed(file, error);
  }
}

/** Whether somebody holds the lock now. */
export function isLocked(file: string): boolean {
  const lock = acquireLock(file);
  lock?.release();
  return lock === null;
}
