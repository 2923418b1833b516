/** What can go wrong with the home folder and its database, each with its remedy. */
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';
import { homedir } from 'node:os';
import { errnoOf } from '../files/index.ts';

type StorageErrorKey = KeyOf<'newer-database' | 'unwritable-home' | 'full-disk' | 'damaged-database'>;
export class StorageError<Key extends StorageErrorKey = StorageErrorKey> extends KeyedError<Key> {
  override readonly name = 'StorageError';
}

const short = (path: string) => (path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path);

/** Whether the error says that there is no room left on the disk. */
export const isFullDisk = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'full-disk'].includes(errnoOf(error) ?? '');

/** Errors of the system and of SQLite as a StorageError; anything else is returned as it came. */
export function storageError(error: unknown, path: string): unknown {
  const code = errnoOf(error);
  if (error instanceof StorageError || code === undefined) return error;
  if (isFullDisk(error)) return new StorageError('full-disk.home', { folder: short(path) }, { path });
  if (
    /^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|ELOOP|ENAMETOOLONG|SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM|SQLITE_IOERR)/.test(
      code,
    )
  )
    return new StorageError('unwritable-home.errno', { folder: short(path), errno: code }, { path });
  if (/^(EMFILE|ENFILE)$/.test(code)) return new StorageError('unwritable-home.handles', {}, { path });
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return new StorageError('unwritable-home.busy', { folder: short(path) }, { path });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new StorageError('damaged-database.errno', { folder: short(path), errno: code }, { path });
  return error;
}
