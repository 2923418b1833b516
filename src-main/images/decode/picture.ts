/**
 * From a file's values to the picture by the data set's rule: measured values are stretched between two of them, black
 * to white; what was not measured (nodata, NaN, infinities) is black. 8-bit values are colours and stay as they are. Leaves which
 * bands and pages are meant to the decoders.
 */
import { fixedRange, parseRanges } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import type { RgbImage } from '../resize.ts';
import { isClear, isNoNumber, kindOf, opaqueOf, robustRange, sortedSample, typeOf } from './samples.ts';
import type { Samples, Values } from './samples.ts';

/** The values of a band that are shown as black and as white. */
export interface Stretch {
  low: number;
  high: number;
}

export interface Shown {
  /** One for each band; null where values are taken by their type's whole range. */
  stretches: Stretch[] | null;
  /** A value that stands for "not measured", besides the one that the file names. */
  fill: number | null;
  /** All values are the same. */
  constant: boolean;
}

/**
 * 16-bit values over at least this share of their type's range are photos saved with 16 bits, which need no stretch:
 * measured ones come from 10 to 14 bits, or their whole scale lies in a part of it.
 */
export const PHOTO_SPAN = 0.5;

/** How the rule shows these samples; `mayBePhoto` where the format is one that photos are kept in with 16 bits. */
export function showing(samples: Samples, rule: PixelRule, mayBePhoto: boolean): Shown {
  const type = typeOf(samples.bands[0]!);
  const none: Shown = { stretches: null, fill: null, constant: false };
  const all = (stretch: Stretch) => samples.bands.map(() => stretch);
  if (type === 'uint8')
    return rule.rule === 'folder' && isNarrow(samples.window) ? { ...none, stretches: all(samples.window!) } : none;
  if (rule.rule === 'photo') return type.startsWith('float') ? { ...none, stretches: all({ low: 0, high: 1 }) } : none;
  const { fill } = sortedSample(samples);
  const fixed = fixedRange(rule);
  if (fixed) return { stretches: all(fixed), fill, constant: false };
  if (samples.window && rule.rule !== 'file') return { stretches: all(samples.window), fill, constant: false };
  const of = rule.rule === 'folder' ? parseRanges(rule.ranges).find(({ kind }) => kind === kindOf(samples)) : undefined;
  const stretches = of
    ? samples.bands.map((_, i) => ({ low: of.low[i] ?? of.low[0]!, high: of.high[i] ?? of.high[0]! }))
    : ownStretches(samples, rule.percentiles);
  if (stretches.every((stretch) => stretch === null))
    return { stretches: all({ low: 0, high: 0 }), fill, constant: true };
  const known = stretches.map((stretch) => stretch ?? { low: 0, high: 0 });
  const shown = samples.channels ? withoutEmpty(known) : known;
  const photo = (mayBePhoto || samples.white !== undefined) && isPhoto(type, shown, samples.white);
  return { stretches: photo ? null : shown, fill, constant: false };
}

/** Whether a window shows less than all levels of 8 bits. */
const isNarrow = (window: Stretch | undefined): boolean =>
  window !== undefined && (window.low > 0 || window.high < 255);

/** Stretches by the file's own values: between percentiles of all its bands, or of each where they are channels. */
function ownStretches(samples: Samples, percentiles: number): (Stretch | null)[] {
  const { bands, channels } = samples;
  if (!channels) {
    const stretch = robustRange(sortedSample(samples).sorted, percentiles);
    return bands.map(() => stretch);
  }
  return bands.map((band) => robustRange(sortedSample({ ...samples, bands: [band] }).sorted, percentiles));
}

/**
 * A channel whose range is below this share of the widest one's holds noise alone, which no stretch makes a picture.
 */
const EMPTY = 0.02;

function withoutEmpty(stretches: Stretch[]): Stretch[] {
  const widest = Math.max(...stretches.map(({ low, high }) => high - low));
  return stretches.map(({ low, high }) => (high - low < EMPTY * widest ? { low, high: low } : { low, high }));
}

const isPhoto = (type: string, stretches: readonly Stretch[], white = 65535): boolean =>
  type === 'uint16' && stretches.some(({ low, high }) => high - low >= PHOTO_SPAN * white);

/**
 * The picture: three bands are red, green and blue, one is grey; of channels two are green and magenta.
 * @param curve of grey without a sign: the levels of 16-bit values, in place of what is shown
 */
