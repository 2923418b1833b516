/**
 * A file as what a run is trained on where that is not colour: grey of its picture, or its bands as they are, each scaled
 * from black to white by the rule. Leaves reading to the decoders and the picture that a person sees to picture.ts.
 */
import { bandsTrained, MOST_BANDS, namesBands } from '../../../shared/input.ts';
import { greyOf } from '../bands.ts';
import type { BandImage } from '../bands.ts';
import { ImageError } from '../errors.ts';
import { fixedRange, followed, parseRanges } from '../rule.ts';
import type { PixelRule, ValueRange } from '../rule.ts';
import { asColour, assertUsable, decodeBytes, findRoute } from './decode.ts';
import { bandRangeOfType } from './picture.ts';
import type { Stretch } from './picture.ts';
import type { DecodedImage } from './decode.ts';
import { isNoNumber, robustRange, sortedSample, typeOf } from './samples.ts';
import type { Samples } from './samples.ts';
import { DEFAULT_LIMITS } from './types.ts';
import type { DecodeLimits } from './types.ts';
import type { ImageFormat } from '../formats.ts';

export interface DecodedBands {
  image: BandImage;
  format: ImageFormat;
  orientation: number;
}

/**
 * Decodes a file in memory to the bands, or the grey, that the rule trains on. Throws ImageError, also where the file
 * has another number of bands.
 */
export async function decodeBands(
  name: string,
  bytes: Buffer,
  limits: Partial<DecodeLimits>,
  rule: PixelRule,
): Promise<DecodedBands> {
  const picture = () => decodeBytes(name, bytes, limits, asColour(rule)); // upright already
  if (bandsTrained(rule) === null) return bandsOfPicture(name, await picture(), rule);
  const { format, route } = await findRoute(name, bytes, { ...DEFAULT_LIMITS, ...limits }, rule);
  if (route.by !== 'values') return bandsOfPicture(name, await picture(), rule);
  const { orientation = 1, samples } = route;
  assertUsable(name, samples.width, samples.height);
  return { image: turned(bandsOfSamples(name, samples, rule), orientation), format, orientation };
}

/**
 * Scales bands by the rule, as they are stored (not turned upright). Throws ImageError where their number is not the
 * one trained on.
 */
export function bandsOfSamples(name: string, samples: Samples, rule: PixelRule): BandImage {
  const { bands, of } = samples;
  assertCount(name, bands.length, of?.count ?? bands.length, rule);
  return scaled(samples, rule);
}

/** What the rule trains on, from an RGB picture: its grey, or the chosen of its three channels. Throws ImageError. */
export function bandsOfPicture(
  name: string,
  { format, orientation, ...picture }: DecodedImage,
  rule: PixelRule,
): DecodedBands {
  if (bandsTrained(rule) === null) return { image: greyOf(picture), format, orientation };
  const chosen = chosenOf(rule, 3);
  assertCount(name, chosen.length, 3, rule);
  const { width, height } = picture;
  const data = new Uint8Array(chosen.length * width * height);
  chosen.forEach((band, c) => {
    for (let i = 0, at = c * width * height; i < width * height; i++, at++) data[at] = picture.data[3 * i + band]!;
  });
  const image = { width, height, channels: chosen.length, data };
  return { image: rule.depth === 16 ? widened(image) : image, format, orientation };
}

/** Bands that the rule chooses by number, counted from 0; all `count` of them where it names none. */
function chosenOf({ bands }: PixelRule, count: number): number[] {
  const all = Array.from({ length: count }, (_, band) => band);
  if (bands === '') return all;
  const named = String(bands).split(',');
  return named.map((band) => Number(band) - 1).filter((band) => all.includes(band));
}

function assertCount(file: string, read: number, count: number, rule: PixelRule): void {
  const { bands } = rule;
  const wanted = bandsTrained(rule)!;
  if (read === wanted) return;
  const values = { count, wanted, bands: String(bands) };
  throw bands === ''
    ? new ImageError(file, 'unsupported.bands-count', { count, wanted })
    : new ImageError(file, 'unsupported.bands-missing', values);
}

/** Scales every band from black to white by the range that the rule gives it; what was not measured becomes 0. */
function scaled(samples: Samples, rule: PixelRule): BandImage {
  const { width, height, bands, inverted, nodata } = samples;
  const wide = rule.depth === 16;
  const most = wide ? 65535 : 255;
  const stretches = stretchesOf(samples, rule);
  const { fill } = sortedSample(samples);
  const data = wide ? new Uint16Array(bands.length * width * height) : new Uint8Array(bands.length * width * height);
  bands.forEach((band, b) => {
    const { low, high } = stretches[b]!;
    const scale = high > low ? most / (high - low) : 0;
    for (let i = 0, at = b * width * height; i < band.length; i++, at++) {
      const value = band[i]!;
      if (value === nodata || value === fill || isNoNumber(value)) continue; // black
      const level = Math.min(most, Math.max(0, Math.floor((value - low) * scale + 0.5)));
      data[at] = inverted ? most - level : level;
    }
  });
  return { width, height, channels: bands.length, data };
}

