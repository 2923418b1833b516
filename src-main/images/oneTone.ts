/** Whether a picture, or a place in it, shows one tone alone: empty tiles, and photos that teach nothing. */
import type { Rect } from '../../shared/parts.ts';
import type { DecodedPixels } from './decode/types.ts';

/** A place is of one tone where this share of it is within so many of 255 levels of its median, in each channel. */
const SHARE = 0.95;
const LEVELS = 4;

/** @param picture uint8 [height, width, channels]; `channels` is 3 where it is left out */
export function isOneTone(
  { width, data, channels = 3 }: Omit<DecodedPixels, 'height'> & { height?: number; channels?: number },
  rect: Rect,
): boolean {
  const histograms = Array.from({ length: channels }, () => new Uint32Array(256));
  const each = (visit: (at: number) => void) => {
    for (let y = rect.y; y < rect.y + rect.height; y++)
      for (let x = rect.x; x < rect.x + rect.width; x++) visit((y * width + x) * channels);
  };
  each((at) => histograms.forEach((histogram, c) => histogram[data[at + c]!]!++));
  const count = rect.width * rect.height;
  const medians = histograms.map((histogram) => {
    let below = 0;
    return histogram.findIndex((n) => (below += n) * 2 >= count);
  });
  let alike = 0;
  each((at) => {
    if (medians.every((median, c) => Math.abs(data[at + c]! - median) <= LEVELS)) alike++;
  });
  return alike >= count * SHARE;
}
