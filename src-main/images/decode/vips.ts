/**
 * Decoding through sharp (libvips): JPEG, PNG, WebP, AVIF, TIFF and GIF, and colour conversion for the rest. Verified
 * equal to Pillow's pixels for JPEG without a colour profile. Leaves HEIC, BMP and RAW to their own files.
 *
 * Transparency is laid on white, because cut-outs, drawings and screenshots with an alpha channel are made for white
 * pages; the hidden colour under transparent pixels (what dropping alpha would show) is arbitrary.
 */
import { statSync } from 'node:fs';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { ImageError } from '../errors.ts';
import { layOnWhite } from './masked.ts';
import type { Mask } from './masked.ts';
import { isRgbProfile, isSrgbProfile } from './icc.ts';
import { applyOrientation } from './orientation.ts';
import { hasAllScans, plainJpegSize } from './jpegHeader.ts';
import type { Rect } from '../../../shared/parts.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { announcesMore, damaged, endsEarly } from './whole.ts';
import { wrapAsTiff } from './wrap.ts';
import { bufferOf } from '../../files/buffer.ts';
import { sizeOf } from './types.ts';

const FLATTEN_BACKGROUND = { r: 255, g: 255, b: 255 };

// Work is parallel over files, each in a process of its own, so that one decode uses one thread, and nothing is kept.
sharp.cache(false);
sharp.concurrency(1);

/**
 * What of a file is read, and how: a page or a directory that it points to (`subifd`), a window of it as it is stored,
 * without its transparency, turned by `orientation` rather than by what the file says.
 */
export interface VipsChoice {
  page?: number;
  subifd?: number;
  window?: Rect;
  dropAlpha?: boolean;
  orientation?: number;
  /** The picture is shrunk as it streams by, so that its own size does not matter. */
  streamed?: boolean;
  /** Whether all of the page is transparent, which a window cannot tell; asked where the window is clear. */
  isClear?: () => Promise<boolean>;
  /** What the file keeps apart of how opaque the page, or this window of it, is: laid on white. */
  mask?: () => Promise<Mask>;
}

export interface VipsHeader extends VipsChoice {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8, as the file has it. */
  stored: number;
  /** The orientation to apply, 1 to 8. */
  orientation: number;
  ignoreIcc: boolean;
  /** It has 16 bits a channel and a profile: sharp converts such to Display P3 and leaves them there unless told. */
  wide: boolean;
  hasAlpha: boolean;
}

/** Bytes, or the path of a file that is read piece by piece. */
export type VipsSource = Uint8Array | string;

/** Size, orientation and profile, without decoding. Width and height are as stored, before orientation. */
async function readHeader(
  file: string,
  bytes: VipsSource,
  limits: DecodeLimits,
  choice: VipsChoice = {},
): Promise<VipsHeader> {
  const plain = typeof bytes === 'string' || Object.keys(choice).length > 0 ? null : plainJpegSize(bytes);
  if (plain) {
    assertPixels(file, plain.width, plain.height, limits);
    return { ...plain, stored: 1, orientation: 1, ignoreIcc: false, wide: false, hasAlpha: false };
  }
  const { page = 0, subifd = -1 } = choice;
  let header;
  try {
    // Without a limit here, so that the sentence can name the size it refuses.
    header = await sharp(bytes, { failOn: 'error', limitInputPixels: false, page, subifd, pages: 1 }).metadata();
  } catch (error) {
    throw vipsError(file, error, bytes);
  }
  const { width, height } = choice.window ?? header;
  if (!choice.streamed) assertPixels(file, width, height, limits);
  const orientation = header.orientation ?? 1;
  const stored = orientation >= 1 && orientation <= 8 ? orientation : 1;
  const ignoreIcc = header.icc !== undefined && isSrgbProfile(header.icc);
  return {
    width,
    height,
    ...choice,
    stored,
    orientation: choice.orientation ?? stored,
    ignoreIcc,
    wide: header.space === 'rgb16' && header.icc !== undefined && !ignoreIcc,
    hasAlpha: header.hasAlpha,
  };
}

