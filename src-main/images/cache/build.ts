/**
 * Builds the cache of a collection: decodes what is new or changed in the pool's workers, reuses what is there, keeps
 * the whole directory within its budget. Can be killed at any moment and started again. The photos' own folder is only
 * read. Leaves decoding to pool/, the files' layout to pack.ts, what is there already to survey.ts.
 */
import { keptIn, webpCollectionBytes } from '../../../shared/cachePlan.ts';
import type { KeptAs } from '../../../shared/cachePlan.ts';
import type { Skipped } from '../../../shared/contract/dataset.ts';
import { inputShape } from '../../../shared/input.ts';
import { CacheTooLargeError, CacheWriteError, ImageError, skipReason } from '../errors.ts';
import type { ImageErrorCode } from '../errors.ts';
import type { ImageFacts } from '../pool/jobs.ts';
import { ImagePool } from '../pool/pool.ts';
import { sourceOf } from '../pool/source.ts';
import { defaultRule } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import type { CopySettings, Unkept } from './again.ts';
import { decodersOf } from './decoders.ts';
import type { Mender } from './descriptor.ts';
import { ImageCache } from './imageCache.ts';
import { menderOf } from './mend.ts';
import { NOT_KEPT, packFolder, packFolders, partialFolder, touchPack } from './pack.ts';
import { PackWriter } from './packWriter.ts';
import type { PackedImage } from './pack.ts';
import { estimateCacheBytes, planCache } from './plan.ts';
import { forEachConcurrently, keyOf, keysOf, survey } from './survey.ts';
import type { CacheFile, FileKey, Known } from './survey.ts';
import { roomForAll, roomForSome } from './wanted.ts';
import type { Wanted } from './wanted.ts';

export interface CacheProgress {
  done: number;
  total: number;
  /** Of those done, how many were in the cache already. */
  reused: number;
  skipped: number;
  bytesWritten: number;
}

export interface BuildCacheOptions {
  files: readonly CacheFile[];
  /** Under the app's home; shared by all collections and image sizes. */
  directory: string;
  imageSize: number;
  /** How measured values become pictures; default each file by its own range. */
  rule?: PixelRule;
  /** Most bytes of the whole directory; default 40 GB. */
  maxBytes?: number;
  /**
   * Makes evaluation images only, no training copies. Entries that have training copies of any size are reused. Ignored
   * for bands.
   */
  evaluationsOnly?: boolean;
  /**
   * Makes training copies of the sharpest size, kept as said as far as there is room, and no evaluation images; those
   * without room are decoded again each time they are read. Left out: all photos are kept, smaller where need be.
   */
  copies?: WantedCopies;
  /** Data files that another cache in use reads, which do not go for this one. */
  beside?: readonly string[];
  /** Decoding processes; ignored where `pool` is given. */
  workers?: number;
  /** Seconds a file may take; ignored where `pool` is given. */
  timeout?: number;
  /** A pool to use, and to leave open. */
  pool?: ImagePool;
  signal?: AbortSignal;
  onProgress?(progress: CacheProgress): void;
  /** Told of each photo whose copy in the cache was damaged and has been made again. */
  onMended?(id: string, path: string): void;
}

export interface WantedCopies {
  kept: KeptAs;
  /** Bytes of `maxBytes` to be left for others. */
  reserved: number;
}

export type SkippedImage = Skipped & { id: string };

export interface BuiltCache {
  cache: ImageCache;
  skipped: SkippedImage[];
  /** Ids of photos whose file is no longer the one that `listed` means. */
  changed: string[];
}

const DEFAULT_CACHE_BYTES = 40e9;

/** Failures that may be gone the next time, and so are not written into the cache. */
const PASSING: ReadonlySet<ImageErrorCode> = new Set(['missing', 'unreadable', 'timed-out', 'crashed', 'not-a-file']);

