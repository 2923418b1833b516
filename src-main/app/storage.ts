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
    cacheBytes: await bytesBelow(paths.cache),
    mostCacheBytes: photoCacheBytes({ paths, store }),
    runsBytes: runs.reduce((sum, { id }) => sum + store.checkpoints.bytes(id), 0),
    exports: paths.exports,
  };
}

/** Empties the caches, speeds measured here excepted. @returns how much that was */
export async function clearCache({ paths }: Pick<AppContext, 'paths'>): Promise<number> {
  let bytes = 0;
  for (const folder of [paths.photoCache, paths.thumbnails])
    for (const name of await readdir(folder).catch(() => [])) {
      if (name === 'speed.json') continue;
      const path = join(folder, name);
      const size = (await stat(path).catch(() => null))?.size ?? 0;
      bytes += size + (await bytesBelow(path));
      await rm(path, { recursive: true, force: true });
    }
  return bytes;
}
