/**
 * How large the training copies are, so that the cache stays within its disk budget. A pure function of the
 * collection, so that a resumed run finds the copies of the first. Leaves writing to build.ts.
 */
import { CacheTooLargeError } from '../errors.ts';
import { trainingSize } from '../pool/jobs.ts';
import { entryBytes } from './pack.ts';

/**
 * Short side of the training copy over the image size. ImageNet is trained on at 224 px from photos of 375 px, 1.67
 * times; at 1.6 the mean crop (60 % of the area) is 1.24 times the image size, so that most crops shrink and stay
 * sharp. Less is taken only where the disk budget asks for it.
 */
const TRAINING_FACTORS = [1.6, 1.45, 1.3, 1.15, 1] as const;

export interface PlannedFile {
  /** Size of the photo, upright, where it is known. */
  width?: number;
  height?: number;
}

export interface CachePlan {
  trainingSide: number;
  /** Estimated bytes of all entries. */
  bytes: number;
}

/** A photo whose size is not known yet is taken for one of a camera: 4:3, larger than the copy. */
const UNKNOWN = { width: 4000, height: 3000 };

export function estimateCacheBytes(files: readonly PlannedFile[], imageSize: number, trainingSide: number): number {
  let bytes = 0;
  for (const file of files) {
    const known = file.width && file.height ? { width: file.width, height: file.height } : UNKNOWN;
    const copy = trainingSize(known.width, known.height, trainingSide);
    bytes += entryBytes(imageSize, copy.width, copy.height);
  }
  return bytes;
}

/** The largest training copy that fits. Throws CacheTooLargeError when not even the smallest does. */
export function planCache(files: readonly PlannedFile[], imageSize: number, maxBytes: number): CachePlan {
  let bytes = 0;
  for (const factor of TRAINING_FACTORS) {
    const trainingSide = Math.ceil(factor * imageSize);
    bytes = estimateCacheBytes(files, imageSize, trainingSide);
    if (bytes <= maxBytes) return { trainingSide, bytes };
  }
  throw new CacheTooLargeError(bytes, maxBytes, files.length, imageSize);
}
