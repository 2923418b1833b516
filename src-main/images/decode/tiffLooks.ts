/** Smaller copies and windows by which a large page of a TIFF is looked at. Leaves reading to tiffRegions.ts, making copies to tiffShrunk.ts. */
import type { Rect } from '../../../shared/parts.ts';
import { formatRanges } from '../rule.ts';
import { isClear, kindOf, robustRange, sortedSample } from './samples.ts';
import type { Samples, Values } from './samples.ts';
import type { TiffDirectory } from './tiff.ts';
import { isMask, pageOf } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import { isOfOther } from './tiffQpi.ts';

/** Levels of 8 bits, in which no value stands for "not measured" unless the file says so. */
export const isEight = ({ bits, format }: TiffPage): boolean => bits <= 8 && format === 'unsigned';

/** Where windows lie of a length: within it, or from edge to edge. */
export const INNER: readonly number[] = [1 / 6, 1 / 2, 5 / 6];
export const EDGES: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

/** Windows of this side (pixels) at shares of both lengths of a page. */
export function looksOf(page: TiffPage, side: number, shares: readonly number[]): Rect[] {
  const [width, height] = [Math.min(side, page.width), Math.min(side, page.height)];
  const places = (length: number, of: number) =>
    shares.map((share) => Math.max(0, Math.min(Math.floor(share * length - of / 2), length - of)));
  return places(page.height, height).flatMap((y) => places(page.width, width).map((x) => ({ x, y, width, height })));
}

/** What tells a page from the others, and from the picture whose channels they are. */
export const placeOf = ({ at, shift, channels }: TiffPage): string => `${at} ${shift} ${channels ? 'all' : ''}`;

/** Values that are sampled of each place that is looked at. */
const SAMPLED = 1 << 14;

/**
 * The range of a page, or of each of its channels, as a rule has it; '' where there is none. Places that are wholly clear
 * count where all are.
 */
export function rangeOf(looks: readonly Samples[], percentiles: number): string {
  const seen = looks.filter(({ alpha }) => !alpha || !isClear(alpha));
  const parts = (seen.length > 0 ? seen : looks).map((samples) => {
    const groups = samples.channels ? samples.bands.map((band) => [band]) : [samples.bands];
    return groups.map((bands) => sortedSample({ ...samples, bands }, SAMPLED).sorted.slice());
  });
  const ranges = parts[0]!.map((_, group) => {
    const all = Float64Array.from(parts.flatMap((part) => [...part[group]!])).sort();
    return robustRange(all, percentiles);
  });
  const widest = Math.max(...ranges.map((range) => (range ? range.high - range.low : 0)));
  if (widest === 0) return '';
  // a channel without any difference has a place; as an empty one it is not shown
  const known = ranges.map((range) => range ?? { low: 0, high: widest * 1e-6 });
  return formatRanges([
    { kind: kindOf(looks[0]!), low: known.map(({ low }) => low), high: known.map(({ high }) => high) },
  ]);
}

const SAME_SHAPE = 0.02;

/** Smaller copies of a page with at least this longer side, the smallest first. */
export function copiesOf(directories: readonly TiffDirectory[], page: TiffPage, longest: number): TiffDirectory[] {
  if (page.channels) return []; // each channel has its own
  const aspect = page.width / page.height;
  return directories
    .filter((directory) => {
      const { width, height, samples, bits } = pageOf(directory);
      const isOwn = directory.sub
        ? directory.sub.page === page.index && (page.sub === null || (samples === page.samples && bits === page.bits))
        : directory.page !== null && page.sub === null; // what lies above a picture is its thumbnail
      const isCopy =
        isOwn &&
        !isMask(directory) &&
        directory.page !== page.index &&
        width < page.width &&
        !isOfOther(directories, directory, page);
      return isCopy && Math.abs(width / height / aspect - 1) < SAME_SHAPE && Math.max(width, height) >= longest;
    })
    .sort((a, b) => pageOf(a).width - pageOf(b).width);
}

/**
 * The smallest copy of a page's values with at least this longer side, or of all the pages that are its channels; null
 * where there is none, or not of every channel.
 */
export function copyOf(directories: readonly TiffDirectory[], page: TiffPage, longest: number): TiffPage | null {
  const isAlike = ({ samples, bits, format }: TiffPage, of: TiffPage) =>
    samples === of.samples && bits === of.bits && format === of.format;
  const found = (page.channels?.pages ?? [page]).map((own) =>
    copiesOf(directories, own, longest)
      .map((directory) => pageOf(directory))
      .find((copy) => isAlike(copy, own)),
  );
  const copies = found.filter((copy) => copy !== undefined);
  const [first] = copies;
  const isSame = copies.every(({ width, height }) => width === first!.width && height === first!.height);
  if (!first || copies.length < found.length || !isSame) return null;
  return page.channels ? { ...first, samples: page.samples, channels: { ...page.channels, pages: copies } } : first;
}

/** Values one after another. */
export function joined(parts: readonly Values[]): Values {
  const out = new (parts[0]!.constructor as new (length: number) => Values)(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part as never, at);
    at += part.length;
  }
  return out;
}

/** The bands, and what was read beside them. */
export const parted = (read: Values[], bands: number): [Values[], Values[]] => [
  read.slice(0, bands),
  read.slice(bands),
];
