/** What a build of the cache is to keep, and the room that is made for it: all of it, or as much of it as there may be. */
import { append } from '../../../shared/append.ts';
import { CacheTooLargeError } from '../errors.ts';
import { cacheBytes, freeBytes, makeRoom, roomFor } from './evict.ts';
import { removePack } from './pack.ts';
import type { CacheFile, Survey } from './survey.ts';

/** Of a photo's line in an index, about. */
const INDEX_BYTES = 200;

/** What a build is to keep. */
export interface Wanted {
  files: readonly CacheFile[];
  directory: string;
  maxBytes: number;
  imageSize: number;
  /** What the packs hold of it now. */
  survey(): Survey;
  /** About how many bytes files take, by their place among `files`. */
  bytesOf(rows: readonly number[]): number;
}

/**
 * Makes room for as many copies as may be, and returns how many bytes of them may be written; what does not fit is not
 * kept. What was left out of a pack for want of room is missing again where there is room for all of it.
 */
export function roomForSome(wanted: Wanted, reserved: number): { found: Survey; room: number } {
  const { files, directory, maxBytes, bytesOf } = wanted;
  let found = wanted.survey();
  const most = maxBytes - reserved - INDEX_BYTES * found.missing.length;
  let room = roomFor(directory, most, bytesOf(found.missing), found.used);
  if (room < bytesOf(found.missing) && isStale(found, files.length)) {
    found.used.forEach(removePack);
    found = wanted.survey();
    room = roomFor(directory, most, bytesOf(found.missing), found.used);
  }
  if (found.unkept.length > 0 && bytesOf([...found.missing, ...found.unkept]) <= room)
    append(found.missing, found.unkept);
  return { found, room };
}

/**
 * Makes room for everything.
 * @throws CacheTooLargeError where the budget or the disk cannot hold it
 */
export function roomForAll(wanted: Wanted, beside: readonly string[]): Survey {
  const { files, directory, maxBytes, imageSize, bytesOf } = wanted;
  let found = wanted.survey();
  const used = new Set([...found.used.map(({ data }) => data), ...beside]);
  if (!makeRoom(directory, used, bytesOf(found.missing), maxBytes)) {
    // The packs in use hold too much that is not: photos since changed or deleted. Start over with what is wanted.
    makeRoom(directory, new Set(beside), bytesOf([...files.keys()]), maxBytes);
    found = wanted.survey();
    const needed = cacheBytes(directory) + bytesOf(found.missing);
    if (needed > maxBytes) throw new CacheTooLargeError(needed, maxBytes, files.length, imageSize);
  }
  const needed = bytesOf(found.missing);
  const free = freeBytes(directory);
  if (needed > free) throw new CacheTooLargeError(needed, free, found.missing.length, imageSize, 'disk');
  return found;
}

/** Whether most of what the packs hold is of photos that have changed since, or are gone. */
const isStale = ({ used, missing }: Survey, count: number): boolean =>
  used.reduce((sum, { images }) => sum + images.length, 0) > 2 * (count - missing.length);
