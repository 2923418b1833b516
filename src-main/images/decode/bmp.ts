/**
 * Windows bitmaps: 1, 4, 8, 16, 24 and 32 bits, run-length coded, with bit fields, either way up. Our own because
 * libvips reads none and the package for it (bmp-ts 1.0.9) ignores where the header says the pixels begin, stops at the
 * first row of odd-width 4-bit images and trusts the header's sizes. The fourth byte of 32 bits is transparency only
 * where the header has a mask for it: nearly every other bitmap leaves it 0. An embedded PNG or JPEG is refused.
 */
import { ImageError } from '../errors.ts';
import { assertPixels } from './vips.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';

interface BmpHeader {
  pixelOffset: number;
  width: number;
  height: number;
  topDown: boolean;
  bits: number;
  compression: number;
  masks: [number, number, number];
  /** The bits of a pixel that are its transparency; 0: none. */
  alpha: number;
  palette: Uint8Array; // [colours, 3] RGB
}

const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;
/** Bytes of the shortest header that has a mask for transparency. */
const WITH_ALPHA = 56;

export function decodeBmp(file: string, bytes: Buffer, limits: DecodeLimits): DecodedPixels {
  const header = readHeader(file, bytes);
  const { width, height } = header;
  assertPixels(file, width, height, limits);
  const out = new Uint8Array(width * height * 3);
  if (header.compression === RLE8 || header.compression === RLE4) {
    decodeRuns(file, bytes, header, out);
    return { width, height, data: out };
  }
  const stride = Math.ceil((width * header.bits) / 32) * 4;
  // The padding of the last row may be missing.
  const needed = header.pixelOffset + stride * (height - 1) + Math.ceil((width * header.bits) / 8);
  if (needed > bytes.length) throw truncated(file);
  const readRow = rowReader(header, bytes);
  for (let y = 0; y < height; y++) {
    readRow(header.pixelOffset + y * stride, out, (header.topDown ? y : height - 1 - y) * width * 3);
  }
  if (header.alpha !== 0) layOnWhite(header, bytes, stride, out);
  return { width, height, data: out };
}

const truncated = (file: string) => new ImageError(file, 'truncated.pixels');
const unsupported = (file: string) => new ImageError(file, 'unsupported.bmp');

function readHeader(file: string, bytes: Buffer): BmpHeader {
  if (bytes.length < 26) throw truncated(file);
  const headerSize = bytes.readUInt32LE(14);
  const pixelOffset = bytes.readUInt32LE(10);
  if (14 + headerSize > bytes.length) throw truncated(file);
  const core = headerSize === 12;
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(core ? 24 : 28);
  const compression = headerSize >= 40 ? bytes.readUInt32LE(30) : RGB;
  if (![1, 4, 8, 16, 24, 32].includes(bits) || width <= 0 || signedHeight === 0) throw unsupported(file);
  const fields = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS;
  const valid =
    compression === RGB ||
    (compression === RLE8 && bits === 8) ||
    (compression === RLE4 && bits === 4) ||
    (fields && (bits === 16 || bits === 32));
  if (!valid) throw unsupported(file);

  let masks: [number, number, number] = bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0xff00, 0xff];
  let alpha = 0;
  let paletteAt = 14 + headerSize;
  if (fields) {
    if (54 + 12 > bytes.length) throw truncated(file);
    masks = [bytes.readUInt32LE(54), bytes.readUInt32LE(58), bytes.readUInt32LE(62)];
    const hasMask = headerSize >= WITH_ALPHA || compression === ALPHA_BIT_FIELDS;
    if (hasMask && 70 <= bytes.length) alpha = bytes.readUInt32LE(66);
    if (headerSize === 40) paletteAt += compression === ALPHA_BIT_FIELDS ? 16 : 12;
  }
  let palette = new Uint8Array(0);
  if (bits <= 8) {
    const entry = core ? 3 : 4;
    const declared = headerSize >= 40 ? bytes.readUInt32LE(46) : 0;
    const count = Math.min(
      declared === 0 || declared > 1 << bits ? 1 << bits : declared,
      Math.floor((bytes.length - paletteAt) / entry),
    );
    palette = new Uint8Array((1 << bits) * 3); // an index beyond the palette is black
    for (let i = 0; i < count; i++) {
      palette[i * 3] = bytes[paletteAt + i * entry + 2]!;
      palette[i * 3 + 1] = bytes[paletteAt + i * entry + 1]!;
      palette[i * 3 + 2] = bytes[paletteAt + i * entry]!;
    }
  }
  return {
    pixelOffset,
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    compression,
    masks,
    alpha,
    palette,
  };
}

