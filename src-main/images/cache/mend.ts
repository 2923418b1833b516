/**
 * Makes entries of the cache again whose pixels are damaged: the photo is decoded once more, and what comes of it stands
 * in a new pack from then on. A photo that has changed or gone meanwhile cannot stand in for what it was, and is named.
 */
import { reason } from '../../../shared/reason.ts';
import type { Reason } from '../../../shared/contract/wire.ts';
import { CacheWriteError, ImageError } from '../errors.ts';
import type { PreparedImage } from '../pool/jobs.ts';
import { ImagePool } from '../pool/pool.ts';
import type { CachePlace, Mender } from './descriptor.ts';
import { CacheReadError } from './readError.ts';
import { pixelChecksums } from './pack.ts';
import { PackWriter } from './packWriter.ts';

interface PhotoSource {
  path: string;
  part?: string | undefined;
}

export interface MendOptions {
  /** File and cache key of each photo, by id. */
  photos: ReadonlyMap<string, { file: PhotoSource; key: string }>;
  directory: string;
  /** Where new packs are written: the folder of this resolution. */
  folder: string;
  /** Decodes a photo as it was decoded for the cache, and names its state. */
  prepare(decoders: ImagePool, file: PhotoSource): Promise<PreparedImage>;
  keyOf(file: PhotoSource, bytes: number, modified: number): string;
  /** A pool to use, and to leave open. */
  pool?: ImagePool;
  onMended?(id: string, path: string): void;
}

/** Attempts at one entry: one that is damaged again as soon as it is written is not made again for ever. */
const mostTries = 3;

export function menderOf(options: MendOptions): Mender {
  const { photos, directory, folder } = options;
  /** By id: the new place of each entry that was made again or is being made, and the attempts so far. */
  const made = new Map<string, { place: Promise<CachePlace>; tries: number }>();
  let pool: ImagePool | null = null;
  let writer: PackWriter | null = null;

  const read = async (file: PhotoSource): Promise<PreparedImage> => {
    try {
      const decoders = options.pool ?? (pool ??= new ImagePool({ workers: 1 }));
      return await options.prepare(decoders, file);
    } catch (error) {
      if (error instanceof ImageError) throw lost(file.path, { key: error.key, values: error.values });
      throw error;
    }
  };
  const write = (key: string, image: PreparedImage): CachePlace => {
    try {
      writer ??= new PackWriter(folder);
      writer.add(key, image);
      writer.sync();
    } catch (error) {
      throw new CacheWriteError(directory, error);
    }
    const { offset, evaluationCrc, trainingCrc, length } = writer.pack.images.at(-1)!;
    return { pack: writer.pack.data, offset, evaluationCrc, trainingCrc, length };
  };
  const mend = async (id: string, at: CachePlace): Promise<CachePlace> => {
    const { file, key } = photos.get(id)!;
    const image = await read(file);
    const [evaluation, training] = pixelChecksums(image);
    const same = evaluation === at.evaluationCrc && training === at.trainingCrc;
    if (!same && options.keyOf(file, image.bytes, image.modified) !== key)
      throw lost(file.path, reason('cache-read.changed'));
    const place = write(key, image);
    options.onMended?.(id, file.path);
    return place;
  };

  return {
    async mend(id, at) {
      const before = made.get(id);
      const place = await before?.place;
      if (place && !(place.pack === at.pack && place.offset === at.offset)) return place;
      const now = made.get(id);
      if (now && now !== before) return now.place; // another asked in the same moment
      const tries = (before?.tries ?? 0) + 1;
      if (tries > mostTries) throw new CacheReadError('cache-read.again', { file: at.pack });
      const next = { place: mend(id, at), tries };
      made.set(id, next);
      return next.place;
    },
    close() {
      writer?.close();
      writer = null;
      void pool?.close();
      pool = null;
    },
  };
}

const lost = (photo: string, why: Reason): CacheReadError =>
  new CacheReadError('cache-read.photo', { photo, reason: why as never });
