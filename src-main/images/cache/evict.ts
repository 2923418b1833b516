/** Keeps the cache's directory within its budget: packs that the coming build does not use go, least recently used first. */
import { readdirSync, rmdirSync, statSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removePack } from './pack.ts';

interface PackOnDisk {
  data: string;
  index: string;
  bytes: number;
  used: number;
}

/** Bytes of everything in the cache's directory. */
export function cacheBytes(directory: string): number {
  return listPacks(directory).reduce((sum, pack) => sum + pack.bytes, 0);
}

/**
 * Removes packs until `neededBytes` more fit under `maxBytes`, sparing those whose data files are in `keep`. Returns
 * whether they fit.
 */
export function makeRoom(directory: string, keep: ReadonlySet<string>, neededBytes: number, maxBytes: number): boolean {
  const packs = listPacks(directory).sort((a, b) => a.used - b.used);
  let total = packs.reduce((sum, pack) => sum + pack.bytes, 0);
  for (const pack of packs) {
    if (total + neededBytes <= maxBytes) break;
    if (!keep.has(pack.data) && removePack(pack)) total -= pack.bytes;
  }
  return total + neededBytes <= maxBytes;
}

/** Share of the free disk that a cache takes at most which can do with less. */
const diskShare = 0.9;
/** What is written may come out larger than it was estimated. */
const marginOver = 1.2;

/**
 * Bytes that may be written beside the packs of a collection that has `wanted` bytes to write and can do with less;
 * other collections' packs go for them. */
export function roomFor(
  directory: string,
  maxBytes: number,
  wanted: number,
  used: readonly { data: string; bytes: number }[],
): number {
  const kept = used.reduce((sum, { bytes }) => sum + bytes, 0);
  const room = Math.max(0, Math.min(maxBytes - kept, wanted * marginOver));
  makeRoom(directory, new Set(used.map(({ data }) => data)), room, Math.max(maxBytes, kept + room));
  return Math.max(0, Math.min(maxBytes - kept, diskShare * freeBytes(directory)));
}

/** Bytes the disk of `directory` (which need not exist yet) has left; Infinity where the system does not say. */
export function freeBytes(directory: string): number {
  for (let folder = directory; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    } catch {
      if (dirname(folder) === folder) return Infinity;
    }
  }
}

/** Removes the whole cache; it is rebuilt when it is needed. Files that are open elsewhere may stay. */
export function clearCache(directory: string): void {
  for (const pack of listPacks(directory)) removePack(pack);
  for (const name of subfolders(directory)) {
    try {
      rmdirSync(join(directory, name));
    } catch {
      // Not empty: a reader holds a file.
    }
  }
}

function subfolders(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^v\d+-\d+px-\d+(-\d+x\d+)?(-some|-webp\d+)?$/.test(entry.name))
      .map(({ name }) => name);
  } catch {
    return []; // there is no cache yet
  }
}

function listPacks(directory: string): PackOnDisk[] {
  const packs: PackOnDisk[] = [];
  for (const name of subfolders(directory)) {
    for (const file of readdirSync(join(directory, name))) {
      if (!file.endsWith('.pixels')) continue;
      const data = join(directory, name, file);
      const index = data.replace(/pixels$/, 'index');
      try {
        const stat = statSync(data);
        const indexStat = statSync(index, { throwIfNoEntry: false });
        packs.push({ data, index, bytes: stat.size + (indexStat?.size ?? 0), used: indexStat?.mtimeMs ?? 0 });
      } catch {
        // Removed in this moment.
      }
    }
  }
  return packs;
}