type RowReader = (at: number, out: Uint8Array, o: number) => void;

function rowReader(header: BmpHeader, bytes: Buffer): RowReader {
  const { width, bits, palette } = header;
  if (bits <= 8) {
    const perByte = 8 / bits;
    const mask = (1 << bits) - 1;
    return (at, out, o) => {
      for (let x = 0; x < width; x++, o += 3) {
        const index = (bytes[at + Math.floor(x / perByte)]! >> (8 - bits - (x % perByte) * bits)) & mask;
        out[o] = palette[index * 3]!;
        out[o + 1] = palette[index * 3 + 1]!;
        out[o + 2] = palette[index * 3 + 2]!;
      }
    };
  }
  if (
    bits === 24 ||
    (bits === 32 && header.masks[0] === 0xff0000 && header.masks[1] === 0xff00 && header.masks[2] === 0xff)
  ) {
    const step = bits / 8;
    return (at, out, o) => {
      for (let x = 0; x < width; x++, o += 3, at += step) {
        out[o] = bytes[at + 2]!;
        out[o + 1] = bytes[at + 1]!;
        out[o + 2] = bytes[at]!;
      }
    };
  }
  const [red, green, blue] = header.masks.map(channelReader) as [ChannelReader, ChannelReader, ChannelReader];
  const pixelAt = pixelReader(header, bytes);
  return (at, out, o) => {
    for (let x = 0; x < width; x++, o += 3) {
      const value = pixelAt(at, x);
      out[o] = red(value);
      out[o + 1] = green(value);
      out[o + 2] = blue(value);
    }
  };
}

/** A pixel of 16 or 32 bits in the row that begins at `at`. */
const pixelReader =
  ({ bits }: BmpHeader, bytes: Buffer) =>
  (at: number, x: number): number =>
    bits === 16 ? bytes.readUInt16LE(at + 2 * x) : bytes.readUInt32LE(at + 4 * x);

/** Lays colours on white by their transparency. Where it is 0 everywhere, it was never written. */
function layOnWhite(header: BmpHeader, bytes: Buffer, stride: number, out: Uint8Array): void {
  const { width, height, pixelOffset, topDown } = header;
  const [pixelAt, alphaOf] = [pixelReader(header, bytes), channelReader(header.alpha)];
  const alpha = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const at = pixelOffset + (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++, i++) alpha[i] = alphaOf(pixelAt(at, x));
  }
  if (alpha.every((value) => value === 0)) return;
  for (let i = 0; i < alpha.length; i++) {
    const share = alpha[i]! / 255;
    if (share < 1) for (let o = 3 * i; o < 3 * i + 3; o++) out[o] = Math.round(out[o]! * share + 255 * (1 - share));
  }
}

type ChannelReader = (pixel: number) => number;

function channelReader(mask: number): ChannelReader {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

/** RLE8 and RLE4: pairs of count and value; 0 introduces end of line, end of image, a jump or literal pixels. */
function decodeRuns(file: string, bytes: Buffer, header: BmpHeader, out: Uint8Array): void {
  const { width, height, palette, topDown } = header;
  const four = header.compression === RLE4;
  let at = header.pixelOffset;
  let x = 0;
  let y = 0;
  const put = (index: number): void => {
    if (x >= width || y >= height) return;
    const o = ((topDown ? y : height - 1 - y) * width + x) * 3;
    out[o] = palette[index * 3]!;
    out[o + 1] = palette[index * 3 + 1]!;
    out[o + 2] = palette[index * 3 + 2]!;
    x++;
  };
  const nibble = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15);
  while (y < height) {
    if (at + 2 > bytes.length) throw truncated(file);
    const count = bytes[at]!;
    const value = bytes[at + 1]!;
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(four ? nibble(value, i) : value);
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      return;
    } else if (value === 2) {
      if (at + 2 > bytes.length) throw truncated(file);
      x += bytes[at]!;
      y += bytes[at + 1]!;
      at += 2;
    } else {
      const length = four ? Math.ceil(value / 2) : value;
      if (at + length > bytes.length) throw truncated(file);
      for (let i = 0; i < value; i++) put(four ? nibble(bytes[at + (i >> 1)]!, i) : bytes[at + i]!);
      at += length + (length % 2);
    }
  }
}