/** Refuses a size that would not fit in memory: hostile headers claim 60,000 x 60,000 pixels in a few bytes. */
export function assertPixels(file: string, width: number, height: number, limits: DecodeLimits): void {
  if (!(width > 0) || !(height > 0)) throw new ImageError(file, 'corrupt.no-pixels');
  if (width * height > limits.maxPixels) {
    throw new ImageError(file, 'too-large.pixels', { width, height, most: Math.round(limits.maxPixels / 1e6) });
  }
}

/** A pipeline that yields upright sRGB without alpha; the caller adds a resize or an output. */
export function uprightSrgb(
  bytes: VipsSource,
  limits: DecodeLimits,
  options: Partial<VipsHeader> & { orient?: boolean; strict?: boolean } = {},
): Sharp {
  const { orient = true, ignoreIcc = false, wide = false, page = 0, dropAlpha = false, strict = false } = options;
  const { window, subifd = -1, streamed = false } = options;
  const forced = orient && options.stored !== undefined && options.orientation !== options.stored;
  let pipeline = sharp(bytes, {
    failOn: strict ? 'warning' : 'error', // a warning is common in good photos: stray bytes before a marker, odd tags
    limitInputPixels: window || streamed ? false : limits.maxPixels,
    sequentialRead: true, // streams; random access would unpack a large photo into a temporary file
    autoOrient: orient && !forced,
    page,
    subifd,
    pages: 1,
    ignoreIcc,
  });
  if (window) pipeline = pipeline.extract({ left: window.x, top: window.y, ...sizeOf(window) });
  pipeline = dropAlpha ? pipeline.removeAlpha() : pipeline.flatten({ background: FLATTEN_BACKGROUND });
  pipeline = pipeline.toColourspace('srgb').timeout({ seconds: Math.max(1, Math.ceil(limits.timeout)) });
  if (forced) pipeline = applyOrientation(pipeline, options.orientation!);
  return wide ? pipeline.withIccProfile('srgb', { attach: false }) : pipeline;
}

export interface VipsPixels extends DecodedPixels {
  /** The upright size before a resize. */
  full: { width: number; height: number };
  orientation: number;
  /** All of it was transparent, so its transparency was ignored and what it hides is shown. */
  transparent: boolean;
}

/** Upright pixels, whole or (`size`) shrunk to a longest side while they are decoded. */
export async function decodeVips(
  file: string,
  bytes: VipsSource,
  limits: DecodeLimits,
  choice: VipsChoice = {},
  size?: number,
): Promise<VipsPixels> {
  const header = await readHeader(file, bytes, limits, choice);
  // Only baseline JPEG streams at a fraction of its size; anything else may hold all its pixels at once.
  await limits.beforeDecode?.(header.width * header.height);
  const pixels = async (more: { dropAlpha?: boolean; strict?: boolean } = {}, from: VipsSource = bytes) => {
    const reading = { ...header, ...more };
    let pipeline = uprightSrgb(from, limits, reading);
    // While it shrinks, libvips weighs colours by the transparency that is to be ignored, and blackens what is clear.
    const isWeighed = size !== undefined && reading.dropAlpha === true && header.hasAlpha;
    const shrinksAfter = isWeighed && header.width * header.height <= limits.maxPixels;
    if (size !== undefined && !shrinksAfter)
      pipeline = pipeline.resize(size, size, { fit: 'inside', withoutEnlargement: true });
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new ImageError(file, 'unsupported.channels', { channels: info.channels });
    return await shrunkTo(shrinksAfter ? size : undefined, { width: info.width, height: info.height, data });
  };
  try {
    let shown = await pixels().catch(async (error: unknown) => {
      const whole = typeof bytes === 'string' ? null : withEnd(bytes);
      if (!whole) throw error;
      const ended = await pixels({ strict: true }, whole);
      // where more is missing, the decoder takes whatever stands there for the last rows
      const other = await pixels({}, withEnd(bytes as Uint8Array, ANYTHING)!);
      if (!ended.data.every((level, i) => level === other.data[i])) throw error;
      return ended;
    });
    // Exporters of textures and depth write an alpha of 0 everywhere: on white there would be nothing left.
    const mask = await choice.mask?.();
    const mayBeClear =
      (header.hasAlpha && !header.dropAlpha && isWhite(shown.data)) || mask?.data.every((of) => of === 0);
    const transparent = mayBeClear === true && (!choice.window || ((await choice.isClear?.()) ?? false));
    if (transparent && header.hasAlpha) shown = await pixels({ dropAlpha: true });
    if (mask && !transparent) await layOnWhite(shown, mask, header.orientation);
    const turned = header.orientation >= 5;
    const full = turned
      ? { width: header.height, height: header.width }
      : { width: header.width, height: header.height };
    return { ...shown, full, orientation: header.orientation, transparent: transparent && !isWhite(shown.data) };
  } catch (error) {
    throw error instanceof ImageError ? error : vipsError(file, error, bytes);
  }
}

