/**
 * The transparency of a page that is read in windows: whether it is one, and whether anything is seen through it, looked at
 * in a few places and once for each page. Leaves reading them to tiffRegions.ts.
 */
import type { Sharp } from 'sharp';
import type { Rect } from '../../../shared/parts.ts';
import { isClear } from './samples.ts';
import type { Values } from './samples.ts';
import { isTransparency, transparencyIn } from './tiffAlpha.ts';
import { INNER, looksOf } from './tiffLooks.ts';
import type { TiffPage } from './tiffPages.ts';

/** Side of a place that is looked at, in pixels. */
const LOOK = 256;

const none = new WeakMap<TiffPage, boolean>();
const seen = new WeakMap<TiffPage, boolean>();

/**
 * Whether the transparency of a page proves to be none.
 * @param picture what libvips reads at a place
 */
export const isNoneIn = (page: TiffPage, picture: (look: Rect) => Sharp): Promise<boolean> =>
  once(none, page, async (looks) => !(await isTransparency(looks.map(picture))));

/** The same of a band of values. */
export const isNone = (page: TiffPage, read: (look: Rect) => Promise<Values>): Promise<boolean> =>
  once(none, page, async (looks) => {
    for (const look of looks) if (transparencyIn(await read(look)) !== null) return false;
    return true;
  });

/** Whether anything of a page is seen through the band of its transparency. */
export const isSeen = (page: TiffPage, read: (look: Rect) => Promise<Values>): Promise<boolean> =>
  once(seen, page, async (looks) => {
    for (const look of looks) if (!isClear(await read(look))) return true;
    return false;
  });

async function once(
  known: WeakMap<TiffPage, boolean>,
  page: TiffPage,
  find: (looks: readonly Rect[]) => Promise<boolean>,
): Promise<boolean> {
  const told = known.get(page) ?? (await find(looksOf(page, LOOK, INNER)));
  known.set(page, told);
  return told;
}
