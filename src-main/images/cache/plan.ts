/**
 * The size of the training copies of a build (shared/cachePlan.ts): a pure function of the collection and the budget,
 * so that a resumed run finds the copies of the first. Leaves writing to build.ts.
 */
import { collectionBytes, planCopies } from '../../../shared/cachePlan.ts';
import type { PhotoSize } from '../../../shared/cachePlan.ts';
import { COLOUR } from '../../../shared/input.ts';
import type { InputShape } from '../../../shared/input.ts';
import { CacheTooLargeError } from '../errors.ts';

/** Size of the photo, upright, where it is known. */
export type PlannedFile = Partial<PhotoSize>;

export interface CachePlan {
  trainingSide: number;
  /** Estimated bytes of all entries. */
  bytes: number;
}

export const estimateCacheBytes = collectionBytes;

/** The largest training copy that fits. Throws CacheTooLargeError when not even the smallest does. */
export function planCache(
  files: readonly PlannedFile[],
  imageSize: number,
  maxBytes: number,
  shape: InputShape = COLOUR,
): CachePlan {
  const { factor, side, bytes } = planCopies(files, files.length, imageSize, maxBytes, shape);
  if (factor === null) throw new CacheTooLargeError(bytes, maxBytes, files.length, imageSize);
  return { trainingSide: side, bytes };
}
