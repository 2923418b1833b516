/**
 * One photo, whatever its format, to upright sRGB pixels. The format is decided by the content's signature, never by
 * the extension. Runs where it is called: decoding other people's files belongs in the workers of pool/, which survive
 * what this cannot (a decoder that hangs or crashes).
 */
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import { kindByName, sniffFormat, unreadByName, unreadKind } from '../formats.ts';
import type { ImageFormat } from '../formats.ts';
import { readImageFile } from '../read.ts';
import { defaultRule } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import { findAvif } from './avif.ts';
import { decodeBmp } from './bmp.ts';
import { findDeepJpeg } from './deepJpeg.ts';
import { findDicom } from './dicom.ts';
import { assertNotFilled } from './filled.ts';
import { framesBeside } from './frames.ts';
import { findHeic } from './heic.ts';
import { greyLevels } from './icc.ts';
import { findJpeg2000 } from './jpeg2000File.ts';
import { findJxl } from './jxl.ts';
import { isDeep, unreadForm, withHeight } from './jpegHeader.ts';
import { findNetpbm } from './netpbm.ts';
import { findNpy } from './npy.ts';
import { pictureOf, showing } from './picture.ts';
import { findPng } from './png.ts';
import { isRawTiff, rawPreview } from './raw.ts';
import type { Find, Note, Route } from './route.ts';
import { isClear, kindOf } from './samples.ts';
import { readTiff } from './tiff.ts';
import { findTiff } from './tiffDecode.ts';
import { DEFAULT_LIMITS } from './types.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { decodeVips, shrunkTo, uprightPixels } from './vips.ts';
import type { VipsSource } from './vips.ts';

export interface DecodedImage extends DecodedPixels {
  format: ImageFormat;
  /** The orientation that was applied, 1 to 8 as in EXIF. */
  orientation: number;
  /** What a person should know of the picture, though it is used. */
  notes: Note[];
  /** Type and number of bands of measured values (`uint16x1`); null for a photo. */
  measured: string | null;
}

/**
 * Shorter sides than this are refused: a photo of a few pixels is one flat colour after resizing, both of its views
 * are the same whatever the crop, and nothing can be learned from it.
 */
const MIN_SIDE = 8;

/** Decodes the file at `path`. Throws ImageError with a code and a plain sentence. */
export async function decodeImage(
  path: string,
  limits: Partial<DecodeLimits> = {},
  rule: PixelRule = defaultRule,
): Promise<DecodedImage> {
  const { bytes } = readImageFile(path);
  return await decodeBytes(path, bytes, limits, rule);
}

/** Decodes an image in memory; `name` stands for the file in errors. */
export async function decodeBytes(
  name: string,
  bytes: Buffer,
  limits: Partial<DecodeLimits> = {},
  rule: PixelRule = defaultRule,
): Promise<DecodedImage> {
  const { full: _, ...image } = await decodeTo(undefined, name, bytes, { ...DEFAULT_LIMITS, ...limits }, rule);
  return image;
}

/**
 * decodeBytes with the longest side at most `size` (undefined: whole); `full` is the upright size before that. JPEG is
 * shrunk while it is decoded, to an eighth to a half of its size. Throws ImageError.
 */
