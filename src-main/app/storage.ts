/** What the home takes on the disk, and clearing the caches, which are made anew from the photos when they are wanted. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppResult } from '../../shared/contract.ts';
import type { AppContext } from './context.ts';
import { photoCacheBytes } from './cacheLimit.ts';

/** Bytes of all files below a folder; 0 where it is not there. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (let at = 0; at < entries.length; at += 256) {
    const sizes = await Promise.all(
      entries
        .slice(at, at + 256)
        .filter((entry) => entry.isFile())
        .map((entry) =>
          stat(join(entry.parentPath, entry.name)).then(
            ({ size }) => size,
            () => 0,
          ),
        ), // gone meanwhile
    );
    for (const size of sizes) bytes += size;
  }
  return bytes;
}

export async function storageUse({
  paths,
  store,
}: Pick<AppContext, 'paths' | 'store'>): Promise<AppResult<'system.storage'>> {
  const runs = store.runs.all().filter(({ deletedAt }) => deletedAt === null);
  return {
    cacheBytes: (await clearable(paths)).reduce((sum, { bytes }) => sum + bytes, 0),
    mostCacheBytes: photoCacheBytes({ paths, store }),
    runsBytes: runs.reduce((sum, { id }) => sum + store.checkpoints.bytes(id), 0),
    exports: paths.exports,
  };
}

/** Empties the caches of photos. @returns how much that was */
export async function clearCache({ paths }: Pick<AppContext, 'paths'>): Promise<number> {
  let sum = 0;
  for (const { path, bytes } of await clearable(paths)) {
    await rm(path, { recursive: true, force: true });
    sum += bytes;
  }
  return sum;
}

/** What the caches of photos hold, speeds measured here excepted; the program's own compiled modules are none of them. */
async function clearable(paths: AppContext['paths']): Promise<{ path: string; bytes: number }[]> {
  const found: { path: string; bytes: number }[] = [];
  for (const folder of [paths.photoCache, paths.thumbnails])
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (entry.name === 'speed.json') continue;
      const path = join(folder, entry.name);
      const own = entry.isFile() ? ((await stat(path).catch(() => null))?.size ?? 0) : 0;
      found.push({ path, bytes: own + (await bytesBelow(path)) });
    }
  return found;
}
