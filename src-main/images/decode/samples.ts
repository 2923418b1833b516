/**
 * What a file holds, before anything is made of it: its bands in their own type, with what the file says of them; and
 * what can be measured of such values. Leaves the picture to picture.ts, reading to each decoder.
 */
export type Values =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

export interface Samples {
  width: number;
  height: number;
  /** [height, width] each: one to three to be seen, or up to 16 to be trained on. */
  bands: Values[];
  /** Where the file has other bands too: how many in all, and which of them these are (from 0). */
  of?: { count: number; chosen: number[] };
  /** The bands are channels with a scale of their own (fluorescence), not the parts of one colour. */
  channels: boolean;
  /** What each channel is shown in, where the file says it: red, green and blue, 0 to 1. Their lights add up. */
  colours?: readonly (readonly [red: number, green: number, blue: number])[];
  /** The smallest value is white. */
  inverted: boolean;
  /** Stands for "nothing was measured here". */
  nodata: number | null;
  /** These are a part of a picture, of which as a whole it was judged that nothing else stands for that. */
  judged?: boolean;
  /** Transparency of colours, laid on white: [height, width], 0 (clear) to the most of its type. */
  alpha?: Values;
  /** It is that of a part of a picture, of which others are seen: white where it is clear, though it is everywhere. */
  isPart?: boolean;
  /** The colours were multiplied by it already. */
  premultiplied?: boolean;
  /** What the file says is white, where that is not its type's most: the format is one of photos. */
  white?: number;
  /** The file itself says from which value to which it is shown, as a DICOM window does. */
  window?: { low: number; high: number };
}

