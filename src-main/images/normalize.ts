/**
 * From pixels to what the network sees: a mean and a standard deviation per channel, channels first; of colours
 * ImageNet's, of bands those that were measured of the folder. The arithmetic is torchvision's ToTensor and Normalize in
 * float32, step by step, so values agree to the last bit.
 */
import { inputShape, namesBands } from '../../shared/input.ts';
import { imageOf } from './bands.ts';
import type { PixelRule } from './rule.ts';

export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;
/** For one channel that nothing is known of: the mean over ImageNet's channels. */
const USUAL = { mean: 0.449, std: 0.226 };

/** Per channel: what is subtracted and what is divided by. */
export interface Normalisation {
  mean: readonly number[];
  std: readonly number[];
}

/** Means and deviations by the number of bands that files have: `5 0.31/0.2, 0.5/0.1, ...; 4 ...`. */
function parseStatistics(text: string): Map<number, { mean: number; std: number }[]> {
  const entries = text.split(';').flatMap((part): [number, { mean: number; std: number }[]][] => {
    const [, count, list] = /^\s*(\d+)\s+(.+)$/.exec(part) ?? [];
    const bands = (list ?? '').split(',').map((pair) => {
      const [mean = NaN, std = NaN] = pair.split('/').map(Number);
      return { mean, std };
    });
    const sound = bands.length === Number(count) && bands.every(({ mean, std }) => Number.isFinite(mean) && std > 0);
    return sound ? [[Number(count), bands]] : [];
  });
  return new Map(entries);
}

export const formatStatistics = (statistics: ReadonlyMap<number, readonly { mean: number; std: number }[]>): string =>
  [...statistics]
    .map(([count, bands]) => `${count} ${bands.map(({ mean, std }) => `${round(mean)}/${round(std)}`).join(', ')}`)
    .join('; ');

const round = (value: number): number => Number(value.toPrecision(4));

/** What a run's images are normalised by: ImageNet's for colours, what was measured for bands. */
export function normalisationOf(rule: Partial<PixelRule> = {}): Normalisation {
  const { channels, colour } = inputShape(rule);
  if (colour) return { mean: IMAGENET_MEAN, std: IMAGENET_STD };
  const { statistics = '', ranges = '' } = rule;
  // bands chosen by name were measured in their order, but by earlier versions
  const isInOrder = namesBands(rule) && new RegExp(`x${channels}n `).test(ranges);
  const bands = isInOrder ? '' : (rule.bands ?? '');
  const chosen =
    bands === ''
      ? Array.from({ length: channels }, (_, band) => band)
      : String(bands)
          .split(',')
          .map((part) => Number(part) - 1);
  const known = parseStatistics(rule.channels === 'grey' ? '' : statistics);
  const measured =
    known.get(channels) !== undefined && bands === ''
      ? known.get(channels)
      : [...known.values()].find((each) => bands !== '' && chosen.every((band) => each[band] !== undefined));
  const of = chosen.map((band) => measured?.[band] ?? USUAL);
  return { mean: of.map(({ mean }) => mean), std: of.map(({ std }) => std) };
}

/** The normalised value of each of `count` levels. */
function normalised(count: number, mean: number, std: number): Float32Array {
  const [m, s] = [Math.fround(mean), Math.fround(std)];
  return Float32Array.from({ length: count }, (_, level) =>
    Math.fround(Math.fround(Math.fround(level / (count - 1)) - m) / s),
  );
}

/** Normalised value of each of the 256 levels, by channel. */
const NORMALIZED = [0, 1, 2].map((channel) => normalised(256, IMAGENET_MEAN[channel]!, IMAGENET_STD[channel]!));

/** Writes one [size, size, 3] image as [3, size, size] into `out` at `offset` (elements). */
export function normalizeInto(rgb: Uint8Array, pixels: number, out: Float32Array, offset: number): void {
  const [red, green, blue] = NORMALIZED as [Float32Array, Float32Array, Float32Array];
  for (let i = 0, s = 0; i < pixels; i++, s += 3) {
    out[offset + i] = red[rgb[s]!]!;
    out[offset + pixels + i] = green[rgb[s + 1]!]!;
    out[offset + 2 * pixels + i] = blue[rgb[s + 2]!]!;
  }
}

/**
 * A function that writes one evaluation image into `out` as the network takes it: from bytes as the cache keeps them to
 * [channels, size, size], whatever the input is. Its tables are made once.
 */
export function normalizer(rule: Partial<PixelRule> = {}) {
  const shape = inputShape(rule);
  if (shape.colour) return normalizeInto;
  const { mean, std } = normalisationOf(rule);
  const levels = shape.bytes === 2 ? 65536 : 256;
  const tables = mean.map((_, channel) => normalised(levels, mean[channel]!, std[channel]!));
  return (bytes: Uint8Array, pixels: number, out: Float32Array, offset: number): void => {
    const { data } = imageOf(bytes, pixels, 1, shape);
    tables.forEach((table, channel) => {
      for (let i = 0, at = channel * pixels; i < pixels; i++, at++) out[offset + at] = table[data[at]!]!;
    });
  };
}
