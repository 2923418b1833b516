/**
 * Parts of files: a page, a tile of a large image, or the whole as a small copy, read by the file's path, so that an
 * image larger than memory need not be held in it. TIFF is read by its own tiles, strips and overviews
 * (tiffRegions.ts), what libvips streams a row of tiles at a time; other formats are decoded whole and cut. The last
 * file stays open for a moment, because its tiles are asked for one after another.
 */
import sharp from 'sharp';
import { parsePart } from '../../../shared/parts.ts';
import type { Rect } from '../../../shared/parts.ts';
import { argumentsOf } from '../../../shared/errors.ts';
import { reason } from '../../../shared/reason.ts';
import { ImageError, systemReason } from '../errors.ts';
import { SNIFF_BYTES, sniffFormat } from '../formats.ts';
import type { ImageFormat } from '../formats.ts';
import { holdPlainPath, readImageFile } from '../read.ts';
import type { PixelRule } from '../rule.ts';
import { bandsTrained } from '../../../shared/input.ts';
import { bandsOfPicture, bandsOfSamples, turned as turnedBands } from './bandImage.ts';
import type { DecodedBands } from './bandImage.ts';
import { asColour, assertUsable, decodeTo, follow, formatOf } from './decode.ts';
import type { DecodedImage } from './decode.ts';
import { FileBytes } from './fileBytes.ts';
import { measureRoute } from './measure.ts';
import type { MeasuredFile } from './measure.ts';
import { isRawTiff } from './raw.ts';
import type { Note, Route } from './route.ts';
import { readTiff } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';
import { TiffRegions } from './tiffRegions.ts';
import { DEFAULT_LIMITS } from './types.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { shrunkTo, turned } from './vips.ts';

/** A page of a file, in the pixels that it stores (not turned upright). */
interface Surface {
  width: number;
  height: number;
  orientation: number;
  /** Whole rows of tiles are read together. */
  banded: boolean;
  /** The rule with one range for all of the page, so that every window is shown alike. */
  ruleFor(rule: PixelRule): PixelRule | Promise<PixelRule>;
  window(rect: Rect, rule: PixelRule): Promise<Route>;
  /** The whole page, shrunk to a longest side of about `longest`; never enlarged. */
  overview(longest: number, rule: PixelRule): Promise<Route>;
}

export interface OpenFile {
  path: string;
  bytes: number;
  /** Modification time in ms. */
  modified: number;
  format: ImageFormat;
  pages: number;
  surface(page: number | null, rule: PixelRule): Promise<Surface>;
  close(): Promise<void>;
}

/** Most bytes of a row of tiles that is kept in memory for the tiles that follow. */
const MOST_BAND = 120e6;
/** Longest side, in pixels, of the copy that stands for a page beyond the limit of pixels. */
const STAND_IN = 4096;
/** How long a file stays open after the time limit of its last job, in ms. */
const IDLE = 3000;

interface Shown {
  pixels: DecodedPixels;
  measured: string | null;
}

let open: { key: string; file: OpenFile; band: { key: string; shown: Shown } | null } | null = null;
let idle: NodeJS.Timeout | undefined;
/** Limits of the present job: a file that stays open is read by those of the next one then. */
let current: DecodeLimits = DEFAULT_LIMITS;
const limitsNow: DecodeLimits = {
  get maxPixels() {
    return current.maxPixels;
  },
  get timeout() {
    return current.timeout;
  },
  beforeDecode: async (pixels) => current.beforeDecode?.(pixels),
};

/**
 * The file at `path`, newly opened or still open. Only one is open at a time, as a worker does one job. Throws
 * ImageError.
 */
export async function openFile(path: string, limits: DecodeLimits): Promise<OpenFile> {
  current = limits;
  clearTimeout(idle);
  idle = setTimeout(() => void closeFile(), limits.timeout * 1000 + IDLE);
  idle.unref();
  const head = readHead(path);
  const key = `${path}\0${head.bytes}\0${head.modified}`;
  if (open?.key === key) return open.file;
  await closeFile();
  open = { key, file: await openAnew(path, head), band: null };
  return open.file;
}

async function closeFile(): Promise<void> {
  const last = open;
  open = null;
  await last?.file.close().catch(() => undefined);
}

interface Head {
  bytes: number;
  modified: number;
  start: Buffer;
}

function readHead(path: string): Head {
  try {
    const file = new FileBytes(path);
    try {
      return { bytes: file.length, modified: file.modified, start: file.subarray(0, SNIFF_BYTES) };
    } finally {
      file.close();
    }
  } catch (error) {
    throw new ImageError(path, ...argumentsOf(systemReason(error)));
  }
}

