/**
 * Colours of a TIFF that are no red, green and blue, where they are read as values because libvips does not unpack them:
 * CIE Lab, CMYK, YCbCr and palettes, to sRGB. Leaves reading the bands to tiffSamples.ts.
 */
import { isLab, labToSrgb } from './lab.ts';
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
  [PHOTOMETRIC.cmyk]: { bands: 4, toSrgb: each(4, () => cmykToRgb) },
  [PHOTOMETRIC.yCbCr]: { bands: 3, toSrgb: each(3, yccOf) },
  [PHOTOMETRIC.palette]: { bands: 1, toSrgb: throughPalette },
};

/** Cyan, magenta and yellow without black, of which the file says the same as of CMYK. */
const threeInks: Colours = { bands: 3, toSrgb: each(3, () => cmyToRgb) };

/** Codecs of pictures, whose decoders hand over red, green and blue. */
const CODECS = new Set([33003, 33004, 33005, 33007, 34712, 50001]);

const JPEG = 7; // whose decoder spreads colours and leaves them YCbCr

/** How the colours of a page are had from its bands; null where these are what is seen. */
export function coloursOf(page: TiffPage): Colours | null {
  const kind = page.photometric === PHOTOMETRIC.cmyk && page.samples === 3 ? threeInks : kinds[page.photometric];
  if (!kind || page.samples < kind.bands) return null;
  const { photometric, format, bits } = page;
  if (photometric === PHOTOMETRIC.palette) return format === 'unsigned' && page.palette ? kind : null;
  if (photometric === PHOTOMETRIC.yCbCr && CODECS.has(page.compression)) return null;
  if (kind.toSrgb === labToSrgb) return isLab(page) ? kind : null;
  return format === 'float' || (format === 'unsigned' && bits <= 32) ? kind : null;
}

/** The bands of a colour, from 0. */
export const colourBands = ({ bands }: Colours): number[] => Array.from({ length: bands }, (_, band) => band);

/** An ink of its own beside CMYK (varnish, gold), which libvips takes for transparency. */
export const hasSpot = ({ photometric, samples, extra }: TiffPage): boolean =>
  photometric === PHOTOMETRIC.cmyk && samples === 5 && extra[0] === 0;

type Convert = (from: readonly number[], to: Uint8ClampedArray, at: number) => void;

/** Converts pixel after pixel, values from 0 to 255; of floats 1 is that. */
function each(count: number, converting: (page: TiffPage) => Convert) {
  return (page: TiffPage, bands: Values[]): DecodedPixels => {
    const { width, height, bits, format } = page;
    const convert = converting(page);
    const data = new Uint8ClampedArray(width * height * 3);
    const unit = format === 'float' ? 1 / 255 : bits > 8 ? (2 ** bits - 1) / 255 : 1;
    const from = new Array<number>(count);
    for (let i = 0; i < width * height; i++) {
      for (let band = 0; band < count; band++) from[band] = bands[band]![i]! / unit;
      convert(from, data, 3 * i);
    }
    return { width, height, data: new Uint8Array(data.buffer) };
  };
}

function cmykToRgb(from: readonly number[], to: Uint8ClampedArray, at: number): void {
  const [, , , black] = from as readonly [number, number, number, number];
  for (let c = 0; c < 3; c++) to[at + c] = ((255 - from[c]!) * (255 - black)) / 255;
}

function cmyToRgb(from: readonly number[], to: Uint8ClampedArray, at: number): void {
  for (let c = 0; c < 3; c++) to[at + c] = 255 - from[c]!;
}

/** Shares of red, green and blue in lightness as TIFF has them where it says nothing else: those of BT.601. */
const USUAL_SHARES = [0.299, 0.587, 0.114];
/** Black and white of lightness and of both colours, in which the first is none. */
const USUAL_LEVELS = [0, 255, 128, 255, 128, 255];
const NEARLY = 0.01;

/** YCbCr as the page says it; what a codec of JPEG unpacks is always as usual. */
function yccOf({ compression, bits, ycc }: TiffPage): Convert {
  const isOwn = compression !== JPEG;
  const told = (isOwn && ycc.levels?.map((level) => (level * 255) / (2 ** bits - 1))) || USUAL_LEVELS;
  const levels = [0, 2, 4].every((i) => told[i + 1]! - told[i]! >= 1) ? told : USUAL_LEVELS;
  const shares = (isOwn && ycc.coefficients) || USUAL_SHARES;
  const isSound = shares.every((share) => share > 0) && Math.abs(shares.reduce((a, b) => a + b) - 1) < NEARLY;
  const [r, g, b] = (isSound ? shares : USUAL_SHARES) as [number, number, number];
  const [black, white, noBlue, mostBlue, noRed, mostRed] = levels as [number, number, number, number, number, number];
  return (from, to, at) => {
    const y = ((from[0]! - black) * 255) / (white - black);
    const cb = ((from[1]! - noBlue) * 127) / (mostBlue - noBlue);
    const cr = ((from[2]! - noRed) * 127) / (mostRed - noRed);
    to[at] = y + 2 * (1 - r) * cr;
    to[at + 1] = y - (2 * (1 - b) * b * cb + 2 * (1 - r) * r * cr) / g;
    to[at + 2] = y + 2 * (1 - b) * cb;
  };
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
