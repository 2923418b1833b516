/** What can go wrong with the home folder and its database, each with its remedy. */
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';
import { existsSync, lstatSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, personsFolder } from '../files/index.ts';

type StorageErrorKey = KeyOf<'newer-database' | 'unwritable-home' | 'full-disk' | 'damaged-database'>;
export class StorageError<Key extends StorageErrorKey = StorageErrorKey> extends KeyedError<Key> {
  override readonly name = 'StorageError';
}

function short(path: string): string {
  const own = personsFolder();
  return path.startsWith(`${own}/`) ? `~${path.slice(own.length)}` : path;
}

/** Whether the error says that there is no room left on the disk. */
export const isFullDisk = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'full-disk'].includes(errnoOf(error) ?? '');

/**
 * What has the name of a file or folder of ours and is none, as a StorageError: a link that leads nowhere, the one in
 * place of the other, what SQLite knows nothing of. Null where it is none of these.
 */
export function inTheWay(path: string, error: unknown, wanted: 'file' | 'folder' = 'file'): StorageError | null {
  const found = statOf(statSync, path);
  const isWanted = (of: Stats) =>
    wanted === 'folder' ? of.isDirectory() : of.isFile() && errnoOf(error) !== 'SQLITE_NOTADB';
  const isOther = found ? !isWanted(found) : statOf(lstatSync, path) !== null;
  return isOther ? new StorageError('unwritable-home.in-the-way', { path: short(path) }, { path }) : null;
}

function statOf(ask: (path: string) => Stats, path: string): Stats | null {
  try {
    return ask(path);
  } catch {
    return null;
  }
}

/** Errors of the system and of SQLite as a StorageError; anything else is returned as it came. */
export function storageError(error: unknown, path: string): unknown {
  const code = errnoOf(error);
  if (error instanceof StorageError || code === undefined) return error;
  if (isFullDisk(error)) return new StorageError('full-disk.home', { folder: short(path) }, { path });
  if (code === 'EROFS') return new StorageError('unwritable-home.read-only', { folder: short(path) }, { path });
  const closed = /^(EACCES|EPERM)$/.test(code) ? closedPlace(error, path) : null;
  if (closed !== null) return new StorageError('unwritable-home.not-yours', { path: short(closed) }, { path: closed });
  if (/^(EACCES|EPERM|SQLITE_PERM|SQLITE_READONLY)$/.test(code))
    return new StorageError('unwritable-home.permission', { folder: short(path), errno: code }, { path });
  if (/^(EIO$|SQLITE_IOERR)/.test(code))
    return new StorageError('unwritable-home.disk', { folder: short(path), errno: code }, { path });
  if (
    /^(ENOTDIR|EEXIST|ENOENT|ELOOP|ENAMETOOLONG|EFBIG|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(code) ||
    isOfShare(error)
  )
    return new StorageError('unwritable-home.errno', { folder: short(path), errno: code }, { path });
  if (/^(EMFILE|ENFILE)$/.test(code)) return new StorageError('unwritable-home.handles', {}, { path });
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return new StorageError('unwritable-home.busy', { folder: short(path) }, { path });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new StorageError('damaged-database.errno', { folder: short(path), errno: code }, { path });
  return error;
}

/** What the system says of a file on a share that is away, or whose server does not answer; of no connection. */
const isOfShare = (error: unknown): boolean =>
  /^(ESTALE|ENOTCONN|EHOSTDOWN|EHOSTUNREACH|ETIMEDOUT|ENODEV|ENXIO)$/.test(errnoOf(error) ?? '') &&
  typeof (error as { path?: unknown }).path === 'string';

/** What in `home` the error says is closed: the file, or the nearest folder that can be seen; null for the home itself. */
function closedPlace(error: unknown, home: string): string | null {
  const { path, details } = error as { path?: unknown; details?: { path?: unknown } };
  const named = details?.path ?? path;
  if (typeof named !== 'string') return null;
  let at = named;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at.startsWith(`${home}/`) ? at : null;
}