async function openAnew(path: string, { bytes, modified, start }: Head): Promise<OpenFile> {
  const facts = { path, bytes, modified };
  const format = sniffFormat(start);
  if (format === 'tiff') {
    const file = new FileBytes(path);
    try {
      const directories = readTiff(file);
      if (!isRawTiff(directories)) return await openTiff(facts, directories);
    } finally {
      file.close();
    }
  }
  if (format === 'jpeg' || format === 'webp' || format === 'png') {
    const { plain, release } = await holdPlainPath(path);
    const header = await sharp(plain, { limitInputPixels: false })
      .metadata()
      .catch(() => null);
    if (header?.depth === 'uchar' && (header.pages ?? 1) === 1)
      return openStreamed(facts, format, { ...header, orientation: header.orientation ?? 1 }, plain, release);
    await release();
  }
  return openWhole(facts);
}

type Facts = Pick<OpenFile, 'path' | 'bytes' | 'modified'>;

async function openTiff(facts: Facts, directories: readonly TiffDirectory[]): Promise<OpenFile> {
  const { plain, release } = await holdPlainPath(facts.path);
  const tiff = new TiffRegions(facts.path, plain, directories, limitsNow);
  return {
    ...facts,
    format: 'tiff',
    pages: tiff.pages.length,
    surface: (number) => {
      const page = tiff.page(number);
      const { width, height, orientation } = page;
      return Promise.resolve({
        width,
        height,
        orientation,
        banded: !page.tiled,
        ruleFor: (rule) => tiff.ruleFor(page, rule),
        window: (rect, rule) => tiff.window(page, rect, rule),
        overview: (longest, rule) => tiff.overview(page, longest, rule),
      });
    },
    close: async () => {
      await tiff.close();
      await release();
    },
  };
}

function openStreamed(
  facts: Facts,
  format: ImageFormat,
  { width, height, orientation }: { width: number; height: number; orientation: number },
  plain: string,
  release: () => Promise<void>,
): OpenFile {
  const route = (choice: object): Promise<Route> =>
    Promise.resolve({ by: 'vips', bytes: plain, choice: { ...choice, orientation: 1 } });
  const surface: Surface = {
    width,
    height,
    orientation,
    banded: true,
    ruleFor: (rule) => rule,
    window: (window) => route({ window }),
    overview: () => route({ streamed: true }),
  };
  return { ...facts, format, pages: 1, surface: () => Promise.resolve(surface), close: release };
}

/** Opens a file of a format that can only be decoded whole, and is upright once it is. */
async function openWhole(facts: Facts): Promise<OpenFile> {
  const { path } = facts;
  const { bytes } = await readImageFile(path);
  let kept: { key: string; image: Promise<DecodedImage> } | null = null;
  const imageOf = (page: number | null, rule: PixelRule) => {
    const shown = page === null ? rule : { ...rule, page };
    const key = JSON.stringify(shown);
    if (kept?.key !== key) kept = { key, image: decodeTo(undefined, path, bytes, limitsNow, shown) };
    return kept.image;
  };
  return {
    ...facts,
    format: formatOf(path, bytes),
    pages: 1,
    surface: async (page, first) => {
      const { width, height } = await imageOf(page, first);
      const window = async (rect: Rect, rule: PixelRule): Promise<Route> => ({
        by: 'pixels',
        pixels: cut(await imageOf(page, rule), rect),
      });
      const overview = (_: number, rule: PixelRule) => window({ x: 0, y: 0, width, height }, rule);
      return { width, height, orientation: 1, banded: false, ruleFor: (rule) => rule, window, overview };
    },
    close: () => Promise.resolve(void (kept = null)),
  };
}

export function cut({ width, data }: DecodedPixels, rect: Rect): DecodedPixels {
  if (rect.x === 0 && rect.width === width)
    return { ...sizeOf(rect), data: data.subarray(rect.y * width * 3, (rect.y + rect.height) * width * 3) };
  const out = new Uint8Array(rect.width * rect.height * 3);
  for (let y = 0; y < rect.height; y++) {
    const from = ((rect.y + y) * width + rect.x) * 3;
    out.set(data.subarray(from, from + rect.width * 3), y * rect.width * 3);
  }
  return { ...sizeOf(rect), data: out };
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height });

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
    shown = await windowOf(path, surface, storedRect(tile, surface), limits, byRule, notes, `${page}`);
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
  path: string,
  surface: Surface,
  rect: Rect,
  limits: DecodeLimits,
  rule: PixelRule,
  notes: Note[],
  page: string,
): Promise<Shown> {
  if (!surface.banded || surface.width * rect.height * 3 > MOST_BAND)
    return await show(path, await surface.window(rect, rule), limits, rule, notes);
  const key = `${page} ${rect.y} ${rect.height} ${JSON.stringify(rule)}`;
  const kept = open?.band?.key === key ? open.band.shown : null;
  const row = { x: 0, y: rect.y, width: surface.width, height: rect.height };
  const band = kept ?? (await show(path, await surface.window(row, rule), limits, rule, notes));
  if (open) open.band = { key, shown: band };
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
