/** Decoded photos for a job: the cache is built or completed, with progress, and what was skipped is listed. */
import { append } from '../../shared/append.ts';
import { inputShape } from '../../shared/input.ts';
import { entryBytes } from '../../shared/cachePlan.ts';
import type { PhotoSize } from '../../shared/cachePlan.ts';
import { stat } from 'node:fs/promises';
import type { JobImage } from '../../shared/contract/job.ts';
import type { Skipped } from '../../shared/contract/dataset.ts';
import { isOfTheDisk } from '../../shared/comesBack.ts';
import { countedReasons } from '../../shared/countedReasons.ts';
import { reason } from '../../shared/reason.ts';
import { wireError } from '../../shared/errors.ts';
import { photoName } from '../../shared/parts.ts';
import { buildCache } from '../images/index.ts';
import type { Field, ImageCache, PixelRule, WantedCopies } from '../images/index.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { isThere, systemPath } from '../files/index.ts';
import { PhotosError, TrainerError } from './errors.ts';

/** Progress reports go out at most this often. */
const PROGRESS_EVERY_MS = 250;

export interface PhotoJob {
  images: JobImage[];
  cacheDirectory: string;
  cacheBytes: number;
}

/** What an encoder is shown of a photo: a square of so many pixels, and how it is made. */
export interface Shown {
  imageSize: number;
  input: PixelRule;
}

interface PartOfPhotos {
  /** Whether the photos are only embedded: then no training copies are made. */
  evaluationsOnly: boolean;
  /** How training copies are kept where not all are pixels. */
  copies: WantedCopies;
  /** Data files of the cache that are in use beside. */
  beside: readonly string[];
  /** Photos of earlier parts, for progress. */
  before: number;
  total: number;
}

/** Share of the cache that photos being embedded may take: the rest is left to those that are trained on. */
const embeddedShare = 1 / 4;
/** Photos that are read before they are embedded, at least where they fit: fewer would read the cache's index over and over. */
const leastPart = 4096;

/**
 * Photos to be embedded, part by part in their order, each as a cache of what the encoder looks at: their number is not
 * bounded by the disk. Photos that are trained on as well are read from the copies that there are. Each cache is closed
 * when the next is asked for; what was skipped so far is in `skipped`. `beside`: data files of the cache that stay in use.
 * @throws PhotosError photos-gone
 */
export async function* evaluatedPhotos(
  job: PhotoJob,
  context: JobContext,
  config: Shown,
  skipped: Skipped[],
  beside: readonly string[] = [],
): AsyncGenerator<ImageCache> {
  const total = job.images.length;
  const { colour } = inputShape(config.input);
  const fitting = job.cacheBytes / entryBytes(config.imageSize, 1, 1);
  const part = Math.floor(Math.min(Math.max(leastPart, embeddedShare * fitting), 0.9 * fitting));
  const most = colour ? Math.max(8, part) : total; // bands are kept with their training copies
  for (let before = 0; before < total; before += most) {
    const images = job.images.slice(before, before + most);
    const part = await preparePhotos({ ...job, images }, context, config, {
      ...{ evaluationsOnly: true, before, total, beside },
    });
    try {
      append(skipped, part.skipped);
      await requirePhotos(job.images, skipped);
      yield part.cache;
    } finally {
      part.cache.close();
    }
  }
}

/** @throws FileError no-answer */
export async function preparePhotos(
  job: PhotoJob,
  { control, report }: JobContext,
  { imageSize, input }: Shown,
  { evaluationsOnly = false, copies, beside, before = 0, total = job.images.length }: Partial<PartOfPhotos> = {},
): Promise<{ cache: ImageCache; skipped: Skipped[] }> {
  const [first] = job.images;
  if (first) await isThere(folderOf(first)); // each file of a disk that does not answer would be waited for
  const progress = timedProgress(report, 'doing.reading-photos');
  const files = new Map(job.images.map(({ id, file, part = '' }) => [id, photoName(file, part)]));
  const { cache, skipped, changed } = await buildCache({
    files: job.images.map(({ id, path, part, width, height, bytes, modified }) => ({
      id,
      path,
      part,
      width,
      height,
      listed: { bytes, modified },
    })),
    directory: job.cacheDirectory,
    imageSize,
    rule: input,
    maxBytes: job.cacheBytes,
    evaluationsOnly,
    copies,
    beside,
    signal: control.signal,
    onProgress: ({ done, reused }) => progress(before + done, total, before + reused),
    onMended: (id) =>
      report({
        type: 'notice',
        notice: wireError('CacheReadError', reason('cache-read.mended', { photo: files.get(id)! })),
      }),
  });
  if (changed.length > 0) {
    const why = reason('photos-changed.files', { count: changed.length, file: files.get(changed[0]!)! });
    report({ type: 'notice', notice: wireError('PhotosError', why) });
  }
  return { cache, skipped: skipped.map(({ id, ...why }) => ({ ...why, file: files.get(id)! })) };
}

