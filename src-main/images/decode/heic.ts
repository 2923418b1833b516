/**
 * HEIC by libheif compiled to WebAssembly (sharp's prebuilt libvips leaves HEVC out). libheif applies the container's
 * own rotation and mirroring, which is the photo's orientation; the EXIF tag repeats it and must not be applied again.
 * The colour profile, Display P3 on every recent telephone, is applied afterwards by libvips.
 */
import { createRequire } from 'node:module';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import { codesOfMedia, convertColours, needsConversion } from './cicp.ts';
import { codesOfHevc } from './hevcColours.ts';
import { isCopy, withTails, withThumbnails } from './hevcDamage.ts';
import { isSrgbProfile } from './icc.ts';
import { divideByAlpha, isPremultiplied } from './isoBoxes.ts';
import { picturesLeft } from './isoItems.ts';
import { framesLeft, sequenceOf } from './isoSequence.ts';
import type { Route } from './route.ts';
import { damaged } from './whole.ts';
import { wrapAsTiff } from './wrap.ts';
import { assertPixels, uprightSrgb } from './vips.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import { bytesOf } from '../../../shared/bytes.ts';

interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  has_alpha_channel?(): boolean;
  display(
    target: { data: Uint8ClampedArray; width: number; height: number },
    done: (result: { data: Uint8ClampedArray } | null) => void,
  ): void;
  free(): void;
}

interface HeifDecoder {
  decode(bytes: Uint8Array): HeifImage[];
}

let decoder: HeifDecoder | undefined;

/**
 * Compiled at the first HEIC only: it takes a tenth of a second and 20 MB. One for all files, because a decoder frees
 * a file's memory only when it is given the next.
 */
function heifDecoder(): HeifDecoder {
  decoder ??= new (
    createRequire(import.meta.url)('libheif-js/wasm-bundle') as { HeifDecoder: new () => HeifDecoder }
  ).HeifDecoder();
  return decoder;
}

let last: Promise<unknown> = Promise.resolve();

/** Of a sequence the first picture, or the still one beside it, which is said. Throws ImageError. */
export async function findHeic(file: string, bytes: Buffer, limits: DecodeLimits): Promise<Route> {
  const sequence = sequenceOf(bytes);
  const { isClear, ...pixels } = await decodeHeic(file, sequence?.bytes ?? bytes, limits);
  const left = sequence ? framesLeft(sequence) : picturesLeft(bytes);
  const notes = [...left, ...(isClear ? [reason('note.transparent')] : [])];
  return { by: 'pixels', pixels, notes };
}

/** `isClear`: all of it was transparent, so what that hides is shown. */
type Decoded = DecodedPixels & { isClear: boolean };

/** Decodes one file after another, because the next one frees the memory of the one before. Throws ImageError. */
function decodeHeic(file: string, bytes: Buffer, limits: DecodeLimits): Promise<Decoded> {
  const result = last.then(() => decodeNext(file, bytes, limits));
  last = result.catch(() => undefined);
  return result;
}

async function decodeNext(file: string, bytes: Buffer, limits: DecodeLimits): Promise<Decoded> {
  const told = withThumbnails(bytes);
  const images = decodeContainer(file, told);
  try {
    const image = primaryOf(images);
    if (!image) throw damaged(file, bytes);
    const width = image.get_width();
    const height = image.get_height();
    assertPixels(file, width, height, limits);
    await limits.beforeDecode?.(width * height);
    const pixels = await pixelsOf(image);
    if (!pixels) throw damaged(file, bytes);
    const small = told === bytes ? undefined : images.find((other) => isThumbnail(other, image));
    const thumbnail = small && (await pixelsOf(small));
    const looksSound =
      thumbnail &&
      isCopy(
        { width: small.get_width(), height: small.get_height(), data: thumbnail },
        { width, height, data: pixels },
      );
    if (!looksSound && (await isSmeared(file, bytes, pixels))) throw new ImageError(file, 'corrupt');
    const isClear = isAllClear(pixels);
    if (isClear) for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
    if (isPremultiplied(bytes)) divideByAlpha(pixels);
    const icc = profileOf(bytes);
    const codes = icc ? null : (codesOfMedia(bytes) ?? codesOfHevc(bytes));
    if (codes && needsConversion(codes)) {
      const colours = convertColours(pixels, 4, 255, codes);
      for (let i = 0, o = 0; o < pixels.length; i += 3, o += 4) pixels.set(colours.subarray(i, i + 3), o);
    }
    const wrapped = wrapAsTiff(pixels, width, height, 4, icc && !isSrgbProfile(icc) ? icc : undefined);
    const { data, info } = await uprightSrgb(wrapped, limits, { orient: false })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data, isClear };
  } finally {
    for (const image of images) image.free();
  }
}

const primaryOf = (images: readonly HeifImage[]): HeifImage | undefined =>
  images.find((candidate) => candidate.is_primary()) ?? images[0];

/** Longest side of a thumbnail, in pixels. */
const THUMBNAIL = 1024;
const isThumbnail = (image: HeifImage, of: HeifImage): boolean =>
  image !== of && Math.max(image.get_width(), image.get_height()) <= THUMBNAIL;

/** Red, green, blue and transparency; null where decoding fails. */
async function pixelsOf(image: HeifImage): Promise<Uint8Array | null> {
  const [width, height] = [image.get_width(), image.get_height()];
  const rgba = await new Promise<Uint8ClampedArray | null>((resolve) => {
    const target = { data: new Uint8ClampedArray(width * height * 4), width, height };
    image.display(target, (result) => resolve(result && result.data));
  });
  return rgba && bytesOf(rgba);
}

/** Whether a picture is what damage makes of one (hevcDamage.ts), which takes decoding it once more. */
async function isSmeared(file: string, bytes: Buffer, pixels: Uint8Array): Promise<boolean> {
  const tailed = withTails(bytes);
  if (!tailed) return false;
  const images = decodeContainer(file, tailed);
  try {
    const image = primaryOf(images);
    const again = image && (await pixelsOf(image));
    // that there is none may be for want of memory
    return again != null && Buffer.compare(again, pixels) !== 0;
  } finally {
    for (const image of images) image.free();
  }
}

function isAllClear(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return false;
  return true;
}

function decodeContainer(file: string, bytes: Buffer): HeifImage[] {
  try {
    return heifDecoder().decode(bytes);
  } catch {
    throw damaged(file, bytes);
  }
}

/** The ICC profile of the first colour box ('colr' of type 'prof' or 'rICC') in the metadata. */
function profileOf(bytes: Buffer): Buffer | undefined {
  for (const type of ['colrprof', 'colrrICC']) {
    const at = bytes.indexOf(type);
    if (at < 4) continue;
    const size = bytes.readUInt32BE(at - 4);
    const profile = bytes.subarray(at + 8, at - 4 + size);
    if (profile.length >= 132 && profile.readUInt32BE(0) === profile.length) return profile;
  }
  return undefined;
}
