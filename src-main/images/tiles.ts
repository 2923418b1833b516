/**
 * How a file is divided into photos: each of its pages, and tiles of what is large. A tile is left out where at least
 * 95 % of it is of one tone (oneTone.ts; what was not measured is one too),
 * looked at in a copy in which a tile is at least 128 pixels wide where the file is not beyond 48 tiles. Leaves reading
 * to decode/openFile.ts, keeping the parts to the library.
 */
import sharp from 'sharp';
import { formatPart, gridOf, isCut } from '../../shared/parts.ts';
import type { Part, Rect } from '../../shared/parts.ts';
import { follow } from './decode/decode.ts';
import { openFile } from './decode/openFile.ts';
import { storedRect, uprightSize } from './decode/regions.ts';
import { turned } from './decode/vips.ts';
import type { DecodeLimits, DecodedPixels } from './decode/types.ts';
import { isOneTone } from './oneTone.ts';
import type { PixelRule } from './rule.ts';

export interface Division {
  /** Size of the (first) whole image, upright. */
  width: number;
  height: number;
  format: string;
  /** In the order in which they are read fastest. */
  parts: { part: string; width: number; height: number }[];
  /** How many tiles were left out. */
  empty: number;
  /** The whole image as WebP, its longest side at most `PICTURE_SIDE`. */
  picture: Uint8Array;
}

/** Emptiness is judged in a copy: pixels of a tile's side in it, and most pixels of its longer side. */
const JUDGED = 128;
const MOST_JUDGED = 6144;
/** Longest side, in pixels, of the picture in which a tile's place is shown. */
export const PICTURE_SIDE = 1024;

/** How a rule divides files, as a key; '' where it leaves them whole. */
export const divisionKey = ({ tiles, overlap, page }: PixelRule): string =>
  [...(tiles > 0 ? [`${tiles}+${overlap}`] : []), ...(page === 'each' ? ['pages'] : [])].join(' ');

/** Divides a file by the rule; null where it stays whole. Throws ImageError. */
export async function divideFile(path: string, limits: DecodeLimits, rule: PixelRule): Promise<Division | null> {
  const file = await openFile(path, limits);
  const pages =
    file.pages.length === 1 || (file.choosesPage && rule.page !== 'each') || rule.page === 'max'
      ? [null]
      : rule.page === 'each'
        ? file.pages
        : [
            typeof rule.page === 'number'
              ? Math.min(rule.page, file.pages.at(-1)!)
              : ((await file.numberShown?.(rule)) ?? 1),
          ];
  const parts: Division['parts'] = [];
  let empty = 0;
  let picture: DecodedPixels | null = null;
  for (const page of pages) {
    const surface = await file.surface(page, rule);
    const whole = uprightSize(surface);
    const add = (part: Part, { width, height }: { width: number; height: number }) =>
      parts.push({ part: formatPart(part), width, height });
    const small = async (longest: number): Promise<DecodedPixels> => {
      const byRule = await surface.ruleFor(rule);
      const route = await surface.overview(longest, byRule);
      return (await follow(route, path, limits, byRule, longest, [])).image;
    };
    if (rule.tiles === 0 || !isCut(whole.width, whole.height, rule.tiles)) {
      if (pages.length === 1) return null;
      add({ page, tile: null }, whole);
      picture ??= await turned(await small(PICTURE_SIDE), surface.orientation);
      continue;
    }
    const longest = Math.max(surface.width, surface.height);
    const copy = await small(Math.min(MOST_JUDGED, Math.ceil((longest * JUDGED) / Math.min(rule.tiles, longest))));
    const scale = copy.width / surface.width;
    const places = gridOf(whole.width, whole.height, rule.tiles, rule.overlap)
      .map((tile) => ({ tile, stored: storedRect(tile, surface) }))
      .sort((a, b) => a.stored.y - b.stored.y || a.stored.x - b.stored.x);
    for (const { tile, stored } of places) {
      if (isOneTone(copy, scaled(stored, scale, copy))) empty++;
      else add({ page, tile }, tile);
    }
    picture ??= await turned(copy, surface.orientation);
  }
  const { width, height } = uprightSize(await file.surface(pages[0]!, rule));
  return { width, height, format: file.format, parts, empty, picture: await webpOf(picture!) };
}

function scaled(rect: Rect, scale: number, within: { width: number; height: number }): Rect {
  const x = Math.min(within.width - 1, Math.round(rect.x * scale));
  const y = Math.min(within.height - 1, Math.round(rect.y * scale));
  return {
    x,
    y,
    width: Math.max(1, Math.min(within.width, Math.round((rect.x + rect.width) * scale)) - x),
    height: Math.max(1, Math.min(within.height, Math.round((rect.y + rect.height) * scale)) - y),
  };
}

async function webpOf({ width, height, data }: DecodedPixels): Promise<Uint8Array> {
  return await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize(PICTURE_SIDE, PICTURE_SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 85, effort: 2 })
    .toBuffer();
}
