/**
 * The lock of a run: held by the process that trains it, dropped by the operating system the moment that process
 * dies. An empty SQLite file in an exclusive transaction is one on every platform. The application looks at it before
 * it starts a run again, so that a trainer that outlived a killed application is never joined by a second one.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TrainerError } from './errors.ts';

/** @throws TrainerError cannot-start when another process holds it */
export function holdRun(runDirectory: string): { release(): void } {
  mkdirSync(runDirectory, { recursive: true });
  const db = new Database(join(runDirectory, 'lock'), { timeout: 5000 }); // the application may be looking just now
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch {
    db.close();
    throw new TrainerError('cannot-start', 'another process is training this run: end it, then resume');
  }
  return { release: () => void db.close() };
}