const typeNames = new Map<unknown, string>([
  [Uint8Array, 'uint8'],
  [Int8Array, 'int8'],
  [Uint16Array, 'uint16'],
  [Int16Array, 'int16'],
  [Uint32Array, 'uint32'],
  [Int32Array, 'int32'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
]);

/** The sample type of a typed array, as `uint16`; subclasses such as Node's Buffer count as their base. */
export const typeOf = (values: Values): string =>
  typeNames.get(values.constructor) ?? (values instanceof Uint8Array ? 'uint8' : 'float64');

/**
 * Type and number of bands. Files of one kind are comparable: `uint16x1`, `float32x3`, and `uint16x3c` where each
 * channel has its own scale.
 */
export const kindOf = ({ bands, channels }: Samples): string =>
  `${typeOf(bands[0]!)}x${bands.length}${channels && bands.length > 1 ? 'c' : ''}`;

/**
 * Values that programs write where nothing was measured without naming them in a tag; taken as such where they lie far
 * below the rest, as 0 is where the rest are more than a few labels.
 */
const CUSTOMARY_FILLS = new Set([-2147483648, -32768, -32767, -9999, -10000, -99999, -1e10]);
/** So far from 0 is no measured value, but the last of a type, or what netCDF and others write in its place. */
const HUGE = 1e19;
/**
 * The largest integers of 16 and 32 bits, with a sign and without, and what all others lie below: the lower half, without
 * a sign what cameras of 14 bits measure, as a dark photo of 16 bits with white in it is no measurement.
 */
const LARGEST: ReadonlyMap<number, number> = new Map([
  [32767, 16384],
  [65535, 16384],
  [2147483647, 2 ** 30],
  [4294967295, 2 ** 31],
]);
/** Values of 16 bits without a sign that reach so far from 0 fill their type as photos do, in which 0 is black. */
const BRIGHT = 32768;
const FAR = 0.5;
const FEW = 0.001;
/** Share from which on, and distinct values beside them from which on, zeros and largest integers may stand for nothing. */
const [MANY, NO_LABELS] = [0.01, 64];

/** How many of the sorted values, from the lowest, stand for "not measured" though nothing says so; `type` is theirs. */
function fillsBelow(sorted: Float64Array, type: string): number {
  const lowest = sorted[0]!;
  const isZero = lowest === 0;
  if (!isZero && lowest > -HUGE && !CUSTOMARY_FILLS.has(lowest)) return 0;
  // levels of colours, where 0 is one of them
  if (isZero && (type === 'uint8' || (type === 'uint16' && sorted.at(-1)! >= BRIGHT))) return 0;
  const first = sorted.findIndex((value) => value !== lowest);
  const spread = first < 0 ? 0 : sorted.at(-1)! - sorted[first]!;
  if (!(first > sorted.length * (isZero ? MANY : FEW) && sorted[first]! - lowest > FAR * spread)) return 0;
  return isZero && !hasMore(sorted.subarray(first), NO_LABELS) ? 0 : first;
}

/** The same from the highest. */
function fillsAbove(sorted: Float64Array): number {
  const highest = sorted.at(-1)!;
  const below = LARGEST.get(highest);
  if (highest < HUGE && below === undefined) return 0;
  const last = sorted.findLastIndex((value) => value !== highest);
  const count = sorted.length - 1 - last;
  if (last < 0 || count <= sorted.length * (below === undefined ? FEW : MANY)) return 0;
  const next = sorted[last]!;
  if (below === undefined) return highest - next > FAR * (next - sorted[0]!) ? count : 0;
  return next < below && hasMore(sorted.subarray(0, last + 1), NO_LABELS) ? count : 0;
}

/** Whether sorted values are more than so many different ones. */
function hasMore(sorted: Float64Array, most: number): boolean {
  let distinct = 1;
  for (let i = 1; i < sorted.length && distinct <= most; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  return distinct > most;
}

/** NaN and the infinities, which stand for what no sensor measures (a depth without an echo, a division by 0): left out. */
export const isNoNumber = (value: number): boolean => value - value !== 0;

/** Values sampled of a file: enough for percentiles to a thousandth. */
const SAMPLED = 1 << 16;

/** Whether nothing is to be seen through a transparency: then it says nothing, and the colours are shown without it. */
export const isClear = (alpha: Values): boolean => alpha.every((value) => value === 0);

/**
 * Sorted valid values sampled evenly from the whole picture (at most about `most`), the share of them that is valid (0
 * to 1), and the customary value for "not measured" where there is one. What lies beneath a clear place is not seen, and
 * counts no more than nodata.
 */
export function sortedSample(
  { bands, nodata, judged = false, alpha }: Pick<Samples, 'bands' | 'nodata' | 'judged' | 'alpha'>,
  most = SAMPLED,
): { sorted: Float64Array; valid: number; fill: number | null } {
  const clear = alpha && !isClear(alpha) ? alpha : null;
  const each = Math.ceil(most / bands.length);
  const out = new Float64Array(bands.reduce((sum, band) => sum + Math.min(each, band.length), 0));
  let taken = 0;
  let looked = 0;
  for (const band of bands) {
    const count = Math.min(each, band.length);
    const step = band.length / count;
    for (let i = 0; i < count; i++) {
      // Not on a lattice that the picture's columns could share.
      const at = step === 1 ? i : Math.min(band.length - 1, Math.floor((i + ((i * 0.6180339887) % 1)) * step));
      const value = band[at]!;
      looked++;
      if (!isNoNumber(value) && value !== nodata && clear?.[at] !== 0) out[taken++] = value;
    }
  }
  let sorted = out.subarray(0, taken).sort();
  let fill: number | null = null;
  if (taken > 0 && !judged) {
    const [below, above] = [fillsBelow(sorted, typeOf(bands[0]!)), fillsAbove(sorted)];
    if (below > 0) fill = sorted[0]!;
    else if (above > 0) fill = sorted.at(-1)!;
    sorted = sorted.subarray(below, below > 0 ? undefined : taken - above);
  }
  return { sorted, valid: looked === 0 ? 0 : sorted.length / looked, fill };
}

/**
 * A range between percentiles, so that a few hot pixels do not set it; between the extremes where those leave nothing.
 * Null where there is no range.
 */
export function robustRange(sorted: Float64Array, percent: number): { low: number; high: number } | null {
  if (sorted.length === 0) return null;
  const last = sorted.length - 1;
  const low = sorted[Math.round((last * percent) / 100)]!;
  const high = sorted[Math.round(last * (1 - percent / 100))]!;
  if (high > low) return { low, high };
  return sorted[last]! > sorted[0]! ? { low: sorted[0]!, high: sorted[last]! } : null;
}

/**
 * The value of a transparency that is opaque: its type's highest, `most`, or its own where it keeps to a quarter of that,
 * as the transparency beside colours of 10 to 14 bits does.
 */
export function opaqueOf(alpha: Values, most: number): number {
  let highest = 0;
  for (const value of alpha) if (value > highest) highest = value;
  return highest > 0 && highest <= most / 4 ? highest : most;
}

/**
 * Keeps of each place the brighter of two values in `most`: the lower one where the smallest value is white. What was not
 * measured is not compared.
 */
export function keepBrighter(
  most: readonly Values[],
  others: readonly Values[],
  { nodata, inverted }: Pick<Samples, 'nodata' | 'inverted'>,
): void {
  const darker = inverted ? -1 : 1;
  most.forEach((band, b) => {
    const other = others[b]!;
    for (let i = 0; i < band.length; i++) {
      const [had, value] = [band[i]!, other[i]!];
      if (value === nodata || isNoNumber(value)) continue;
      if (had === nodata || isNoNumber(had) || (value - had) * darker > 0) band[i] = value;
    }
  });
}

const MOST_FLOAT32 = 3.4028234663852886e38;

/** A decimal number as 32 bits hold it; the largest ones are often written with fewer digits than they have. */
const asFloat32 = (value: number): number =>
  Math.abs(Math.abs(value) / MOST_FLOAT32 - 1) < 1e-5 ? Math.sign(value) * MOST_FLOAT32 : Math.fround(value);

/**
 * The number of a text that stands for "not measured" among values of such bits; null where it says nothing, or what no
 * integer of them is (GDAL passes -9999 on to bytes as well).
 */
export function nodataOf(text: string, bits: number, format: string | undefined): number | null {
  const nodata = Number.parseFloat(text);
  if (!Number.isFinite(nodata)) return null;
  if (format === 'float') return bits === 32 ? asFloat32(nodata) : nodata;
  if (bits > 32) return nodata;
  const held = bits < 8 ? bits : ([8, 16].find((size) => bits <= size) ?? 32);
  const lowest = format === 'signed' ? -(2 ** (held - 1)) : 0;
  return Number.isInteger(nodata) && nodata >= lowest && nodata < lowest + 2 ** held ? nodata : null;
}
