/** Whether the band that a TIFF calls transparency is one: GDAL calls any fourth band so, unless it is told. */
import sharp from 'sharp';
import type { Values } from './samples.ts';
import type { TiffPage } from './tiffPages.ts';

/** ExtraSamples of colours that were multiplied by their transparency. */
export const ASSOCIATED = 1;

/** A band that is called transparency, of 8 or 16 bits, where it proves to be one; else null. */
export function transparencyIn(band: Values): Values | null {
  const most = band instanceof Uint16Array ? 65535 : 255;
  let extreme = 0;
  for (const value of band) if (value === 0 || value === most) extreme++;
  return extreme >= band.length * CLEAR_OR_OPAQUE ? band : null;
}

/** Least share of a transparency that is wholly clear or wholly opaque; of a band of infrared hardly anything is. */
export const CLEAR_OR_OPAQUE = 0.25;

/** Whether the transparency of a page of 8 bits, which libvips reads, proves to be one. */
export async function isTransparency(bytes: Buffer, page: TiffPage): Promise<boolean> {
  try {
    const alpha = await sharp(bytes, { page: page.index, pages: 1, limitInputPixels: false })
      .extractChannel('alpha')
      .raw()
      .toBuffer();
    let extreme = 0;
    for (const value of alpha) if (value === 0 || value === 255) extreme++;
    return extreme >= alpha.length * CLEAR_OR_OPAQUE;
  } catch {
    return true; // decoding it will say why
  }
}
