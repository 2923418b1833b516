/**
 * How large the copies are that training crops from, and what the cache of them takes on disk. Pure, so that the plan
 * of a run promises what the cache then does.
 */

import { COLOUR } from './input.ts';
import type { InputShape } from './input.ts';

export interface PhotoSize {
  width: number;
  height: number;
}

/**
 * Short side of the training copy over the image size. ImageNet is trained on at 224 px from photos of 375 px, 1.67
 * times; at 1.6 the mean crop (60 % of the area) is 1.24 times the image size, so that most crops shrink and stay
 * sharp. Less is taken only where the disk budget asks for it.
 */
const trainingFactors = [1.6, 1.45, 1.3, 1.15, 1] as const;

/** A photo whose size is not known yet is taken for one of a camera: 4:3, larger than the copy. */
export const unknownSize: PhotoSize = { width: 4000, height: 3000 };

/** Panoramas keep this much of their middle: a crop of 20 % of the area then still fits the short side. */
const mostAspect = 4;

/** Size of the training copy of a photo, and of the part it shows: its short side at most `side`, never enlarged. */
export function trainingSize(
  { width, height }: PhotoSize,
  side: number,
): { cropWidth: number; cropHeight: number; width: number; height: number } {
  const short = Math.min(width, height);
  const cropWidth = Math.min(width, short * mostAspect);
  const cropHeight = Math.min(height, short * mostAspect);
  const scale = Math.min(1, side / short);
  return {
    cropWidth,
    cropHeight,
    width: Math.max(1, Math.round(cropWidth * scale)),
    height: Math.max(1, Math.round(cropHeight * scale)),
  };
}

/** Bytes of a photo's two copies in the cache: the one of `imageSize` and the one that training crops from. */
export function entryBytes(
  imageSize: number,
  trainingWidth: number,
  trainingHeight: number,
  { channels, bytes }: InputShape = COLOUR,
): number {
  return channels * bytes * (imageSize * imageSize + trainingWidth * trainingHeight);
}

/**
 * Bytes of the cache entries of all photos, with training copies of this short side; a photo without a size, or of size
 * 0, counts as a camera's.
 */
export function collectionBytes(
  sizes: readonly Partial<PhotoSize>[],
  imageSize: number,
  side: number,
  shape: InputShape = COLOUR,
): number {
  let bytes = 0;
  for (const { width, height } of sizes) {
    const copy = trainingSize(width && height ? { width, height } : unknownSize, side);
    bytes += entryBytes(imageSize, copy.width, copy.height, shape);
  }
  return bytes;
}

export interface CopyPlan {
  /** Short side of the training copies over the image size; null where not even the smallest copies fit. */
  factor: number | null;
  side: number;
  /** Estimated bytes of the cache entries of all photos. */
  bytes: number;
}

/** The largest training copies of `count` photos that fit, by the sizes of some or all of them. */
export function planCopies(
  sizes: readonly Partial<PhotoSize>[],
  count: number,
  imageSize: number,
  mostBytes: number,
  shape: InputShape = COLOUR,
): CopyPlan {
  const known = sizes.length > 0 ? sizes : [{}];
  let least: CopyPlan = { factor: null, side: imageSize, bytes: 0 };
  for (const factor of trainingFactors) {
    const side = Math.ceil(factor * imageSize);
    const bytes = (collectionBytes(known, imageSize, side, shape) * count) / known.length;
    if (bytes <= mostBytes) return { factor, side, bytes };
    least = { factor: null, side, bytes };
  }
  return least;
}

/** Short side of the largest training copies over the image size. */
const sharpCopies = trainingFactors[0];

/** How training copies are kept where not all fit as pixels. */
export type KeptAs = 'pixels' | 'webp';

/** Of copies that are kept as WebP: 33.5 dB from the pixels of photographs (docs/performance/scale.md). */
export const WEBP_QUALITY = 80;
/** Pixels of the shorter side up to which a copy is small. */
const SMALL = 64;

const isSmall = ({ width, height }: PhotoSize): boolean => Math.min(width, height) <= SMALL;

/** How a copy is kept: a small one, which no crop shrinks, 42 dB from its pixels, as at 35 a network learns less of it. */
export const webpOf = (copy: PhotoSize): { quality: number; smartSubsample: boolean } =>
  isSmall(copy) ? { quality: 95, smartSubsample: true } : { quality: WEBP_QUALITY, smartSubsample: false };

/** Bytes of WebP for a pixel: photographs take .21 on average, made ones of much detail more, small ones .68. */
const webpBytes = (copy: PhotoSize): number => (isSmall(copy) ? 0.7 : 0.25);

export interface KeptPlan {
  kept: KeptAs;
  /** Short side of the training copies: never less than the sharpest, however small the budget. */
  side: number;
  /** Estimated bytes on the disk. */
  bytes: number;
  /** Of these, bytes for the photos that are kept as pixels in any case. */
  reserved: number;
  /** Photos that find no room and are decoded again each time they are trained on. */
  again: number;
}

/**
 * How the photos of a run are kept: all as pixels where those fit, else as WebP, and what still finds no room not at all.
 * `probe` photos, of which figures are taken, are always kept as pixels. Bands are never WebP.
 */
export function planKept(
  sizes: readonly Partial<PhotoSize>[],
  count: number,
  imageSize: number,
  mostBytes: number,
  { wanted, probe, shape = COLOUR }: { wanted: KeptAs | 'auto'; probe: number; shape?: InputShape },
): KeptPlan {
  const known = sizes.length > 0 ? sizes : [{}];
  const side = Math.ceil(sharpCopies * imageSize);
  const pixels = collectionBytes(known, imageSize, side, shape) / known.length; // of a photo
  if (wanted !== 'webp' && pixels * count <= mostBytes)
    return { kept: 'pixels', side, bytes: pixels * count, reserved: 0, again: 0 };
  const kept = keptIn(shape, wanted === 'auto' ? 'webp' : wanted);
  const copies = kept === 'webp' ? webpCollectionBytes(known, side) / known.length : pixels;
  const reserved = pixels * Math.min(probe, count);
  const fitting = Math.min(count, Math.floor(Math.max(0, mostBytes - reserved) / copies));
  return { kept, side, bytes: reserved + fitting * copies, reserved, again: count - fitting };
}

/** WebP holds colours of 8 bits alone. */
export const keptIn = ({ colour }: InputShape, kept: KeptAs): KeptAs => (colour ? kept : 'pixels');

/** Estimated bytes of all training copies as WebP. */
export function webpCollectionBytes(sizes: readonly Partial<PhotoSize>[], side: number): number {
  let bytes = 0;
  for (const { width, height } of sizes) {
    const copy = trainingSize(width && height ? { width, height } : unknownSize, side);
    bytes += webpBytes(copy) * copy.width * copy.height;
  }
  return bytes;
}
