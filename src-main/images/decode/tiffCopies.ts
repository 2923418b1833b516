/**
 * Pages that are smaller copies of another, though nothing says so: thumbnails, which come first, and the levels of a
 * pyramid, which come behind it. They keep their numbers, but are no pictures of their own.
 */
import type { TiffPage } from './tiffPages.ts';

const THUMBNAIL = 512; // longest side of what may be one, in pixels
const SAME_SHAPE = 0.02;
/** Sides of a level are halved exactly but for how they are rounded, in pixels. */
const ROUNDED = 1;
/** So many pages in a row of which each halves the one before are levels, whatever they lie in; of tiles one is. */
const ENOUGH = 2;

/**
 * The pages that are shown: without first ones that are small copies of a later one, at most half as wide, without what
 * shows what lies around the picture, and without levels.
 */
export function shownPages(pages: readonly TiffPage[]): readonly TiffPage[] {
  const own = pages.filter(({ isLevel }) => !isLevel);
  if (own[0]?.isOverview) return own.filter(({ isOverview }) => !isOverview);
  const first = own.findIndex((page, i) => !isThumbnail(page, own.slice(i + 1)));
  return own.slice(first);
}

const isThumbnail = (page: TiffPage, others: readonly TiffPage[]): boolean =>
  Math.max(page.width, page.height) <= THUMBNAIL &&
  others.some(
    (other) =>
      other.samples === page.samples && other.width >= 2 * page.width && shapesDiffer(page, other) < SAME_SHAPE,
  );

const shapesDiffer = (a: TiffPage, b: TiffPage): number => Math.abs(b.width / b.height / (a.width / a.height) - 1);

/**
 * The page of a number from 1, or the last one. A small copy that comes first is counted, as whoever names a page counts
 * it and as it always was, but is not shown: number 1 is the page after it.
 */
export function pageNumbered(pages: readonly TiffPage[], number: number): TiffPage {
  return number === 1 ? shownPages(pages)[0]! : pages[Math.min(number, pages.length) - 1]!;
}

/** The pages, of which those are marked that are levels; `isSlide`: all smaller ones of the first's shape are. */
export function markLevels(pages: readonly TiffPage[], isSlide: boolean): TiffPage[] {
  const levels = isSlide ? pages.slice(1).filter((page) => isCopy(page, pages[0]!)) : halved(pages);
  return pages.map((page) => (levels.includes(page) ? { ...page, isLevel: true } : page));
}

const isCopy = (page: TiffPage, of: TiffPage): boolean =>
  page.samples === of.samples && page.width < of.width && shapesDiffer(page, of) < SAME_SHAPE;

/** Pages that follow one another, each half of the one before, where so many do or all are of tiles. */
function halved(pages: readonly TiffPage[]): TiffPage[] {
  const levels: TiffPage[] = [];
  for (let from = 1, to = 1; from < pages.length; from = to = to + 1) {
    while (to < pages.length && isHalved(pages[to]!, pages[to - 1]!)) to++;
    if (to - from >= ENOUGH || pages.slice(from - 1, to).every(({ tiled }) => tiled))
      levels.push(...pages.slice(from, to));
  }
  return levels;
}

/** Whether a page is like the one before, with sides divided by two, four or eight. */
const isHalved = (page: TiffPage, before: TiffPage): boolean =>
  page.samples === before.samples &&
  page.bits === before.bits &&
  page.format === before.format &&
  [2, 4, 8].some(
    (by) => Math.abs(before.width / by - page.width) < ROUNDED && Math.abs(before.height / by - page.height) < ROUNDED,
  );
