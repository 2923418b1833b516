/**
 * Parts of files: a page, a tile of a large image, or the whole as a small copy, read by the file's path, so that an
 * image larger than memory need not be held in it. How each format is read in parts is openFile.ts's.
 */
import { parsePart } from '../../../shared/parts.ts';
import type { Rect } from '../../../shared/parts.ts';
import { bandsTrained } from '../../../shared/input.ts';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { bandsOfPicture, bandsOfSamples, turned as turnedBands } from './bandImage.ts';
import type { DecodedBands } from './bandImage.ts';
import { asColour, assertUsable, follow } from './decode.ts';
import type { DecodedImage } from './decode.ts';
import { measureRoute } from './measure.ts';
import type { MeasuredFile } from './measure.ts';
import { cut, openFile } from './openFile.ts';
import type { OpenFile, Surface } from './openFile.ts';
import type { Note, Route } from './route.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { shrunkTo, turned } from './vips.ts';
import { sizeOf } from './types.ts';

/** Most bytes of a row of tiles that is kept in memory for the tiles that follow. */
const MOST_BAND = 120e6;
/** Longest side, in pixels, of the copy that stands for a page beyond the limit of pixels. */
const STAND_IN = 4096;

interface Shown {
  pixels: DecodedPixels;
  measured: string | null;
}

/** What was read last of a file: the row of tiles, kept where tiles are asked for one after another. */
const bands = new WeakMap<OpenFile, { key: string; row: Pick<Rect, 'y' | 'height'>; shown: Shown | null }>();

/** The size of a surface once it is turned upright. */
export const uprightSize = ({ width, height, orientation }: Pick<Surface, 'width' | 'height' | 'orientation'>) =>
  orientation >= 5 ? { width: height, height: width } : { width, height };

/** The rectangle of the stored pixels that holds a rectangle of the upright image. */
export function storedRect(
  { x, y, width, height }: Rect,
  stored: Pick<Surface, 'width' | 'height' | 'orientation'>,
): Rect {
  const { width: w, height: h, orientation } = stored;
  const turns = orientation >= 5;
  const size = turns ? { width: height, height: width } : { width, height };
  const [across, down] = turns ? [y, x] : [x, y];
  const right = w - across - size.width;
  const bottom = h - down - size.height;
  const mirrored = [2, 3, 7, 8].includes(orientation);
  const flipped = [3, 4, 6, 7].includes(orientation);
  return { x: mirrored ? right : across, y: flipped ? bottom : down, ...size };
}

/** A part of the file at `path`, whole or (`size`) with its longest side at most that. Throws ImageError. */
export async function readPart(
  path: string,
  part: string,
  limits: DecodeLimits,
  rule: PixelRule,
  size?: number,
): Promise<DecodedImage & { full: { width: number; height: number } }> {
  const { page, tile } = parsePart(part);
  const file = await openFile(path, limits);
  const surface = await file.surface(page, rule);
  const whole = uprightSize(surface);
  const byRule = await surface.ruleFor(rule);
  const notes: Note[] = [];
  let shown: Shown;
  if (tile === null) {
    const isLarge = whole.width * whole.height > limits.maxPixels;
    if (isLarge) notes.push(reason('note.overview', whole));
    shown =
      isLarge || size !== undefined
        ? await show(path, await surface.overview(size ?? STAND_IN, byRule), limits, byRule, notes, size ?? STAND_IN)
        : await show(path, await surface.window({ x: 0, y: 0, ...sizeOf(surface) }, byRule), limits, byRule, notes);
  } else {
    assertInside(path, tile, whole);
    shown = await windowOf(file, surface, storedRect(tile, surface), limits, byRule, notes, `${page}`);
  }
  const upright = await turned(shown.pixels, surface.orientation);
  const full = tile === null ? whole : sizeOf(tile);
  assertUsable(path, full.width, full.height);
  const pixels = await shrunkTo(size, upright);
  const { format } = file;
  return { ...pixels, full, format, orientation: surface.orientation, notes, measured: shown.measured };
}

function assertInside(path: string, { x, y, width, height }: Rect, whole: { width: number; height: number }): void {
  if (x + width > whole.width || y + height > whole.height || width < 1 || height < 1)
    throw new ImageError(path, 'corrupt');
}

async function show(
  path: string,
  route: Route,
  limits: DecodeLimits,
  rule: PixelRule,
  notes: Note[],
  size?: number,
): Promise<Shown> {
  const { image, measured } = await follow(route, path, limits, rule, size, notes);
  return { pixels: image, measured };
}

async function windowOf(
  file: OpenFile,
  surface: Surface,
  rect: Rect,
  limits: DecodeLimits,
  rule: PixelRule,
  notes: Note[],
  page: string,
): Promise<Shown> {
  const { path } = file;
  if (!surface.banded || surface.width * rect.height * 3 > MOST_BAND)
    return await show(path, await surface.window(rect, rule), limits, rule, notes);
  const key = `${page} ${rect.y} ${rect.height} ${JSON.stringify(rule)}`;
  const last = bands.get(file);
  const row = { x: 0, y: rect.y, width: surface.width, height: rect.height };
  let band = last?.key === key ? last.shown : null;
  if (!band) {
    // a tile from anywhere does without the rest of its row
    const follows = rect.y === 0 || (last && rect.y >= last.row.y && rect.y <= last.row.y + last.row.height);
    if (follows) band = await show(path, await surface.window(row, rule), limits, rule, notes);
    bands.set(file, { key, row, shown: band });
  }
  if (!band) return await show(path, await surface.window(rect, rule), limits, rule, notes);
  return { ...band, pixels: cut(band.pixels, { ...rect, y: 0 }) };
}

/** A part of the file as the bands that the rule trains on. Throws ImageError, also where their number is another. */
export async function readPartBands(
  path: string,
  part: string,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<DecodedBands> {
  const { page, tile } = parsePart(part);
  const file = await openFile(path, limits);
  if (bandsTrained(rule) !== null) {
    const surface = await file.surface(page, rule);
    if (tile) assertInside(path, tile, uprightSize(surface));
    const route = await surface.window(tile ? storedRect(tile, surface) : { x: 0, y: 0, ...sizeOf(surface) }, rule);
    if (route.by === 'values') {
      const { samples } = route;
      assertUsable(path, samples.width, samples.height);
      const image = turnedBands(bandsOfSamples(path, samples, rule), surface.orientation);
      return { image, format: file.format, orientation: surface.orientation };
    }
  }
  const { full: _, ...picture } = await readPart(path, part, limits, asColour(rule));
  return bandsOfPicture(path, picture, rule);
}

/** Some values of a part, where it holds measured ones; null for a photo. Throws ImageError. */
export async function measurePart(
  path: string,
  part: string,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<MeasuredFile | null> {
  const { page, tile } = parsePart(part);
  const surface = await (await openFile(path, limits)).surface(page, rule);
  const again = async (by: PixelRule) =>
    tile ? surface.window(storedRect(tile, surface), by) : surface.overview(STAND_IN, by);
  return await measureRoute(await again(asColour(rule)), rule, again);
}
