/** Pictures whose transparency is kept apart from them, as a page of its own (tiffMask.ts): laid on white like any other. */
import sharp from 'sharp';
import { applyOrientation } from './orientation.ts';
import type { DecodedPixels } from './types.ts';

/** How opaque a picture is, from 0 to 255, as it is stored; maybe in another size than it is shown in. */
export interface Mask {
  width: number;
  height: number;
  data: Uint8Array; // [height, width]
}

/** Lays upright pixels on white, in place. `orientation`: how they were turned, as in EXIF. */
export async function layOnWhite(pixels: DecodedPixels, mask: Mask, orientation: number): Promise<void> {
  const { width, height, data } = pixels;
  const raw = { width: mask.width, height: mask.height, channels: 1 } as const;
  const upright = applyOrientation(sharp(mask.data, { raw, limitInputPixels: false }), orientation);
  const turned = await upright.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const isAlike = turned.info.width === width && turned.info.height === height;
  const size = { width: turned.info.width, height: turned.info.height, channels: 1 } as const;
  const opaque = isAlike
    ? turned.data
    : await sharp(turned.data, { raw: size, limitInputPixels: false })
        .resize(width, height, { fit: 'fill' })
        .toColourspace('b-w')
        .raw()
        .toBuffer();
  for (let i = 0; i < opaque.length; i++) {
    const share = opaque[i]! / 255;
    if (share < 1) for (let c = 3 * i; c < 3 * i + 3; c++) data[c] = Math.round(data[c]! * share + 255 * (1 - share));
  }
}