export async function decodeTo(
  size: number | undefined,
  name: string,
  bytes: Buffer,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<DecodedImage & { full: { width: number; height: number } }> {
  const { format, route } = await findRoute(name, bytes, limits, asColour(rule));
  const notes = [...(route.notes ?? [])];
  const { image, measured } = await follow(route, name, limits, rule, size, notes);
  assertUsable(name, image.full.width, image.full.height);
  const { width, height, data, full, orientation } = image;
  return { width, height, data, full, orientation, format, notes, measured };
}

/** The same rule for making a colour picture to look at, whatever is trained on. */
export const asColour = (rule: PixelRule): PixelRule =>
  rule.channels === 'colour' ? rule : { ...rule, channels: 'colour' };

/** The format of a file, by its content, and how its pixels are to be had. Throws ImageError. */
export async function findRoute(
  name: string,
  bytes: Buffer,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<{ format: ImageFormat; route: Route }> {
  const format = formatOf(name, bytes);
  assertNotFilled(name, format, format === 'jpeg' ? fromStart(bytes) : bytes);
  return { format, route: await finders[format](name, bytes, limits, rule) };
}

type Upright = DecodedPixels & { full: { width: number; height: number }; orientation: number };

/**
 * The upright picture of a route, shrunk to `size` where that is given; adds what a person should know to `notes`.
 * Throws ImageError.
 */
export async function follow(
  route: Route,
  name: string,
  limits: DecodeLimits,
  rule: PixelRule,
  size: number | undefined,
  notes: Note[],
): Promise<{ image: Upright; measured: string | null }> {
  const byVips = async (bytes: VipsSource, choice = {}) => {
    const image = await decodeVips(name, bytes, limits, choice, size);
    if (image.transparent) notes.push(reason('note.transparent'));
    return { image, measured: null };
  };
  if (route.by === 'vips') return await byVips(route.bytes, route.choice);
  const { orientation = 1, profile = null } = route;
  let pixels: DecodedPixels;
  let measured: string | null = null;
  if (route.by === 'pixels') pixels = route.pixels;
  else {
    const shown = showing(route.samples, profile ? { ...rule, rule: 'photo' } : rule, route.photo !== undefined);
    if (shown.stretches === null && route.photo) return await byVips(route.photo.bytes, route.photo.choice);
    if (shown.stretches !== null) measured = kindOf(route.samples);
    if (shown.constant) notes.push(reason('note.constant'));
    if (route.samples.alpha && !route.samples.isPart && isClear(route.samples.alpha))
      notes.push(reason('note.transparent'));
    const isUnsigned = route.samples.bands.every((band) => band instanceof Uint8Array || band instanceof Uint16Array);
    const curve = profile && isUnsigned && route.samples.bands.length === 1 ? greyLevels(profile) : null;
    pixels = pictureOf(route.samples, shown, curve);
  }
  const { width, height } = pixels;
  const full = orientation >= 5 ? { width: height, height: width } : { width, height };
  const upright = await uprightPixels(pixels, limits, orientation, profile);
  return { image: { ...(await shrunkTo(size, upright)), full, orientation }, measured };
}

/** For each format, the function that finds the route of a file. */
const finders: { readonly [F in ImageFormat]: Find } = {
  jpeg: (name, bytes, limits) => {
    const jpeg = fromStart(bytes);
    const form = unreadForm(jpeg);
    if (form !== null) throw new ImageError(name, 'unsupported.kind', { kind: form });
    return isDeep(jpeg) ? findDeepJpeg(name, jpeg, limits) : { by: 'vips', bytes: withHeight(jpeg) };
  },
  png: async (name, bytes, limits) => {
    const route = await findPng(name, bytes, limits);
    return { ...route, notes: [...(route.notes ?? []), ...framesBeside('png', bytes)] };
  },
  webp: (_, bytes) => ({ by: 'vips', bytes, notes: framesBeside('webp', bytes) }),
  avif: findAvif,
  tiff: findTiff,
  gif: (_, bytes) => ({ by: 'vips', bytes, notes: framesBeside('gif', bytes) }),
  heic: findHeic,
  bmp: (name, bytes, limits) => ({ by: 'pixels', pixels: decodeBmp(name, bytes, limits) }),
  jxl: findJxl,
  jpeg2000: findJpeg2000,
  dicom: findDicom,
  npy: findNpy,
  netpbm: findNetpbm,
  raw: (name, bytes) => {
    const { preview, orientation, page } = rawPreview(name, bytes);
    return { by: 'vips', bytes: preview, choice: { ...page, ...(orientation !== null && { orientation }) } };
  },
};

/**
 * Bytes before a JPEG's signature that are passed over: some servers and cameras leave a line break or the like there.
 */
const MOST_BEFORE = 64;
/** The same of the head of an answer that was saved with its photo. */
const MOST_HEAD = 8192;

/** Where a JPEG begins, -1 where none does. */
function jpegStart(bytes: Buffer): number {
  const isAnswer = bytes.toString('latin1', 0, 5) === 'HTTP/';
  const end = isAnswer ? bytes.subarray(0, MOST_HEAD).indexOf('\r\n\r\n') + 4 : 0;
  return bytes.subarray(0, end + MOST_BEFORE + 3).indexOf('ffd8ff', end, 'hex');
}
const fromStart = (bytes: Buffer): Buffer => bytes.subarray(Math.max(0, jpegStart(bytes)));

/** The format by content. Throws ImageError where it is no image, with what it is instead where that can be told. */
export function formatOf(name: string, bytes: Buffer): ImageFormat {
  if (bytes.length === 0) throw new ImageError(name, 'empty');
  const format = sniffFormat(bytes);
  if (format === 'tiff' && isRawTiff(readTiff(bytes))) return 'raw';
  if (format !== null) return format;
  if (kindByName(name) === 'image' && jpegStart(bytes) > 0) return 'jpeg';
  const kind = unreadKind(name, bytes);
  if (kind !== null) throw new ImageError(name, 'unsupported.kind', { kind });
  const key = contentKey(name, bytes);
  const named = key === 'not-an-image.content' ? unreadByName(name) : null;
  if (named !== null) throw new ImageError(name, 'unsupported.kind', { kind: named });
  throw new ImageError(name, key);
}

export function assertUsable(name: string, width: number, height: number): void {
  if (Math.min(width, height) < MIN_SIDE) {
    throw new ImageError(name, 'too-small.side', { width, height, least: MIN_SIDE });
  }
}

function contentKey(name: string, bytes: Buffer) {
  const head = bytes.subarray(0, 2048);
  const text = head.toString('utf8');
  const named = kindByName(name) === 'image' ? '-named' : '';
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(text))
    return `not-an-image.drawing${named}` as const;
  if (text.startsWith('%PDF-')) return `not-an-image.pdf${named}` as const;
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return `not-an-image.video${named}` as const;
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text.slice(0, -4))) return `not-an-image.text${named}` as const;
  if (head.every((byte) => byte === 0)) return 'not-an-image.zeros';
  return `not-an-image.content${named}` as const;
}
