/**
 * Copies of the history beside it: one a day that Lookalike is opened on, the last seven kept, and one before each
 * migration, of which the last two are kept (database.ts). A damaged history is never copied over a good copy, and is
 * set aside, not deleted, where another takes its place.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { moveInto, removeTemporaryFiles, temporaryName } from '../files/index.ts';
import { openDatabase } from './database.ts';
import type { Db } from './database.ts';
import { StorageError, storageError } from './errors.ts';
import { isWhole, isWholeFile } from './whole.ts';

const keptDays = 7;
const DAY = 86_400_000; // ms

/**
 * Makes today's copy (UTC) by SQLite's backup interface, some pages at a time and looked through in a thread, so that
 * nobody waits for it, and removes the oldest. Resolves to the copy's path; null where there is one already.
 * @throws StorageError damaged-database; then there is no copy, and the older ones stay
 */
export async function backUpDaily(db: Db, file: string, now = new Date()): Promise<string | null> {
  const start = `${basename(file)}.day-`;
  const target = join(dirname(file), `${start}${now.toISOString().slice(0, 10)}`);
  if (existsSync(target)) return null;
  await removeTemporaryFiles(dirname(file));
  const copy = temporaryName(target);
  try {
    await db.backup(copy);
    if (!(await isWholeFile(copy)))
      throw new StorageError(
        'damaged-database.errno',
        { folder: dirname(file), errno: 'SQLITE_CORRUPT' },
        { path: file },
      );
    await moveInto(copy, target);
  } catch (error) {
    rmSync(copy, { force: true });
    throw storageError(error, file);
  }
  const days = readdirSync(dirname(file)).filter((name) => name.startsWith(start));
  // of days to come: they were made while the clock was wrong, and would outlive all that are made from now on
  const isAhead = (name: string) => name > basename(target);
  days.sort((a, b) => Number(isAhead(b)) - Number(isAhead(a)) || (a < b ? -1 : 1));
  for (const old of days.slice(0, -keptDays)) rmSync(join(dirname(file), old), { force: true });
  return target;
}

/**
 * Paths of the copies, newest first; those that a clock dated ahead of now are taken for the oldest. They may be damaged:
 * openCopy finds out.
 */
export function backupsOf(file: string, now = Date.now()): string[] {
  const folder = dirname(file);
  const start = basename(file);
  const isCopy = (name: string) => name.startsWith(`${start}.day-`) || name.startsWith(`${start}.backup-`);
  const copies = readdirSync(folder).filter((name) => isCopy(name) && !/-(wal|shm)$/.test(name));
  const age = (name: string) => {
    const ago = now - statSync(join(folder, name)).mtimeMs;
    return ago < -DAY ? Infinity : ago;
  };
  const ages = new Map(copies.map((name) => [name, age(name)]));
  const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return copies.sort((a, b) => compare(ages.get(a)!, ages.get(b)!)).map((name) => join(folder, name));
}

/** What says nothing of the copy, but of where it is read. */
const elsewhere = ['full-disk', 'unwritable-home'];

/**
 * Opens a temporary copy of a copy, its schema brought up to date; close() deletes it. Null where it is damaged or
 * newer than this version. It lies beside the copy, where it is swept after a kill, or, where that has no room, where the
 * system keeps temporary files.
 * @throws StorageError what keeps a copy that may be good from being read: a full disk
 */
export function openCopy(copy: string): { db: Db; close(): void } | null {
  try {
    const beside = temporaryName(copy);
    mkdirSync(beside, { mode: 0o700 });
    return openIn(beside, copy);
  } catch (error) {
    const elsewhere = temporaryFolder();
    if (elsewhere === null) throw storageError(error, dirname(copy));
    return openIn(elsewhere, copy);
  }
}

function temporaryFolder(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), 'lookalike-history-'));
  } catch {
    return null; // it has no room either
  }
}

/** @param folder for it alone */
function openIn(folder: string, copy: string): ReturnType<typeof openCopy> {
  const file = join(folder, 'history.db');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    copyFileSync(copy, file);
    const db = openDatabase(file);
    const close = () => (db.close(), remove());
    if (isWhole(db)) return { db, close };
    close();
    return null;
  } catch (error) {
    remove();
    const told = storageError(error, dirname(copy));
    if (told instanceof StorageError && elsewhere.includes(told.code)) throw told;
    return null;
  }
}

/**
 * Renames a damaged history, with SQLite's files beside it, so that a new one can take its place. Resolves to its new
 * path.
 */
export async function setDatabaseAside(file: string, now = new Date()): Promise<string> {
  const aside = `${file}.damaged-${now.toISOString().replace(/[-:]/g, '').slice(0, 15)}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) await moveInto(file + part, aside + part);
  return aside;
}
