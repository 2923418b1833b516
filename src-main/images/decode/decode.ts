/**
 * One photo, whatever its format, to upright sRGB pixels. The format is decided by the content's signature, never by
 * the extension. Runs where it is called: decoding other people's files belongs in the workers of pool/, which survive
 * what this cannot (a decoder that hangs or crashes).
 */
import { ImageError } from '../errors.ts';
import { kindByName, sniffFormat } from '../formats.ts';
import type { ImageFormat } from '../formats.ts';
import { readImageFile } from '../read.ts';
import { decodeBmp } from './bmp.ts';
import { decodeHeic } from './heic.ts';
import { decodeRaw, isRawTiff } from './raw.ts';
import { DEFAULT_LIMITS } from './types.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { decodeVips } from './vips.ts';

export interface DecodedImage extends DecodedPixels {
  format: ImageFormat;
  /** The orientation that was applied, 1 to 8 as in EXIF. */
  orientation: number;
}

/**
 * Shorter sides than this are refused: a photo of a few pixels is one flat colour after resizing, both of its views
 * are the same whatever the crop, and nothing can be learned from it.
 */
const MIN_SIDE = 8;

/** Decodes the file at `path`. Throws ImageError with a code and a plain sentence. */
export async function decodeImage(path: string, limits: Partial<DecodeLimits> = {}): Promise<DecodedImage> {
  const { bytes } = await readImageFile(path);
  return await decodeBytes(path, bytes, limits);
}

/** Decodes an image in memory; `name` stands for the file in errors. */
export async function decodeBytes(
  name: string,
  bytes: Buffer,
  limits: Partial<DecodeLimits> = {},
): Promise<DecodedImage> {
  const all = { ...DEFAULT_LIMITS, ...limits };
  const format = formatOf(name, bytes);
  const image = { ...(await decoders[format](name, bytes, all)), format };
  assertUsable(name, image.width, image.height);
  return image;
}

type Decode = (name: string, bytes: Buffer, limits: DecodeLimits) => Promise<Omit<DecodedImage, 'format'>>;

/** What reads each format. */
const decoders: { readonly [F in ImageFormat]: Decode } = {
  jpeg: decodeVips,
  png: decodeVips,
  webp: decodeVips,
  avif: decodeVips,
  tiff: decodeVips,
  gif: decodeVips,
  heic: async (...file) => ({ ...(await decodeHeic(...file)), orientation: 1 }),
  bmp: async (...file) => ({ ...decodeBmp(...file), orientation: 1 }),
  raw: decodeRaw,
};

/** The format by content. Throws ImageError where it is no image, with what it is instead where that can be told. */
export function formatOf(name: string, bytes: Buffer): ImageFormat {
  if (bytes.length === 0) throw new ImageError(name, 'empty');
  const format = sniffFormat(bytes);
  if (format === 'tiff' && isRawTiff(bytes)) return 'raw';
  if (format !== null) return format;
  throw new ImageError(name, contentKey(name, bytes));
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