/**
 * Builds what the cache lacks of `files` and opens it for them.
 * @throws CacheTooLargeError where the budget cannot hold the collection, the signal's reason when aborted (what was
 * decoded stays), and CacheWriteError when the disk is full or the directory cannot be written
 */
export async function buildCache(options: BuildCacheOptions): Promise<BuiltCache> {
  const { files, directory, imageSize, signal, beside = [] } = options;
  const maxBytes = options.maxBytes ?? DEFAULT_CACHE_BYTES;
  signal?.throwIfAborted();
  const rule = options.rule ?? defaultRule;
  const shape = inputShape(rule);
  const evaluationsOnly = (options.evaluationsOnly ?? false) && shape.colour; // bands are kept whole
  const copies = options.copies && { ...options.copies, kept: keptIn(shape, options.copies.kept) };
  const trainingSide = evaluationsOnly
    ? 0
    : planCache(files, imageSize, copies ? Infinity : maxBytes, shape).trainingSide;
  const whole = packFolder(directory, imageSize, trainingSide, shape);
  const folder = copies ? partialFolder(whole, copies.kept) : whole;
  const folders = evaluationsOnly
    ? packFolders(directory, imageSize, shape)
    : copies?.kept === 'pixels'
      ? [whole, folder]
      : [folder];
  const keys = await keysOf(files, rule, signal);

  const wanted: Wanted = {
    files,
    directory,
    maxBytes,
    imageSize,
    survey: () => survey(folders, files, keys, imageSize, shape),
    bytesOf: (rows) => {
      const some = rows.map((i) => files[i]!);
      return copies?.kept === 'webp'
        ? webpCollectionBytes(some, trainingSide)
        : estimateCacheBytes(some, imageSize, trainingSide, shape);
    },
  };
  // `room`: bytes that may be written
  const { found, room } = copies
    ? roomForSome(wanted, copies.reserved)
    : { found: roomForAll(wanted, beside), room: Infinity };
  const { known, missing } = found;
  for (const pack of found.used) touchPack(pack);

  const progress: CacheProgress = {
    done: files.length - missing.length,
    total: files.length,
    reused: 0,
    skipped: 0,
    bytesWritten: 0,
  };
  progress.reused = progress.done;
  const skipped = new Map<number, SkippedImage>();
  keys.forEach((key, i) => {
    if (typeof key !== 'string') skipped.set(i, { id: files[i]!.id, file: files[i]!.path, ...skipReason(key) });
  });
  options.onProgress?.({ ...progress, skipped: skipped.size });

  const prepare = (decoders: ImagePool, { path, part }: Pick<CacheFile, 'path' | 'part'>, stop?: AbortSignal) =>
    decoders.prepare(sourceOf(path, part), imageSize, trainingSide, stop, rule, copies?.kept);
  if (missing.length > 0) {
    const pool =
      options.pool ??
      new ImagePool({
        workers: options.workers ?? decodersOf(missing.map((i) => files[i]!)),
        timeout: options.timeout,
      });
    let writer: PackWriter;
    try {
      writer = new PackWriter(folder);
    } catch (error) {
      throw new CacheWriteError(directory, error);
    }
    known.addPack(writer.pack);
    let failed = true;
    try {
      await forEachConcurrently(missing, pool.workers * 2, async (i) => {
        const file = files[i]!;
        try {
          const image = await prepare(pool, file, signal);
          const key = keyOf(file, image.bytes, image.modified, rule); // of what was read, should it have changed since
          keys[i] = key;
          const { evaluation, training } = image;
          writer.add(key, image, writer.written + evaluation.length + training.data.length <= room);
          known.addImage(writer.pack, writer.pack.images.at(-1)!);
          if (!copies && writer.written > maxBytes)
            throw new CacheTooLargeError(writer.written, maxBytes, files.length, imageSize);
        } catch (error) {
          if (!(error instanceof ImageError)) throw asWriteError(directory, error);
          const reason = { key: error.key, values: error.values };
          skipped.set(i, { id: file.id, file: file.path, ...skipReason(reason) });
          const key = keys[i];
          if (typeof key === 'string' && !PASSING.has(error.code)) writer.addFailure(key, reason);
        }
        progress.done++;
        options.onProgress?.({ ...progress, skipped: skipped.size, bytesWritten: writer.written });
      });
      failed = false;
    } finally {
      if (!options.pool) await pool.close();
      closeWriter(writer, directory, failed);
    }
  }
  const photos = new Map(files.map((file, i) => [file.id, { file, key: String(keys[i]) }]));
  const { pool: given, onMended } = options;
  const kept = { ...(given && { pool: given }), ...(onMended && { onMended }) };
  const mender = menderOf({
    photos,
    directory,
    folder,
    prepare,
    keyOf: (file, bytes, modified) => keyOf(file, bytes, modified, rule),
    ...kept,
  });
  return select(files, keys, known, skipped, { imageSize, trainingSide, rule, kept: copies?.kept }, mender);
}