function stretchesOf(samples: Samples, rule: PixelRule): Stretch[] {
  const { bands, window, of } = samples;
  const type = typeOf(bands[0]!);
  const all = (stretch: Stretch) => bands.map(() => stretch);
  if (type === 'uint8') return all({ low: 0, high: 255 });
  if (rule.rule === 'photo') return all(bandRangeOfType(type));
  const fixed = fixedRange(rule);
  if (fixed) return all(fixed);
  if (window && rule.rule !== 'file') return all(window);
  const ranges = rule.rule === 'folder' ? parseRanges(rule.ranges) : [];
  const ofChosen = namesBands(rule) ? ranges.find(({ kind }) => kind === `${type}x${bands.length}n`) : undefined;
  const known = ofChosen ?? rangeFor(ranges, type, of?.count ?? bands.length);
  return bands.map((band, i) => {
    const own = ofChosen ? i : (of?.chosen[i] ?? i);
    const place = known && known.low.length > 1 ? own : 0;
    if (known?.low[place] !== undefined) return { low: known.low[place], high: known.high[place]! };
    return ownRange({ ...samples, bands: [band] }, rule.percentiles) ?? { low: 0, high: 0 };
  });
}

/**
 * The ranges by which a run's bands are scaled, one for each sample type that was measured; none where each file has its
 * own. They are in the order of the chosen bands, but where bands are chosen by name and an earlier version measured
 * them: then they are those of all the file's bands, in its order.
 */
export function bandRanges(rule: PixelRule): ValueRange[] {
  const chosen = chosenOf(rule, MOST_BANDS);
  const wanted = bandsTrained(rule) ?? 0;
  const isNamed = namesBands(rule);
  const fixed = fixedRange(rule);
  if (fixed) return [{ kind: 'any', low: [fixed.low], high: [fixed.high] }];
  if (followed(rule).rule === 'file') return [];
  const isWhole = rule.bands === '' || isNamed;
  const each = (of: number[]) => (of.length === 1 || isWhole ? of : chosen.map((band) => of[band]!));
  const ranges = parseRanges(rule.ranges).map((range) => ({ range, count: Number(/x(\d+)/.exec(range.kind)?.[1]) }));
  const isMeasured = ranges.some(({ range, count }) => count === wanted && range.kind.endsWith('n'));
  return ranges
    .filter(({ count }) => {
      if (isNamed) return count >= wanted;
      return rule.bands === '' ? count === wanted : count > Math.max(...chosen);
    })
    .map(({ range }) => range)
    .filter(({ kind }) => !isNamed || !isMeasured || kind.endsWith('n'))
    .sort((a, b) => Number(b.kind.endsWith('b')) - Number(a.kind.endsWith('b')))
    .map(({ kind, low, high }) => {
      if (rule.rule === 'folder') return { kind, low: each(low), high: each(high) };
      const whole = bandRangeOfType(kind.split('x')[0]!);
      return { kind, low: [whole.low], high: [whole.high] };
    });
}

/**
 * The range for files of `count` bands of this sample type: one measured for each band, else for channels, else for all
 * bands together.
 */
function rangeFor(ranges: readonly ValueRange[], type: string, count: number): ValueRange | undefined {
  for (const suffix of ['b', 'c', '']) {
    const found = ranges.find(({ kind }) => kind === `${type}x${count}${suffix}`);
    if (found && (found.low.length === 1 || found.low.length === count)) return found;
  }
  return undefined;
}

const ownRange = (samples: Samples, percentiles: number): Stretch | null =>
  robustRange(sortedSample(samples).sorted, percentiles);

function widened(image: BandImage): BandImage {
  return { ...image, data: Uint16Array.from(image.data, (value) => value * 257) };
}

/** The image turned upright by its EXIF orientation, 1 to 8. */
export function turned(image: BandImage, orientation: number): BandImage {
  if (orientation <= 1) return image;
  const { width, height, channels, data } = image;
  const swaps = orientation >= 5;
  const [w, h] = swaps ? [height, width] : [width, height];
  const out = new (data.constructor as Uint16ArrayConstructor)(data.length);
  for (let c = 0; c < channels; c++)
    for (let y = 0, o = c * w * h; y < h; y++)
      for (let x = 0; x < w; x++, o++) {
        let [u, v] = swaps ? [y, x] : [x, y];
        if ([2, 3, 7, 8].includes(orientation)) u = width - 1 - u;
        if ([3, 4, 6, 7].includes(orientation)) v = height - 1 - v;
        out[o] = data[c * width * height + v * width + u]!;
      }
  return { width: w, height: h, channels, data: out };
}
