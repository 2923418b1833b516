/** What can go wrong with the home folder and its database, each with its remedy. */
import { homedir } from 'node:os';
import { errnoOf } from '../files/index.ts';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: 'newer-database' | 'unwritable-home' | 'full-disk' | 'damaged-database';
  readonly details: { path: string };
  constructor(code: StorageError['code'], path: string, message: string) {
    super(message);
    this.code = code;
    this.details = { path };
  }
}

const short = (path: string) => (path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path);

/** Errors of the system and of SQLite as a StorageError; anything else is returned as it came. */
export function storageError(error: unknown, path: string): unknown {
  const code = errnoOf(error);
  if (error instanceof StorageError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return new StorageError(
      'full-disk',
      path,
      `the disk of ${short(path)} is full: free some space, or choose another home with --home or LOOKALIKE_HOME`,
    );
  if (
    /^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|ELOOP|ENAMETOOLONG|SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM|SQLITE_IOERR)/.test(
      code,
    )
  )
    return new StorageError(
      'unwritable-home',
      path,
      `the home folder ${short(path)} cannot be written (${code}): choose another with --home or LOOKALIKE_HOME`,
    );
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB')
    return new StorageError(
      'damaged-database',
      path,
      `the database in ${short(path)} is damaged (${code}): move lookalike.db away, or put a backup (lookalike.db.backup-*) in its place`,
    );
  return error;
}
