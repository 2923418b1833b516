/**
 * A 64-bit perceptual hash (difference hash) of a photo, so that bursts and copies at other sizes are found at import.
 * Leaves deciding which of a group to keep to the library.
 */
import { resizeBilinear } from './resize.ts';
import type { RgbImage } from './resize.ts';

/**
 * 16 hexadecimal digits: for each of 8 x 8 places of the photo shrunk to 9 x 8 grey levels, whether brightness falls
 * from left to right. Photos of one scene a moment apart differ in a few bits, unrelated ones in about half.
 */
export function perceptualHash(image: RgbImage): string {
  const small = resizeBilinear(image, 9, 8); // [8, 9, 3]
  const luma = (x: number, y: number): number => {
    const at = (y * 9 + x) * 3;
    return 299 * small[at]! + 587 * small[at + 1]! + 114 * small[at + 2]!; // ITU-R 601
  };
  let hash = '';
  for (let y = 0; y < 8; y++) {
    let byte = 0;
    for (let x = 0; x < 8; x++) byte = (byte << 1) | (luma(x, y) > luma(x + 1, y) ? 1 : 0);
    hash += byte.toString(16).padStart(2, '0');
  }
  return hash;
}

/** How many of the 64 bits differ. At most 6 is a near-duplicate in practice. */
export function hashDistance(a: string, b: string): number {
  let bits = 0;
  for (let i = 0; i < 16; i += 8) {
    let x = (parseInt(a.slice(i, i + 8), 16) ^ parseInt(b.slice(i, i + 8), 16)) >>> 0;
    for (; x !== 0; x &= x - 1) bits++;
  }
  return bits;
}
