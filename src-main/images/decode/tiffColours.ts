/**
 * Colours of a TIFF that are no red, green and blue, where they are read as values because libvips does not unpack them:
 * CIE Lab, CMYK, YCbCr and palettes, to sRGB. Leaves reading the bands to tiffSamples.ts.
 */
import { labToSrgb } from './lab.ts';
import type { Values } from './samples.ts';
import { PHOTOMETRIC } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import type { DecodedPixels } from './types.ts';

interface Colours {
  /** How many bands, from the first, make a colour. */
  bands: number;
  toSrgb(page: TiffPage, bands: Values[]): DecodedPixels;
}

const kinds: Readonly<Record<number, Colours>> = {
  [PHOTOMETRIC.lab]: { bands: 3, toSrgb: labToSrgb },
  [PHOTOMETRIC.iccLab]: { bands: 3, toSrgb: labToSrgb },
  [PHOTOMETRIC.cmyk]: { bands: 4, toSrgb: each(4, cmykToRgb) },
  [PHOTOMETRIC.yCbCr]: { bands: 3, toSrgb: each(3, yccToRgb) },
  [PHOTOMETRIC.palette]: { bands: 1, toSrgb: throughPalette },
};

/** Cyan, magenta and yellow without black, of which the file says the same as of CMYK. */
const threeInks: Colours = { bands: 3, toSrgb: each(3, cmyToRgb) };

/** Codecs of pictures, whose decoders hand over red, green and blue. */
const CODECS = new Set([33003, 33005, 33007, 34712, 50001]);

const JPEG = 7; // whose decoder spreads colours and leaves them YCbCr

/** How the colours of a page are had from its bands; null where these are what is seen. */
export function coloursOf(page: TiffPage): Colours | null {
  const kind = page.photometric === PHOTOMETRIC.cmyk && page.samples === 3 ? threeInks : kinds[page.photometric];
  if (!kind || page.samples < kind.bands || page.format !== 'unsigned') return null;
  if (page.photometric === PHOTOMETRIC.palette && !page.palette) return null;
  if (page.photometric === PHOTOMETRIC.yCbCr && CODECS.has(page.compression)) return null;
  return page.bits === 8 || page.bits === 16 || page.photometric === PHOTOMETRIC.palette ? kind : null;
}

/** The bands of a colour, from 0. */
export const colourBands = ({ bands }: Colours): number[] => Array.from({ length: bands }, (_, band) => band);

/** Converts pixel after pixel, values from 0 to 255. */
function each(count: number, convert: (from: number[], to: Uint8ClampedArray, at: number) => void) {
  return ({ width, height, bits }: TiffPage, bands: Values[]): DecodedPixels => {
    const data = new Uint8ClampedArray(width * height * 3);
    const unit = bits === 16 ? 257 : 1;
    const from = new Array<number>(count);
    for (let i = 0; i < width * height; i++) {
      for (let band = 0; band < count; band++) from[band] = bands[band]![i]! / unit;
      convert(from, data, 3 * i);
    }
    return { width, height, data: new Uint8Array(data.buffer) };
  };
}

function cmykToRgb(from: number[], to: Uint8ClampedArray, at: number): void {
  const [, , , black] = from as [number, number, number, number];
  for (let c = 0; c < 3; c++) to[at + c] = ((255 - from[c]!) * (255 - black)) / 255;
}

function cmyToRgb(from: readonly number[], to: Uint8ClampedArray, at: number): void {
  for (let c = 0; c < 3; c++) to[at + c] = 255 - from[c]!;
}

/** By the coefficients of BT.601, as TIFF has them where it says nothing else. */
function yccToRgb(from: readonly number[], to: Uint8ClampedArray, at: number): void {
  const [y, cb, cr] = from as [number, number, number];
  to[at] = y + 1.402 * (cr - 128);
  to[at + 1] = y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128);
  to[at + 2] = y + 1.772 * (cb - 128);
}

/** Whether colours are kept for fewer pixels than lightness is, and none of the codecs above spreads them. */
export const isSubsampled = ({ photometric, compression, subsampled }: TiffPage): boolean =>
  photometric === PHOTOMETRIC.yCbCr && subsampled && compression !== JPEG && !CODECS.has(compression);

function throughPalette({ width, height, palette }: TiffPage, [indices]: Values[]): DecodedPixels {
  const data = new Uint8Array(width * height * 3);
  const colours = palette!.length / 3;
  // some programs write 8-bit colours where 16 bits are asked for
  const unit = palette!.every((value) => value < 256) ? 1 : 257;
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round((palette![c * colours + indices![i]!] ?? 0) / unit);
  return { width, height, data };
}
