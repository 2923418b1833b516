/**
 * Photos of one colour nearly everywhere: whatever is cropped from them is the same, so that a batch of them varies by
 * nothing, and batch normalisation, which divides by how much it varies, multiplies gradients by hundreds a layer.
 */
import { isOneTone } from '../images/index.ts';
import type { ImageCache } from '../images/index.ts';
import { few } from '../search/index.ts';

export interface Even {
  count: number;
  /** Photos that were looked at. */
  of: number;
}

/** Share of the photos from which on they are told of, and taken for the cause where numbers become infinite. */
const MANY = 0.5;
/** Most photos that are looked at, evenly over all: a run waits for it before its first step. */
const LOOKED_AT = 200;

export const areMany = ({ count, of }: Even): boolean => count > 0 && count >= MANY * of;

/** @param size side, in pixels, of what the encoder is shown */
export function evenOf(cache: ImageCache, ids: readonly string[], size: number): Even {
  const { channels } = cache;
  const place = { x: 0, y: 0, width: size, height: size };
  const looked = few(ids, LOOKED_AT);
  const even = looked.filter((id) => isOneTone({ width: size, data: cache.evaluationLevels(id), channels }, place));
  return { count: even.length, of: looked.length };
}
