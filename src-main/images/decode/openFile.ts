/**
 * Files that are read in parts: TIFF by its own tiles, strips and overviews (tiffRegions.ts), what libvips streams a row
 * of tiles at a time; other formats are decoded whole and cut. The last file stays open for a moment, because its parts
 * are asked for one after another. Which part is read is regions.ts's.
 */
import sharp from 'sharp';
import type { Rect } from '../../../shared/parts.ts';
import { argumentsOf } from '../../../shared/errors.ts';
import { ImageError, systemReason } from '../errors.ts';
import { SNIFF_BYTES, sniffFormat } from '../formats.ts';
import type { ImageFormat } from '../formats.ts';
import { holdPlainPath, readImageFile } from '../read.ts';
import type { PixelRule } from '../rule.ts';
import { tellingClear } from './clearPages.ts';
import { decodeTo, formatOf } from './decode.ts';
import type { DecodedImage } from './decode.ts';
import { dicomFrames } from './dicom.ts';
import { FileBytes } from './fileBytes.ts';
import { JpegRows } from './jpegRows.ts';
import { keyOf, regionsOf } from './knownTiffs.ts';
import type { Facts } from './knownTiffs.ts';
import { npyPlanes } from './npy.ts';
import { pngForm } from './png.ts';
import { isRawTiff } from './raw.ts';
import type { Route } from './route.ts';
import { readTiff } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';
import type { TiffRegions } from './tiffRegions.ts';
import { DEFAULT_LIMITS } from './types.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { sizeOf } from './types.ts';

/** A page of a file, in the pixels that it stores (not turned upright). */
export interface Surface {
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

export interface OpenFile extends Facts {
  format: ImageFormat;
  /** The numbers of the pages that are shown, from 1. */
  pages: readonly number[];
  /** Where no page is named the decoder chooses one by the rule; else it is the first. */
  choosesPage: boolean;
  /** The number of the page that is shown of several where none is named; the first unless told. */
  numberShown?: (rule: PixelRule) => Promise<number>;
  surface(page: number | null, rule: PixelRule): Promise<Surface>;
  close(): Promise<void>;
}

/** How long a file stays open after the time limit of its last job, in ms. */
const IDLE = 3000;

let open: { key: string; file: OpenFile } | null = null;
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
  beforeDecode: async (pixels) => {
    clearTimeout(idle); // the turn of a huge image may be long in coming
    await current.beforeDecode?.(pixels);
    closeLater();
  },
};

/**
 * The file at `path`, newly opened or still open. Only one is open at a time, as a worker does one job. Throws
 * ImageError.
 */
export async function openFile(path: string, limits: DecodeLimits): Promise<OpenFile> {
  current = limits;
  closeLater();
  const head = readHead(path);
  const key = keyOf({ path, ...head });
  if (open?.key === key) return open.file;
  await closeFile();
  open = { key, file: await openAnew(path, head) };
  return open.file;
}

function closeLater(): void {
  clearTimeout(idle);
  idle = setTimeout(() => void closeFile(), current.timeout * 1000 + IDLE);
  idle.unref();
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
    const form = format === 'png' ? pngFormOf(path) : null;
    const { plain, release } = await holdPlainPath(path);
    const header = await sharp(plain, { limitInputPixels: false })
      .metadata()
      .catch(() => null);
    // what is too large to be decoded whole is shown as libvips reads it, at least
    const streams = form?.isPlain !== false || (header && header.width * header.height > limitsNow.maxPixels);
    if (header?.depth === 'uchar' && (header.pages ?? 1) === 1 && streams) {
      const orientation = form?.orientation ?? header.orientation ?? 1;
      return openStreamed(facts, format, { ...header, orientation }, plain, release);
    }
    await release();
  }
  return openWhole(facts);
}

function pngFormOf(path: string): ReturnType<typeof pngForm> {
  const file = new FileBytes(path);
  try {
    return pngForm(file);
  } finally {
    file.close();
  }
}

async function openTiff(facts: Facts, directories: readonly TiffDirectory[]): Promise<OpenFile> {
  const { plain, release } = await holdPlainPath(facts.path);
  let tiff: TiffRegions;
  try {
    tiff = regionsOf(facts, plain, directories, limitsNow);
  } catch (error) {
    await release();
    throw error;
  }
  return {
    ...facts,
    format: 'tiff',
    pages: tiff.numbers,
    choosesPage: tiff.isStacked,
    numberShown: (rule) => tiff.numberShown(rule),
    surface: async (number, asked) => {
      const page = await tiff.page(number ?? (typeof asked.page === 'number' ? asked.page : null), asked);
      const { width, height, orientation } = page;
      const surface: Surface = {
        width,
        height,
        orientation,
        banded: !page.tiled,
        ruleFor: (rule) => tiff.ruleFor(page, rule),
        window: (rect, rule) => tiff.window(page, rect, rule),
        overview: (longest, rule) => tiff.overview(page, longest, rule),
      };
      return tellingClear(facts.path, page, surface, limitsNow);
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
  const bytes = format === 'jpeg' ? new FileBytes(facts.path) : null;
  // what lacks its end, or has other bytes behind it, is mended in memory
  const source = bytes && !isEnded(bytes) ? readImageFile(facts.path).bytes : plain;
  const route = (choice: object): Promise<Route> =>
    Promise.resolve({ by: 'vips', bytes: source, choice: { ...choice, orientation: 1 } });
  let rows: JpegRows | null | undefined;
  const windowOf = (window: Rect): Promise<Route> => {
    if (rows === undefined) rows = bytes && JpegRows.of(bytes);
    if (!rows) return route({ window });
    const cutOut = rows.cut(window.y, window.height);
    const choice = { window: { ...window, y: window.y - cutOut.top }, orientation: 1 };
    return Promise.resolve({ by: 'vips', bytes: cutOut.bytes, choice });
  };
  const surface: Surface = {
    width,
    height,
    orientation,
    banded: true,
    ruleFor: (rule) => rule,
    window: windowOf,
    overview: () => route({ streamed: true }),
  };
  const telling = tellingClear(facts.path, surface, surface, limitsNow);
  const close = async () => {
    bytes?.close();
    await release();
  };
  return { ...facts, format, pages: [1], choosesPage: false, surface: () => Promise.resolve(telling), close };
}

const isEnded = (jpeg: FileBytes): boolean => jpeg.toString('hex', jpeg.length - 2, jpeg.length) === 'ffd9';

/** Frames and planes of the formats that are decoded whole and may have several; 1 where that cannot be told. */
const pagesIn: Partial<Record<ImageFormat, (bytes: Buffer) => number>> = { dicom: dicomFrames, npy: npyPlanes };

/** Opens a file of a format that can only be decoded whole, and is upright once it is. */
function openWhole(facts: Facts): OpenFile {
  const { path } = facts;
  const { bytes } = readImageFile(path);
  let kept: { key: string; image: Promise<DecodedImage> } | null = null;
  const imageOf = (page: number | null, rule: PixelRule) => {
    const shown = page === null ? rule : { ...rule, page };
    const key = JSON.stringify(shown);
    if (kept?.key !== key) kept = { key, image: decodeTo(undefined, path, bytes, limitsNow, shown) };
    return kept.image;
  };
  const format = formatOf(path, bytes);
  return {
    ...facts,
    format,
    pages: Array.from({ length: (pagesIn[format] ?? (() => 1))(bytes) }, (_, i) => i + 1),
    choosesPage: true,
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
