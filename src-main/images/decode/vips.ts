/**
 * Decoding through sharp (libvips): JPEG, PNG, WebP, AVIF, TIFF and GIF, and colour conversion for the rest. Verified
 * equal to Pillow's pixels for JPEG without a colour profile. Leaves HEIC, BMP and RAW to their own files.
 *
 * Transparency is laid on white, because cut-outs, drawings and screenshots with an alpha channel are made for white
 * pages; the hidden colour under transparent pixels (what dropping alpha would show) is arbitrary.
 */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { ImageError, formatBytes } from '../errors.ts';
import { isSrgbProfile } from './icc.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';

const FLATTEN_BACKGROUND = { r: 255, g: 255, b: 255 };

// Work is parallel over files, each in a process of its own, so that one decode uses one thread, and nothing is kept.
sharp.cache(false);
sharp.concurrency(1);

export interface VipsHeader {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  ignoreIcc: boolean;
  /** 16 bits a channel with a profile: sharp converts those to Display P3 and leaves them there unless told. */
  wide: boolean;
}

/** Size, orientation and profile, without decoding. Width and height are as stored, before orientation. */
export async function readHeader(file: string, bytes: Uint8Array, limits: DecodeLimits): Promise<VipsHeader> {
  let header;
  try {
    // Without a limit here, so that the sentence can name the size it refuses.
    header = await sharp(bytes, { failOn: 'error', limitInputPixels: false, page: 0, pages: 1 }).metadata();
  } catch (error) {
    throw vipsError(file, error, bytes);
  }
  const width = header.width;
  const height = header.height;
  assertPixels(file, width, height, limits);
  const orientation = header.orientation ?? 1;
  const ignoreIcc = header.icc !== undefined && isSrgbProfile(header.icc);
  return {
    width,
    height,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    ignoreIcc,
    wide: header.space === 'rgb16' && header.icc !== undefined && !ignoreIcc,
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
  bytes: Uint8Array,
  limits: DecodeLimits,
  options: { orient?: boolean; ignoreIcc?: boolean; wide?: boolean } = {},
): Sharp {
  const { orient = true, ignoreIcc = false, wide = false } = options;
  const pipeline = sharp(bytes, {
    failOn: 'error', // a warning is common in good photos: stray bytes before a marker, odd tags
    limitInputPixels: limits.maxPixels,
    sequentialRead: true, // streams; random access would unpack a large photo into a temporary file
    autoOrient: orient,
    page: 0,
    pages: 1,
    ignoreIcc,
  })
    .flatten({ background: FLATTEN_BACKGROUND })
    .toColourspace('srgb')
    .timeout({ seconds: Math.max(1, Math.ceil(limits.timeout)) });
  return wide ? pipeline.withIccProfile('srgb', { attach: false }) : pipeline;
}

export async function decodeVips(
  file: string,
  bytes: Uint8Array,
  limits: DecodeLimits,
  orientation?: number,
): Promise<DecodedPixels & { orientation: number }> {
  const header = await readHeader(file, bytes, limits);
  await limits.beforeDecode?.(header.width * header.height);
  try {
    const forced = orientation !== undefined && orientation !== header.orientation;
    let pipeline = uprightSrgb(bytes, limits, { ...header, orient: !forced });
    if (forced) pipeline = applyOrientation(pipeline, orientation);
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new ImageError(file, 'unsupported.channels', { channels: info.channels });
    return { width: info.width, height: info.height, data, orientation: orientation ?? header.orientation };
  } catch (error) {
    throw error instanceof ImageError ? error : vipsError(file, error, bytes);
  }
}

/** EXIF orientation as sharp operations (flips come before the rotation). */
function applyOrientation(pipeline: Sharp, orientation: number): Sharp {
  switch (orientation) {
    case 2:
      return pipeline.flop();
    case 3:
      return pipeline.rotate(180);
    case 4:
      return pipeline.flip();
    case 5:
      return pipeline.flip().rotate(90);
    case 6:
      return pipeline.rotate(90);
    case 7:
      return pipeline.flop().rotate(90);
    case 8:
      return pipeline.rotate(270);
    default:
      return pipeline;
  }
}

/** libvips reports in its own words; this says the same in one plain sentence. */
export function vipsError(file: string, error: unknown, bytes: Uint8Array): ImageError {
  const text = String((error as Error)?.message ?? error);
  if (/timeout/i.test(text)) return new ImageError(file, 'timed-out');
  if (/pixel limit|exceeds|too large|dimensions? too/i.test(text)) {
    return new ImageError(file, 'too-large.header');
  }
  if (
    /premature|truncat|end of|read error|out of data|bad seek|not enough|unable to parse|short|EOF|read past/i.test(
      text,
    )
  ) {
    return new ImageError(file, 'truncated.bytes', { bytes: formatBytes(bytes.length) });
  }
  if (/unsupported|not supported|no decode delegate/i.test(text)) {
    return new ImageError(file, 'unsupported');
  }
  return new ImageError(file, 'corrupt');
}
