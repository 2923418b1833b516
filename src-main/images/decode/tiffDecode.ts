/**
 * TIFF: which of its pages and bands are the picture. Photos go to libvips as they are; measured values, many bands and
 * stacks are read as values. Leaves the tags to tiffPages.ts and the values to tiffSamples.ts.
 */
import sharp from 'sharp';
import { formatBytes, ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { reason } from '../../../shared/reason.ts';
import type { Note, Route } from './route.ts';
import { keepBrighter } from './samples.ts';
import type { Samples, Values } from './samples.ts';
import { readTiff, TAG } from './tiff.ts';
import { ASSOCIATED, isTransparency, transparencyIn } from './tiffAlpha.ts';
import { pageNumbered, shownPages } from './tiffCopies.ts';
import { colourBands, coloursOf, hasSpot } from './tiffColours.ts';
import type { TiffDirectory } from './tiff.ts';
import { choiceOf, greyProfile, isMask, isPlain16, pageOf, pagesOf, PHOTOMETRIC, readingOf } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import { alphaBand, isMultiplied, shownBands } from './tiffShown.ts';
import { lacksPages, toldPlanes } from './tiffBehind.ts';
import { maskOf } from './tiffMask.ts';
import { chosenPage, shownOf } from './tiffPlanes.ts';
import { TiffValues } from './tiffSamples.ts';
import { isAlike, stackOf } from './tiffStacks.ts';
import type { Stack } from './tiffStacks.ts';
import type { DecodeLimits } from './types.ts';
import { announcesMore, damaged, filledTo } from './whole.ts';
import { sizeOf } from './types.ts';

export async function findTiff(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Promise<Route> {
  const directories = readTiff(bytes);
  const numbered = pagesOf(directories, bytes.length);
  let pages = shownPages(numbered);
  const isSaid = directories.some(({ tags }) => tags.has(TAG.width) && tags.has(TAG.height));
  if (pages.length === 0 || !isSaid) throw withoutPages(file, bytes);
  // of a palette that is cut off there would be the numbers of its colours, without a profile other colours
  if (directories.some(({ piecesEnd }) => piecesEnd === Infinity) || lacksPages(directories, numbered))
    throw announcesMore(file, bytes.length);
  const all = Math.max(toldPlanes(directories), pages.length);
  const values = new TiffValues(file, bytes, limits);

  const overview = smallerCopy(directories, pages[0]!, limits);
  if (overview) return await single(values, overview, bytes, rule, [reason('note.overview', sizeOf(pages[0]!))]);
  if (typeof rule.page === 'number') pages = [pageNumbered(numbered, rule.page)];
  if (pages.length === 1) return await single(values, pages[0]!, bytes, rule, pagesLeft(all - 1));

  const stack = stackOf(directories, pages) ?? pagesAsBands(pages, rule);
  if (stack && stack.channels > 1 && pages[0]!.samples === 1) return await composite(values, pages, stack, rule);
  if (rule.page === 'max') return await brightest(values, pages, rule);
  const page = await chosenPage(values, bytes, pages, stack !== null, rule);
  return await single(values, page, bytes, rule, pagesLeft(all - 1));
}

/**
 * Takes pages as bands where there are as many pages, of one band each, as bands are trained on: nothing in the file
 * says so, but nothing else can be meant. Else null.
 */
function pagesAsBands(pages: readonly TiffPage[], { channels }: PixelRule): Stack | null {
  const alike = pages.every(
    ({ width, height, samples }) => width === pages[0]!.width && height === pages[0]!.height && samples === 1,
  );
  if (channels !== pages.length || !alike) return null;
  return { channels: pages.length, names: [], planes: 1, pageOf: (channel) => channel };
}

const pagesLeft = (count: number): Note[] => (count > 0 ? [reason('note.pages', { count })] : []);

/** For a file whose first directory is not there, or says nothing of a picture. */
function withoutPages(file: string, bytes: Buffer): ImageError {
  const there = filledTo(bytes);
  return there < bytes.length
    ? new ImageError(file, 'truncated.bytes', { bytes: formatBytes(there) })
    : damaged(file, bytes);
}

/**
 * For a picture beyond the limit of pixels: the largest smaller copy in the file (overview of a map, level of a slide).
 * Else null.
 */
function smallerCopy(
  directories: readonly TiffDirectory[],
  full: TiffPage,
  { maxPixels }: DecodeLimits,
): TiffPage | null {
  if (full.width * full.height <= maxPixels) return null;
  const aspect = full.width / full.height;
  const copies = directories
    .filter((directory) => directory.page !== null && directory.page !== full.index && !isMask(directory))
    .map((directory) => pageOf(directory))
    .filter(({ width, height }) => width * height <= maxPixels && Math.abs(width / height / aspect - 1) < 0.02);
  return copies.sort((a, b) => b.width - a.width)[0] ?? null;
}

async function single(
  values: TiffValues,
  page: TiffPage,
  bytes: Buffer,
  rule: PixelRule,
  notes: Note[],
): Promise<Route> {
  const asBands = typeof rule.channels === 'number';
  const reading = asBands ? bandReading(page) : readingOf(page);
  const choice = { ...choiceOf(reading === 'values' ? page : values.whole(page)), ...maskOf(values, page) };
  const grey = asBands ? null : greyProfile(page);
  if (reading === 'photo' && rule.bands === '' && hasSpot(page)) {
    const left = reason('note.bands', { count: page.samples, shown: '1, 2, 3, 4' });
    return { by: 'vips', bytes, choice: { ...choice, dropAlpha: true }, notes: [...notes, left] };
  }
  if (reading === 'photo' && rule.bands === '' && !grey) return { by: 'vips', bytes, choice, notes };
  if (reading === 'photo-with-alpha' && rule.bands === '' && !grey) {
    const picture = sharp(bytes, { ...choiceOf(page), pages: 1, limitInputPixels: false });
    if (await isTransparency([picture])) return { by: 'vips', bytes, choice, notes };
    // libvips has divided colours by what they were never multiplied by, so that these are read as values
    if (page.extra[0] !== ASSOCIATED)
      return { by: 'vips', bytes, choice: { ...choice, dropAlpha: true }, notes: [...notes, reason('note.no-alpha')] };
  }
  const rgb = page.photometric === PHOTOMETRIC.rgb;
  const converted = asBands ? null : coloursOf(page);
  const beside = asBands || rule.bands !== '' ? null : alphaBand(page);
  const bands = converted ? colourBands(converted) : shownBands(page, rule);
  const colours = rgb ? 3 : 1;
  const read = await values.read(page, beside === null ? bands : [...bands, beside]);
  const alpha = beside === null ? undefined : transparencyIn(read.pop()!);
  const isPhoto = isPlain16(page) && rule.bands === '' && !grey;
  if (alpha === null && page.samples === colours + 1) notes = [...notes, reason('note.no-alpha')];
  else if (!converted && page.samples > colours && page.samples > bands.length + (alpha ? 1 : 0))
    notes = [...notes, reason('note.bands', { count: page.samples, shown: bands.map((band) => band + 1).join(', ') })];
  const { orientation, profile } = page;
  if (converted) return { by: 'pixels', pixels: converted.toSrgb(page, read), orientation, notes };
  return {
    by: 'values',
    samples: {
      ...samplesOf(page, read, false, { count: page.samples, chosen: bands }),
      ...(alpha && clearnessOf(page, alpha)),
    },
    orientation,
    profile: rgb ? profile : grey,
    notes,
    photo: isPhoto ? { bytes, choice: { ...choice, dropAlpha: alpha === null } } : undefined,
  };
}

/**
 * How a page is read for training on bands: a photo of three by libvips, whose colours may need converting, anything
 * else as values.
 */
export const bandReading = (page: TiffPage) => (page.samples === 3 && readingOf(page) === 'photo' ? 'photo' : 'values');

/** A band of transparency, with what it says of the values beside it. */
export const clearnessOf = (page: TiffPage, alpha: Values): Pick<Samples, 'alpha' | 'premultiplied' | 'white'> => ({
  alpha,
  premultiplied: isMultiplied(page),
  // what has transparency may be a photo's, whatever laid it out
  ...(page.bits === 16 && page.format === 'unsigned' && { white: 65535 }),
});

export const samplesOf = (
  page: Pick<TiffPage, 'width' | 'height' | 'photometric' | 'nodata' | 'judged' | 'bits' | 'format'>,
  bands: Values[],
  channels: boolean,
  of?: Samples['of'],
): Samples => ({
  width: page.width,
  height: page.height,
  bands,
  ...(of && { of }),
  channels,
  inverted: page.photometric === PHOTOMETRIC.whiteIsZero,
  nodata: page.nodata,
  ...(page.judged && { judged: true }),
  // colours beside further bands may be a photo's too, which libvips does not read
  ...(page.photometric === PHOTOMETRIC.rgb && page.bits === 16 && page.format === 'unsigned' && { white: 65535 }),
});

/**
 * Shows channels as colours, all in the plane of depth and time with the most on it or each the brightest of all planes:
 * the first three, or those that the rule names.
 */
async function composite(
  values: TiffValues,
  pages: readonly TiffPage[],
  stack: Stack,
  rule: PixelRule,
): Promise<Route> {
  const { plane, wanted } = await shownOf(values, pages, stack, rule);
  const planes = rule.page === 'max' ? Array.from({ length: stack.planes }, (_, i) => i) : [plane];
  const first = pages[stack.pageOf(wanted[0]!, planes[0]!)]!;
  const bands: Values[] = [];
  for (const channel of wanted) {
    let most: Values[] | null = null;
    for (const page of planes.map((at) => pages[stack.pageOf(channel, at)]!)) {
      if (!isAlike(page, first)) continue;
      const read = await values.read(page, [0]);
      if (most) keepBrighter(most, read, samplesOf(first, read, false));
      else most = read;
    }
    if (most) bands.push(...most);
  }
  const shown = wanted.map((channel) => channel + 1).join(', ');
  const left = pages.length - wanted.length * planes.length;
  const notes = [reason('note.channels', { count: stack.channels, shown }), ...pagesLeft(left)];
  return {
    by: 'values',
    samples: {
      ...samplesOf(first, bands, true, { count: stack.channels, chosen: wanted }),
      ...(stack.colours && { colours: wanted.map((channel) => stack.colours![channel]!) }),
    },
    orientation: first.orientation,
    notes,
  };
}

/** The brightest value at each place over all pages, as microscopists look at a stack. */
async function brightest(values: TiffValues, pages: readonly TiffPage[], rule: PixelRule): Promise<Route> {
  const [first, ...others] = pages as readonly [TiffPage, ...TiffPage[]];
  const bands = shownBands(first, rule);
  const most = await values.read(first, bands);
  for (const page of others)
    if (isAlike(page, first)) keepBrighter(most, await values.read(page, bands), samplesOf(first, most, false));
  return {
    by: 'values',
    samples: samplesOf(first, most, false, { count: first.samples, chosen: bands }),
    orientation: first.orientation,
  };
}
