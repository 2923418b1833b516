/**
 * Which page of several, and which plane and channels of a stack, have the most to see: the first planes and the last are
 * often empty, and so are channels. Leaves reading the values to tiffSamples.ts.
 */
import sharp from 'sharp';
import type { PixelRule } from '../rule.ts';
import { robustRange, sortedSample } from './samples.ts';
import type { Values } from './samples.ts';
import { bandsOf } from './tiffBands.ts';
import { EDGES, joined, looksOf } from './tiffLooks.ts';
import { choiceOf, PHOTOMETRIC, readingOf } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import type { TiffValues } from './tiffSamples.ts';
import type { Stack } from './tiffStacks.ts';

/** Pages that are looked at, evenly taken. */
const LOOKED_AT = 16;
/** Most pages that are looked at where there is nothing but noise on those, and pixels of all of these. */
const [LOOKED_FOR, PIXELS_FOR] = [4096, 1 << 26];
/** Most pages that are looked at of several channels together, and fewest planes. */
const [MOST_READ, LEAST_PLANES] = [48, 3];
/** Values of a channel of noise reach no farther: counts of a camera in the dark. */
const BARE = 16;
/** Pixels from which on a page of values is looked at in windows of this side, and a photo is not looked at. */
const [LARGE, LOOK, LARGE_PHOTO] = [1 << 24, 256, 150e6];

/** How far the values of a band reach from each other, without the outermost. */
async function spreadOf(values: TiffValues, page: TiffPage, band: number): Promise<number> {
  const parts: Values[] = [];
  if (page.width * page.height <= LARGE) parts.push(...(await values.read(page, [band])));
  else for (const look of looksOf(page, LOOK, EDGES)) parts.push(...(await values.read(page, [band], look)));
  const { sorted } = sortedSample({ bands: [joined(parts)], nodata: page.nodata }, 4096);
  const range = robustRange(sorted, 1);
  return range ? range.high - range.low : 0;
}

const isBare = (spread: number, { format }: TiffPage): boolean => spread <= (format === 'float' ? 0 : BARE);

/** How many pages of this size are looked at where the first ones were bare. */
const lookedFor = ({ width, height }: TiffPage): number =>
  Math.min(LOOKED_FOR, Math.floor(PIXELS_FOR / Math.max(1, width * height)));

/** Evenly taken whole numbers below `count`. */
const taken = (count: number, most: number): number[] => {
  const length = Math.min(count, most);
  return Array.from({ length }, (_, i) => Math.floor((i * count) / length));
};

/**
 * The page that is shown of several, where none is named. `source`: the file's bytes, or a path to it; `isStack`: it says
 * that they are planes of one picture.
 */
export const chosenPage = async (
  values: TiffValues,
  source: Buffer | string,
  pages: readonly TiffPage[],
  isStack: boolean,
  rule: PixelRule,
): Promise<TiffPage> =>
  isStack || readingOf(pages[0]!) === 'values'
    ? await fullestPage(values, pages, rule)
    : await firstWithContent(source, pages);

/** The page whose values differ most. */
async function fullestPage(values: TiffValues, pages: readonly TiffPage[], rule: PixelRule): Promise<TiffPage> {
  const alike = pages.filter(({ width, height }) => width === pages[0]!.width && height === pages[0]!.height);
  let best = alike[0]!;
  let most = -1;
  for (const count of [LOOKED_AT, lookedFor(best)]) {
    for (const page of taken(alike.length, count).map((at) => alike[at]!)) {
      const [first] = bandsOf(rule, page.samples, page.names, page.photometric === PHOTOMETRIC.rgb, page.roles);
      const spread = await spreadOf(values, page, first!);
      if (spread > most) [best, most] = [page, spread];
    }
    if (!isBare(most, best) || count >= alike.length) break;
  }
  return best;
}

/** Of a stack of several channels: the plane with the most to see, and the channels that are shown. */
export async function shownOf(
  values: TiffValues,
  pages: readonly TiffPage[],
  stack: Stack,
  rule: PixelRule,
): Promise<{ plane: number; wanted: number[] }> {
  const isNamed = rule.bands !== '' || typeof rule.channels === 'number';
  const wanted = isNamed ? bandsOf(rule, stack.channels, stack.names, false) : null;
  const all = Array.from({ length: stack.channels }, (_, channel) => channel);
  const plane = await fullestPlane(values, pages, stack, wanted ?? all);
  return { plane, wanted: wanted ?? (await channelsWithContent(values, pages, stack, plane)) };
}

/**
 * The plane in which channels together differ most, each by the share of what it does in any; the middle one where there
 * is nothing but noise.
 */
async function fullestPlane(
  values: TiffValues,
  pages: readonly TiffPage[],
  stack: Stack,
  channels: readonly number[],
): Promise<number> {
  if (stack.planes === 1) return 0;
  const looked = channels.slice(0, LOOKED_AT);
  const perChannel = Math.max(LEAST_PLANES, Math.floor(MOST_READ / looked.length));
  for (const count of [Math.min(LOOKED_AT, perChannel), Math.floor(lookedFor(pages[0]!) / looked.length)]) {
    const planes = taken(stack.planes, count);
    const shares = planes.map(() => 0);
    for (const channel of looked) {
      const spreads: number[] = [];
      for (const plane of planes) spreads.push(await spreadOf(values, pages[stack.pageOf(channel, plane)]!, 0));
      const most = Math.max(...spreads);
      if (!isBare(most, pages[0]!)) spreads.forEach((spread, i) => (shares[i]! += spread / most));
    }
    const best = Math.max(...shares);
    if (best > 0) return planes[shares.indexOf(best)]!;
    if (count >= stack.planes) break;
  }
  return Math.floor(stack.planes / 2);
}

/** The first three channels; where these are bare and others are not, the first three of those. */
async function channelsWithContent(
  values: TiffValues,
  pages: readonly TiffPage[],
  stack: Stack,
  plane: number,
): Promise<number[]> {
  const all = Array.from({ length: stack.channels }, (_, channel) => channel);
  const first = all.slice(0, 3);
  if (stack.channels <= 3) return first;
  const hasContent = async (channel: number): Promise<boolean> => {
    const page = pages[stack.pageOf(channel, plane)]!;
    return !isBare(await spreadOf(values, page, 0), page);
  };
  for (const channel of first) if (await hasContent(channel)) return first;
  const seen: number[] = [];
  for (const channel of all.slice(3, 3 + LOOKED_AT))
    if (seen.length < 3 && (await hasContent(channel))) seen.push(channel);
  return seen.length > 0 ? seen : first;
}

/**
 * The first page, as of a scanned document or a burst, unless there is nothing on it: then the first that has
 * something.
 */
async function firstWithContent(source: Buffer | string, pages: readonly TiffPage[]): Promise<TiffPage> {
  for (const page of pages.slice(0, LOOKED_AT)) {
    if (page.width * page.height > LARGE_PHOTO) return page;
    try {
      const { channels } = await sharp(source, { ...choiceOf(page), pages: 1, limitInputPixels: false })
        .resize(64, 64, { fit: 'fill' })
        .stats();
      if (channels.slice(0, 3).some(({ min, max }) => max - min > 8)) return page;
    } catch {
      return page; // decoding it will say why
    }
  }
  return pages[0]!;
}