/** Share of the photos listed a moment ago that may be gone before the rest no longer stands for them. */
const FEW_GONE = 0.1;
/** Photos that were read and are looked for once more, where others were not. */
const LOOKED_FOR = 20;

/**
 * A folder that goes away while it is read leaves some of its photos: nothing is made of those as if they were all.
 * @throws PhotosError photos-gone; FileError no-answer
 */
export async function requirePhotos(images: readonly JobImage[], skipped: readonly Skipped[]): Promise<void> {
  const missing = skipped.filter(({ code }) => code === 'missing').length;
  const unread = skipped.filter(isOfTheDisk).length;
  if (missing + unread === 0) return;
  const folder = folderOf(images[0]!);
  if (!(await isThere(folder))) throw new PhotosError('photos-gone.folder', { folder });
  const total = images.length;
  if (missing > FEW_GONE * total) throw new PhotosError('photos-gone.some', { missing, total, folder });
  if (missing + unread > FEW_GONE * total)
    throw new PhotosError('photos-gone.disk', { count: missing + unread, total, folder });
  if (!(await areStillThere(images, skipped))) throw new PhotosError('photos-gone.vanished', { folder });
}

/** Which folder of the library a photo is of. */
const folderOf = ({ path, file }: JobImage): string => path.slice(0, -file.length - 1);

/** Whether photos that were read are where they were: the empty folder that a disk was mounted on holds none of them. */
async function areStillThere(images: readonly JobImage[], skipped: readonly Skipped[]): Promise<boolean> {
  const lost = new Set(skipped.map(({ file }) => file));
  const read = images.filter(({ file, part = '' }) => !lost.has(photoName(file, part)));
  const count = Math.min(LOOKED_FOR, read.length);
  const some = Array.from({ length: count }, (_, i) => read[Math.floor((i * read.length) / count)]!);
  const there = await Promise.all(some.map(({ path }) => stat(systemPath(path)).catch(() => null)));
  return there.filter((found) => found !== null).length >= count / 2;
}

/** Reports how far it is with what `doing` names, with the time that is left; `free` of those done took no time. */
export function timedProgress(
  report: JobContext['report'],
  doing:
    | 'doing.reading-photos'
    | 'doing.embedding-photos'
    | 'doing.asking-teacher'
    | 'doing.fitting-linear'
    | 'doing.packing-photos',
): (done: number, total: number, free?: number) => void {
  const began = performance.now();
  let reportedAt = 0;
  return (done, total, free = 0) => {
    const now = performance.now();
    if (now - reportedAt < PROGRESS_EVERY_MS && done < total) return;
    reportedAt = now;
    const worked = done - free;
    const etaSeconds = worked > 0 ? ((now - began) / 1000 / worked) * (total - done) : null;
    report(saying(reason(doing, { done, total }), total > 0 ? done / total : 1, etaSeconds));
  };
}

export const largestOf = ({ descriptor: { trainingWidth, trainingHeight } }: ImageCache): Field => {
  const largest = (sizes: Uint32Array) => sizes.reduce((a, b) => Math.max(a, b), 0);
  return { width: largest(trainingWidth), height: largest(trainingHeight) };
};

/** Why there is nothing to work with: every reason with its count. */
export function noneReadable(count: number, skipped: readonly Skipped[]): TrainerError {
  return new TrainerError('no-images.none', { count, reason: countedReasons(skipped) ?? 'there is none' });
}

/** Sizes of photos as the library knows them; 0 where it does not. */
export const sizesOf = (images: readonly JobImage[]): PhotoSize[] =>
  images.map(({ width = 0, height = 0 }) => ({ width, height }));
