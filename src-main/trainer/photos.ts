/** Decoded photos for a job: the cache is built or completed, with progress, and what was skipped is listed. */
import type { JobImage } from '../../shared/contract/job.ts';
import type { Skipped } from '../../shared/contract/library.ts';
import { buildCache } from '../images/index.ts';
import type { Field, ImageCache } from '../images/index.ts';
import type { JobContext } from './control.ts';

/** Progress reports go out at most this often. */
const PROGRESS_EVERY_MS = 250;

export interface PhotoJob {
  images: JobImage[];
  cacheDirectory: string;
  cacheBytes: number;
}

export async function preparePhotos(
  job: PhotoJob,
  { control, report }: JobContext,
  imageSize: number,
): Promise<{ cache: ImageCache; skipped: Skipped[] }> {
  const progress = timedProgress(report, 'reading photos');
  const { cache, skipped } = await buildCache({
    files: job.images.map(({ id, path }) => ({ id, path })),
    directory: job.cacheDirectory,
    imageSize,
    maxBytes: job.cacheBytes,
    signal: control.signal,
    onProgress: ({ done, total, reused }) => progress(done, total, reused),
  });
  const files = new Map(job.images.map((image) => [image.id, image.file]));
  return { cache, skipped: skipped.map(({ id, code, reason }) => ({ file: files.get(id)!, reason, code })) };
}

/** Reports how far `what` is, with the time that is left; `free` of those done took no time. */
export function timedProgress(
  report: JobContext['report'],
  what: string,
): (done: number, total: number, free?: number) => void {
  const began = performance.now();
  let reportedAt = 0;
  return (done, total, free = 0) => {
    const now = performance.now();
    if (now - reportedAt < PROGRESS_EVERY_MS && done < total) return;
    reportedAt = now;
    const worked = done - free;
    const etaSeconds = worked > 0 ? ((now - began) / 1000 / worked) * (total - done) : null;
    report({
      type: 'progress',
      fraction: total > 0 ? done / total : 1,
      message: `${what}, ${done} of ${total}`,
      etaSeconds,
    });
  };
}

/** What every photo fits into, for a device that makes the views. */
export const largestOf = ({ descriptor: { trainingWidth, trainingHeight } }: ImageCache): Field => {
  const largest = (sizes: Uint32Array) => sizes.reduce((a, b) => Math.max(a, b), 0);
  return { width: largest(trainingWidth), height: largest(trainingHeight) };
};
