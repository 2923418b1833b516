/** Opens the home folder (paths.ts says where it is) and sees to it that one process alone works in it. */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { acquireLock, storageError } from '../db/index.ts';
import type { Lock } from '../db/index.ts';
import { AppError } from './errors.ts';
import { homePaths } from './paths.ts';
import type { HomePaths } from './paths.ts';

export { defaultHome, homePaths } from './paths.ts';
export type { HomePaths } from './paths.ts';

/**
 * Makes a folder and those above it. Not mkdir's own `recursive`, which never returns where a folder exists but
 * making one in it fails with ENOENT (/proc, some network mounts).
 */
export function makeFolder(folder: string): void {
  const made = () => {
    try {
      mkdirSync(folder);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && dirname(folder) !== folder && !existsSync(dirname(folder))) return false;
      if (code === 'EEXIST' && statSync(folder).isDirectory()) return true;
      throw error;
    }
  };
  if (made()) return;
  makeFolder(dirname(folder));
  made();
}

export interface Home {
  paths: HomePaths;
  lock: Lock;
}

/**
 * Creates the folder where it is missing, tries to write in it and takes its lock.
 * @throws StorageError (unwritable, full) or AppError home-in-use
 */
export function openHome(home: string): Home {
  const paths = homePaths(resolve(home));
  try {
    for (const folder of [paths.home, paths.runs, paths.photoCache, paths.thumbnails]) makeFolder(folder);
    const trial = join(paths.home, `.trial-${process.pid}`);
    try {
      writeFileSync(trial, Buffer.alloc(64 * 1024)); // a full disk still takes an empty file
    } finally {
      rmSync(trial, { force: true });
    }
  } catch (error) {
    throw storageError(error, paths.home);
  }
  const lock = acquireLock(paths.lock);
  if (!lock) throw new AppError('home-in-use.home', { home: paths.home });
  return { paths, lock };
}
