/**
 * Training copies as WebP: what a cache keeps of photos that do not fit as pixels. Own files, of known size and with
 * checksums, so they are decoded where they are needed and not in a process of their own.
 */
import sharp from 'sharp';
import { webpOf } from '../../../shared/cachePlan.ts';
import type { RgbImage } from '../resize.ts';

export async function encodeCopy({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .webp({ ...webpOf({ width, height }), effort: 2 })
    .toBuffer();
}

/** Pixels of a copy, [height, width, 3]. */
export async function decodeCopy(bytes: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
