/**
 * How what happens to one view of one photo is written down as numbers, for a device that makes the views itself: the
 * photos' side writes them (images/augment/encode.ts), the engine's reads them (engine/views).
 */

/** Jitter's three blends may each come before or after the turn of the hue. */
export const BLENDS = 3;

/** Position of each number; of blends the first, for slot i at + 3 i: factor, share of the mean grey, share of the own grey. */
export const ViewParameter = {
  cropX: 0,
  cropY: 1,
  cropWidth: 2,
  cropHeight: 3,
  flip: 4,
  verticalFlip: 5,
  blendsBefore: 6,
  blendsAfter: 6 + 3 * BLENDS,
  hue: 6 + 6 * BLENDS,
  grayscale: 7 + 6 * BLENDS,
  /** Pixels; 0 for no blur. */
  blurRadius: 8 + 6 * BLENDS,
  /** 1 / (2 sigma^2). */
  blurRate: 9 + 6 * BLENDS,
  /** What the kernel is multiplied by, so that its sum is 1. */
  blurShare: 10 + 6 * BLENDS,
} as const;

/** Numbers of one view of one photo. */
export const VIEW_PARAMETERS = 11 + 6 * BLENDS;
