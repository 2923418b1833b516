/** Opens the home folder (paths.ts says where it is) and sees to it that one process alone works in it. */
import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inTheWay, isFullDisk, storageError } from '../db/index.ts';
import { acquireLock, errnoOf, isLocked, makeFolder, temporaryName } from '../files/index.ts';
import type { Lock } from '../files/index.ts';
import { AppError } from './errors.ts';
import { assertOwnFolder } from './homeApart.ts';
import { homePaths } from './paths.ts';
import type { HomePaths } from './paths.ts';

export { defaultHome, homePaths } from './paths.ts';
export type { HomePaths } from './paths.ts';

/** Whether an application has it open. */
export function isHeld(home: string): boolean {
  const { lock } = homePaths(resolve(home));
  try {
    return existsSync(lock) && isLocked(lock);
  } catch (error) {
    throw inTheWay(lock, error) ?? storageError(error, home);
  }
}

export interface Home {
  paths: HomePaths;
  lock: Lock;
}

/**
 * Keeps other users of the computer out of the history, the networks and the thumbnails, where the disk knows
 * permissions. What a person has closed to themselves stays so.
 */
export function keepPrivate(path: string): void {
  try {
    if (process.platform !== 'win32') chmodSync(path, statSync(path).mode & 0o700);
  } catch {
    // another's folder, a file that is not there yet, or a disk that knows no permissions
  }
}

/**
 * Creates the folder where it is missing, tries to write in it and takes its lock. A full disk does not keep a home
 * closed: its runs can be listed, and deleted to make room.
 * @throws StorageError (unwritable, full where the home is new) or AppError home-in-use, bad-folder (photos in it)
 */
export function openHome(home: string): Home {
  const paths = homePaths(resolve(home));
  assertOwnFolder(paths.home);
  let lock: Lock | null;
  try {
    makeFolder(paths.home);
    keepPrivate(paths.home);
    keepPrivate(paths.database);
    for (const folder of [paths.home, paths.runs, paths.photoCache, paths.thumbnails]) makeFolder(folder);
    tryWriting(paths.home);
    lock = acquireLock(paths.lock);
  } catch (error) {
    throw inWay(paths, error) ?? storageError(error, paths.home);
  }
  if (!lock) throw new AppError('home-in-use.home', { home: paths.home });
  return { paths, lock };
}

/** Whether files can be written in a folder, found out by one; a full disk is another matter. @throws the system's error */
export function tryWriting(folder: string): void {
  const trial = temporaryName(join(folder, 'trial'));
  try {
    writeFileSync(trial, 'a');
  } catch (error) {
    if (!isFullDisk(error)) throw Object.assign(error as Error, { path: folder });
  } finally {
    if (existsSync(trial)) rmSync(trial, { force: true });
  }
}

/** What is no folder where one has to be, or no lock. */
function inWay({ lock }: HomePaths, error: unknown): Error | null {
  if (/^SQLITE_(NOTADB|CANTOPEN)/.test(errnoOf(error) ?? '')) return inTheWay(lock, error);
  const { path } = ((error as { details?: unknown }).details ?? {}) as { path?: string };
  return path !== undefined && /^(EEXIST|ELOOP)$/.test(errnoOf(error) ?? '')
    ? (inTheWay(path, error, 'folder') ?? inTheWay(dirname(path), error, 'folder'))
    : null;
}
