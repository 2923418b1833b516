/**
 * Opens lookalike.db and brings its schema up to date. The application process is its only user: it holds the
 * home's lock before it comes here.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StorageError, storageError } from './errors.ts';
import { migrations } from './migrations.ts';

export type Db = Database.Database;

/**
 * @param file the database, created when missing
 * @throws StorageError: written by a newer version, unwritable, full disk or damaged
 */
export function openDatabase(file: string, steps = migrations): Db {
  let db: Db | undefined;
  try {
    db = new Database(file);
    // no file of shared memory, which on a nearly full disk ends the process with SIGBUS: nobody else opens it
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    db.pragma('temp_store = MEMORY');
    // A quarter of a gigabyte of pages, taken as they are read: with the usual 2 MB every pass over a million photos
    // reads its pages again. Not mapped into memory: a disk that fails would end the process (SIGBUS).
    db.pragma('cache_size = -262144');
    migrate(db, file, steps);
    return db;
  } catch (error) {
    db?.close();
    throw storageError(error, file);
  }
}

/** Each step in a transaction of its own, after one copy of the file as it was: `lookalike.db.backup-<version>`. */
function migrate(db: Db, file: string, steps: typeof migrations): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > steps.length)
    throw new StorageError(
      'newer-database.schema',
      { folder: dirname(file), schema: version, known: steps.length },
      { path: file },
    );
  if (version === steps.length) return;
  if (version > 0) backup(db, file, version);
  for (let next = version; next < steps.length; next++)
    db.transaction(() => {
      db.exec(steps[next]!.sql);
      db.pragma(`user_version = ${next + 1}`);
    }).exclusive();
}

function backup(db: Db, file: string, version: number): void {
  const target = `${file}.backup-${version}`;
  if (existsSync(target)) rmSync(target);
  db.prepare('VACUUM INTO ?').run(target); // a consistent copy, whatever is still in the WAL
  const old = readdirSync(dirname(file)).filter(
    (name) => name.startsWith(`${basename(file)}.backup-`) && !target.endsWith(name),
  );
  const number = (name: string) => Number(name.slice(name.lastIndexOf('-') + 1));
  for (const name of old.sort((a, b) => number(b) - number(a)).slice(1)) rmSync(join(dirname(file), name));
}
