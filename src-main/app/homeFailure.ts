/**
 * What keeps the application from its own home while it is open (a disk that became read-only, say), told as that: with
 * the home and its remedy, and not with those of the one file of it that was met first.
 */
import { existsSync } from 'node:fs';
import { isFullDisk, StorageError, storageError } from '../db/index.ts';
import { liesIn } from '../files/index.ts';

/**
 * A failure of the database, or of writing a file of the home, as a StorageError; any other as it is: so what a person
 * has written elsewhere, for which another folder can be chosen.
 * @param error as it was thrown, or as it came from another process
 */
export function ofHome<E>(error: E, home: string): E | StorageError {
  const { code, details } = (error ?? {}) as { code?: unknown; details?: { path?: unknown; errno?: unknown } };
  if (typeof code !== 'string') return error;
  const { path, errno } = details ?? {};
  const isOwn = code === 'write-failed' && typeof path === 'string' && typeof errno === 'string' && liesIn(path, home);
  if (!isOwn && !code.startsWith('SQLITE_')) return error;
  if (isOwn && errno === 'ENOENT' && !existsSync(home))
    return new StorageError('unwritable-home.gone', { folder: home });
  const told = storageError(isOwn ? Object.assign(new Error(errno), { code: errno, path }) : error, home);
  return told instanceof StorageError ? told : error;
}

/** The same, and a full disk as one whatever met it. */
export const toldOfHome = (error: unknown, home: string): unknown =>
  isFullDisk(error) ? storageError(error, home) : ofHome(error, home);