/** Bytes that a picture which is all there ends before. */
const ANYTHING = Buffer.alloc(64, 0x5a);

/**
 * A JPEG that lacks the two bytes of its end alone, as some cameras and transfers leave it, with them; or null. `before`:
 * what is put in front of them.
 */
function withEnd(bytes: Uint8Array, before = Buffer.alloc(0)): Buffer | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes.length < 4) return null;
  if (bytes[bytes.length - 2] === 0xff && bytes[bytes.length - 1] === 0xd9) return null;
  const half = bytes[bytes.length - 1] === 0xff ? 1 : 0; // half of the end
  if (!hasAllScans(bufferOf(bytes))) return null;
  return Buffer.concat([bytes.subarray(0, bytes.length - half), before, Buffer.from([0xff, 0xd9])]);
}

/** Shrunk from 16 bits, white comes out one level below. */
const WHITE = 254;

function isWhite(data: Uint8Array): boolean {
  for (let i = 0; i < data.length; i++) if (data[i]! < WHITE) return false;
  return true;
}

/** Applies an EXIF orientation to pixels as they are stored. */
export async function turned(pixels: DecodedPixels, orientation: number): Promise<DecodedPixels> {
  if (orientation === 1) return pixels;
  const { width, height, data } = pixels;
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const result = await applyOrientation(raw, orientation).raw().toBuffer({ resolveWithObject: true });
  return { width: result.info.width, height: result.info.height, data: result.data };
}

/** The same pixels with their longest side at most `size`. */
export async function shrunkTo(
  size: number | undefined,
  { width, height, data }: DecodedPixels,
): Promise<DecodedPixels> {
  if (size === undefined) return { width, height, data };
  const result = await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: result.info.width, height: result.info.height, data: result.data };
}

/** Upright sRGB of pixels that some other decoder made, with their profile where they have one. */
export async function uprightPixels(
  { width, height, data }: DecodedPixels,
  limits: DecodeLimits,
  orientation = 1,
  profile: Uint8Array | null = null,
): Promise<DecodedPixels> {
  const convert = profile !== null && isRgbProfile(profile) && !isSrgbProfile(profile);
  if (!convert && orientation === 1) return { width, height, data };
  let pipeline = convert
    ? uprightSrgb(wrapAsTiff(data, width, height, 3, profile), limits, { orient: false })
    : sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  pipeline = applyOrientation(pipeline, orientation);
  const result = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { width: result.info.width, height: result.info.height, data: result.data };
}

/** libvips reports in its own words; this says the same in one plain sentence. */
function vipsError(file: string, error: unknown, source: VipsSource): ImageError {
  const text = String((error as Error)?.message ?? error);
  if (/timeout/i.test(text)) return new ImageError(file, 'timed-out');
  if (/pixel limit|exceeds|too large|dimensions? too/i.test(text)) {
    return new ImageError(file, 'too-large.header');
  }
  // the format is known by its first bytes: that none was found means that what follows them makes no sense
  const noSense = /contains unsupported image format|unsupported marker|DNL not supported/i.test(text);
  if (
    noSense ||
    /premature|truncat|end of|read error|out of data|bad seek|not enough|unable to parse|short|EOF|read past/i.test(
      text,
    )
  ) {
    if (typeof source === 'string') return announcesMore(file, statSync(source).size);
    return noSense ? damaged(file, source) : endsEarly(file, source);
  }
  if (/unsupported|not supported|no decode delegate/i.test(text)) {
    return new ImageError(file, 'unsupported');
  }
  return typeof source === 'string' ? new ImageError(file, 'corrupt') : damaged(file, source);
}
