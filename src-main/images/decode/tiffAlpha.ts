/** Whether the band that a TIFF calls transparency is one: GDAL calls any fourth band so, unless it is told. */
import type { Sharp } from 'sharp';
import { opaqueOf } from './samples.ts';
import type { Values } from './samples.ts';

/** ExtraSamples of a transparency: colours were multiplied by it, or they were not. */
export const [ASSOCIATED, UNASSOCIATED] = [1, 2];

/** Least share of a transparency that is wholly clear or wholly opaque; of a band of infrared hardly anything is. */
const CLEAR_OR_OPAQUE = 0.25;

/** A band that is called transparency, of 8 or 16 bits or from 0 to 1, where it proves to be one; else null. */
export function transparencyIn(band: Values): Values | null {
  const most = opaqueOf(band, band instanceof Uint16Array ? 65535 : band instanceof Uint8Array ? 255 : 1);
  let extreme = 0;
  for (const value of band) if (value === 0 || value === most) extreme++;
  return extreme >= band.length * CLEAR_OR_OPAQUE ? band : null;
}

/**
 * Whether the transparency of a page that libvips reads proves to be one, looked at in these pictures of it, or of parts
 * of it. What cannot be read is taken at its word: reading it will say why.
 */
export async function isTransparency(pictures: Iterable<Sharp>): Promise<boolean> {
  let [extreme, total] = [0, 0];
  for (const picture of pictures) {
    const alpha = await picture
      .extractChannel('alpha')
      .raw({ depth: 'uchar' })
      .toBuffer()
      .catch(() => null);
    if (!alpha) return true;
    for (const value of alpha) if (value === 0 || value === 255) extreme++;
    total += alpha.length;
  }
  return extreme >= total * CLEAR_OR_OPAQUE;
}
