/**
 * Colours named by code points (ITU-T H.273) rather than by a profile: the primaries and transfer of HEIC, AVIF and
 * PNG. What is sRGB or close to it stays as it is; Display P3, Adobe RGB, BT.2020, PQ, HLG and linear light are
 * converted, with reference white (203 nits, BT.2408) as white and brighter lights rolled off.
 */

export interface ColourCodes {
  primaries: number;
  transfer: number;
  /** The power by which light was written, where no number names it. */
  gamma?: number;
  /** Black is 16 of 255 and white 235, as in films, and the decoder has not spread them. */
  isNarrow?: boolean;
}

const P3 = 12;
/** P3 of cinemas, which has another white: JPEG XL's decoder calls Display P3 so. */
const CINEMA_P3 = 11;
const BT2020 = 9;
/** Primaries that the standard has no number for, beyond its numbers. */
export const ADOBE_RGB = 256;
/** Power 2.2, as televisions had. */
export const GAMMA_22 = 4;
export const LINEAR = 8;
const PQ = 16;
const HLG = 18;

const FROM_P3 = [
  [1.2249402, -0.2249402, 0],
  [-0.042057, 1.042057, 0],
  [-0.0196376, -0.0786361, 1.0982736],
];

/** From linear light in each set of primaries to linear sRGB. */
const MATRICES: Readonly<Record<number, readonly (readonly number[])[]>> = {
  [P3]: FROM_P3,
  [CINEMA_P3]: FROM_P3,
  [ADOBE_RGB]: [
    [1.3983557, -0.3983557, 0],
    [0, 1, 0],
    [0, -0.0429289, 1.0429289],
  ],
  [BT2020]: [
    [1.660491, -0.5876411, -0.0728499],
    [-0.1245505, 1.1328999, -0.0083494],
    [-0.0181508, -0.1005789, 1.1187297],
  ],
};

/** x and y of red, green and blue. */
const PLACES: Readonly<Record<number, readonly number[]>> = {
  [P3]: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06],
  [ADOBE_RGB]: [0.64, 0.33, 0.21, 0.71, 0.15, 0.06],
  [BT2020]: [0.708, 0.292, 0.17, 0.797, 0.131, 0.046],
};

/** The code point of primaries at these places, x and y of red, green and blue; null for others. */
export function primariesAt(places: readonly number[]): number | null {
  const found = Object.entries(PLACES).find(([, known]) => known.every((at, i) => Math.abs(at - places[i]!) < 0.005));
  return found ? Number(found[0]) : null;
}

export const needsConversion = ({ primaries, transfer, isNarrow = false }: ColourCodes): boolean =>
  isNarrow || primaries in MATRICES || transfer === LINEAR || transfer === PQ || transfer === HLG;

/** Linear light (0 to 1) as sRGB writes it. */
export const encodeSrgb = (linear: number): number =>
  linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;

const decodeSrgb = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const WHITE_NITS = 203;

function decodePq(value: number): number {
  const power = value ** (1 / 78.84375);
  return (
    (10000 * (Math.max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)) / WHITE_NITS
  );
}

/** The light of the scene, not yet of a display. */
const decodeHlg = (value: number): number =>
  value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12;

/** By how much a display of 1000 nits multiplies a scene's colour of such lightness (the OOTF of BT.2100): hues stay. */
const shownOf = (lightness: number): number => (1000 / WHITE_NITS) * Math.max(0, lightness) ** 0.2;

const transfers: Readonly<Record<number, (value: number) => number>> = {
  [LINEAR]: (value) => value,
  [GAMMA_22]: (value) => value ** 2.2,
  [PQ]: decodePq,
  [HLG]: decodeHlg,
};

/**
 * Linear light (white is 1) above which brighter lights are rolled off, so that a highlight keeps some of its shape.
 */
const KNEE = 0.9;
const rolledOff = (light: number): number => KNEE + (1 - KNEE) * (1 - Math.exp((KNEE - light) / (1 - KNEE)));

/**
 * Converts interleaved values from 0 to `most` to sRGB of 8 bits. `channels` values make a pixel; the first three are
 * its colour.
 */
export function convertColours(
  values: Uint8Array | Uint16Array,
  channels: number,
  most: number,
  { primaries, transfer, gamma, isNarrow }: ColourCodes,
): Uint8Array {
  const decode = gamma ? (value: number) => value ** (1 / gamma) : (transfers[transfer] ?? decodeSrgb);
  const spread = (share: number): number => (isNarrow ? Math.min(1, Math.max(0, (255 * share - 16) / 219)) : share);
  const light = Float32Array.from({ length: most + 1 }, (_, value) => decode(spread(value / most)));
  const levels = Uint8Array.from({ length: 4097 }, (_, i) => Math.round(255 * encodeSrgb((i / 4096) ** 2)));
  const matrix = MATRICES[primaries];
  const bright = transfer === PQ || transfer === HLG;
  const pixels = Math.floor(values.length / channels);
  const out = new Uint8Array(pixels * 3);
  for (let i = 0, s = 0, o = 0; i < pixels; i++, s += channels, o += 3) {
    let r = light[values[s]!]!;
    let g = light[values[s + 1]!]!;
    let b = light[values[s + 2]!]!;
    if (matrix) {
      const [x, y, z] = matrix as [number[], number[], number[]];
      [r, g, b] = [
        x[0]! * r + x[1]! * g + x[2]! * b,
        y[0]! * r + y[1]! * g + y[2]! * b,
        z[0]! * r + z[1]! * g + z[2]! * b,
      ];
    }
    if (transfer === HLG) {
      const gain = shownOf(0.2126 * r + 0.7152 * g + 0.0722 * b);
      [r, g, b] = [r * gain, g * gain, b * gain];
    }
    const brightest = Math.max(r, g, b);
    const scale = bright && brightest > KNEE ? rolledOff(brightest) / brightest : 1;
    out[o] = levels[step(r * scale)]!;
    out[o + 1] = levels[step(g * scale)]!;
    out[o + 2] = levels[step(b * scale)]!;
  }
  return out;
}

/**
 * The place of a linear value (0 to 1) in the table. Places are spaced by square roots, so that the table is fine where
 * sRGB is steep.
 */
const step = (linear: number): number => Math.round(4096 * Math.sqrt(Math.min(1, Math.max(0, linear))));

/** The code points of a HEIC or AVIF, in its `colr` box of type nclx; null where there is none. */
export function codesOfMedia(bytes: Buffer): ColourCodes | null {
  const meta = bytes.subarray(0, 1 << 20);
  const box = meta.indexOf('colrnclx');
  if (box < 0 || box + 12 > meta.length) return null;
  return { primaries: meta.readUInt16BE(box + 8), transfer: meta.readUInt16BE(box + 10) };
}