/** Throws CacheWriteError where the last entries do not fit on the disk, unless the build has failed before. */
function closeWriter(writer: PackWriter, directory: string, failed: boolean): void {
  try {
    writer.close();
  } catch (error) {
    if (!failed) throw asWriteError(directory, error);
  }
}

/**
 * An error as CacheWriteError where it is the system's: here those come from writing, as those of reading are
 * ImageErrors.
 */
function asWriteError(directory: string, error: unknown): unknown {
  return typeof (error as NodeJS.ErrnoException)?.syscall === 'string' ? new CacheWriteError(directory, error) : error;
}

function select(
  files: readonly CacheFile[],
  keys: readonly FileKey[],
  known: Known,
  skipped: Map<number, SkippedImage>,
  { imageSize, trainingSide, rule, kept }: Omit<CopySettings, 'kept'> & { kept: KeptAs | undefined },
  mender: Mender,
): BuiltCache {
  const unkept: (Unkept | null)[] = [];
  const ids: string[] = [];
  const pack: number[] = [];
  const entries: PackedImage[] = [];
  files.forEach((file, i) => {
    const key = keys[i];
    if (typeof key !== 'string' || skipped.has(i)) return;
    const found = known.image(key);
    if (found) {
      ids.push(file.id);
      pack.push(found.pack);
      entries.push(found.entry);
      unkept.push(found.entry.offset === NOT_KEPT ? { path: file.path, part: file.part, key } : null);
      return;
    }
    const failure = known.failure(key);
    if (failure) skipped.set(i, { id: file.id, file: file.path, ...skipReason(failure.reason) });
  });
  const descriptor = {
    imageSize,
    trainingSide,
    input: { channels: rule.channels, depth: rule.depth, bands: rule.bands, statistics: rule.statistics },
    packs: known.packs.map(({ data }) => data),
    ids,
    pack: Uint16Array.from(pack),
    offset: Float64Array.from(entries, (entry) => entry.offset),
    trainingWidth: Uint32Array.from(entries, (entry) => entry.trainingWidth),
    trainingHeight: Uint32Array.from(entries, (entry) => entry.trainingHeight),
    evaluationCrc: Uint32Array.from(entries, (entry) => entry.evaluationCrc),
    trainingCrc: Uint32Array.from(entries, (entry) => entry.trainingCrc),
    facts: entries.map((entry): ImageFacts => entry.facts),
    ...(kept && { copies: { kept, rule, unkept, length: Uint32Array.from(entries, ({ length = 0 }) => length) } }),
  };
  const cache = ImageCache.open(descriptor, mender);
  const isOther = (file: CacheFile, i: number) =>
    file.listed !== undefined &&
    typeof keys[i] === 'string' &&
    keys[i] !== keyOf(file, file.listed.bytes, file.listed.modified, rule);
  return {
    cache,
    skipped: [...skipped].sort(([a], [b]) => a - b).map(([, reason]) => reason),
    changed: files.filter(isOther).map(({ id }) => id),
  };
}
