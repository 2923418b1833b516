/**
 * Opens lookalike.db and brings its schema up to date. The application process is its only user: it holds the
 * home's lock before it comes here.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { assertOpen, errnoOf } from '../files/index.ts';
import { inTheWay, StorageError, storageError } from './errors.ts';
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
    refuseForeign(db, file); // before anything is written into it
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
    throw openingError(error, file);
  }
}

/** What keeps a database from being opened; one that lacks what its version says that it has is damaged. */
export function openingError(error: unknown, file: string): unknown {
  const folder = dirname(file);
  const errno = errnoOf(error);
  if (errno === 'SQLITE_CANTOPEN' && inTheWay(file, error)) return inTheWay(file, error);
  if (errno?.startsWith('SQLITE_'))
    try {
      for (const part of ['', '-wal']) assertOpen(file + part);
    } catch (closed) {
      return storageError(closed, folder);
    }
  return errno === 'SQLITE_ERROR'
    ? new StorageError('damaged-database.errno', { folder, errno }, { path: file })
    : storageError(error, folder);
}

/** Tables of every version. */
const ours = ['datasets', 'images', 'runs', 'settings'];

/** One without a version is new, and empty. @throws StorageError damaged-database */
function refuseForeign(db: Db, file: string): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  const names = db.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all();
  if (version === 0 ? names.length > 0 : !ours.every((name) => names.includes(name)))
    throw new StorageError('damaged-database.foreign', { folder: dirname(file) }, { path: file });
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
