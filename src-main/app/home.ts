/**
 * The home folder: where it is, what lies in it, and that one process alone works in it. Nothing is ever written
 * outside it except where a person sends an export.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { acquireLock, storageError } from '../db/index.ts';
import type { Lock } from '../db/index.ts';
import { AppError } from './errors.ts';

/** LOOKALIKE_HOME, or the platform's folder for application data. */
export function defaultHome(env = process.env): string {
  if (env['LOOKALIKE_HOME']) return resolve(env['LOOKALIKE_HOME']);
  if (process.platform === 'win32')
    return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Lookalike');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Lookalike');
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'lookalike');
}

/** Every path below the home, in one place. */
export function homePaths(home: string) {
  const run = (id: string) => join(home, 'runs', id);
  return {
    home,
    database: join(home, 'lookalike.db'),
    lock: join(home, 'lock'),
    /** Where a command line finds the application that holds the home. */
    socket: socketPath(home),
    runs: join(home, 'runs'),
    run,
    checkpoints: (id: string) => join(run(id), 'checkpoints'),
    checkpoint: (id: string, file: string) => join(run(id), 'checkpoints', file),
    embeddings: (id: string) => join(run(id), 'embeddings'),
    /** Held by the process that trains the run. */
    runLock: (id: string) => join(run(id), 'lock'),
    cache: join(home, 'cache'),
    photoCache: join(home, 'cache', 'photos'),
    thumbnails: join(home, 'cache', 'thumbnails'),
    exports: join(home, 'exports'),
    sample: join(home, 'sample photos'),
  };
}
export type HomePaths = ReturnType<typeof homePaths>;

/** Names of local sockets are at most about 100 bytes long, so a long home's is kept in the temporary folder. */
function socketPath(home: string): string {
  const name = `lookalike-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const inside = join(home, 'app.sock');
  return Buffer.byteLength(inside) <= 100 ? inside : join(tmpdir(), `${name}.sock`);
}

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
  if (!lock)
    throw new AppError(
      'home-in-use',
      `another Lookalike is using the home folder ${paths.home}: close it, or choose another home with --home`,
      { home: paths.home },
    );
  return { paths, lock };
}