export function pictureOf(samples: Samples, shown: Shown, curve: Uint8Array | null = null): RgbImage {
  const { width, height, bands, inverted, nodata, white, alpha } = samples;
  const data = new Uint8Array(width * height * 3);
  const lit = bands
    .map((_, i) => i)
    .filter((i) => shown.stretches === null || shown.stretches[i]!.high > shown.stretches[i]!.low);
  const used = samples.channels && lit.length > 0 ? lit : bands.map((_, i) => i);
  const levels = used.map((i) => {
    if (curve)
      return throughCurve(bands[i]!, curve, white ?? (bands[i] instanceof Uint16Array ? 65535 : 255), inverted);
    const stretch = shown.stretches?.[i] ?? (white === undefined ? null : { low: 0, high: white });
    return levelsOf(bands[i]!, stretch, inverted, [nodata, shown.fill]);
  });
  if (samples.channels && samples.colours)
    addLights(
      data,
      levels,
      used.map((i) => samples.colours![i]!),
    );
  else spread(data, levels);
  if (alpha && (samples.isPart || !isClear(alpha)))
    layOnWhite(data, alpha, opaqueOf(alpha, white ?? wholeRange(alpha).high), samples.premultiplied ?? false);
  return { width, height, data };
}

/** Levels of three bands as red, green and blue, of two as green and magenta, of one as grey. */
function spread(data: Uint8Array, levels: readonly Uint8Array[]): void {
  const colours = levels.length === 1 ? [[0, 1, 2]] : levels.length === 2 ? [[1], [0, 2]] : [[0], [1], [2]];
  levels.forEach((level, i) => {
    for (const c of colours[i]!) for (let at = 0, o = c; at < level.length; at++, o += 3) data[o] = level[at]!;
  });
}

/** Each channel in its colour, added up. */
function addLights(data: Uint8Array, levels: readonly Uint8Array[], colours: NonNullable<Samples['colours']>): void {
  for (let c = 0; c < 3; c++)
    for (let at = 0, o = c; o < data.length; at++, o += 3) {
      let light = 0;
      for (let i = 0; i < levels.length; i++) light += levels[i]![at]! * colours[i]![c]!;
      data[o] = Math.min(255, Math.round(light));
    }
}

/** Lays colours on white by their transparency. */
function layOnWhite(rgb: Uint8Array, alpha: Values, most: number, premultiplied: boolean): void {
  for (let i = 0; i < alpha.length; i++) {
    const share = Math.min(1, alpha[i]! / most);
    if (share === 1) continue;
    for (let c = 3 * i; c < 3 * i + 3; c++)
      rgb[c] = Math.min(255, Math.round(rgb[c]! * (premultiplied ? 1 : share) + 255 * (1 - share)));
  }
}

function throughCurve(band: Values, curve: Uint8Array, most: number, inverted: boolean): Uint8Array {
  const scale = 65535 / most;
  return Uint8Array.from(band, (value) => {
    const place = Math.min(65535, Math.round(value * scale));
    return curve[inverted ? 65535 - place : place]!;
  });
}

function levelsOf(band: Values, stretch: Stretch | null, inverted: boolean, nothing: (number | null)[]): Uint8Array {
  const out = new Uint8Array(band.length);
  const { low, high } = stretch ?? wholeRange(band);
  const scale = high > low ? 255 / (high - low) : 0;
  // Halves are not rounded up: a 16-bit value is shown by its upper byte, as other programs show it.
  const bias = stretch === null ? 0 : 0.5;
  const [a, b] = nothing;
  for (let i = 0; i < band.length; i++) {
    const value = band[i]!;
    if (value === a || value === b || isNoNumber(value)) continue;
    const level = Math.min(255, Math.max(0, Math.floor((value - low) * scale + bias)));
    out[i] = inverted ? 255 - level : level;
  }
  return out;
}

/** The whole range of a band's type; floats are taken to be from 0 to 1. */
const wholeRange = (band: Values): Stretch => rangeOfType(typeOf(band));

function rangeOfType(type: string): Stretch {
  switch (type) {
    case 'uint8':
      return { low: 0, high: 255 };
    case 'int8':
      return { low: -128, high: 127 };
    case 'int16':
      return { low: -32768, high: 32767 };
    case 'uint32':
      return { low: 0, high: 2 ** 32 - 1 };
    case 'int32':
      return { low: -(2 ** 31), high: 2 ** 31 - 1 };
    case 'uint16':
      return { low: 0, high: 65280 }; // 255 times 256: the upper byte
    default:
      return { low: 0, high: 1 };
  }
}

/** The range of a band that is no colour but taken to fill its type, by the type's name. */
export const bandRangeOfType = (type: string): Stretch =>
  type === 'uint16' ? { low: 0, high: 65535 } : rangeOfType(type);
