/**
 * The values in the tiles and strips of a TIFF: geotiff finds and unpacks them, what their bytes mean is read here, since
 * it takes big-endian values before a predictor and packed values of several bands for something else. Every order, sign
 * and number of bits; leaves which page, bands and window are wanted to tiffSamples.ts.
 */
import type { GeoTIFFImage } from 'geotiff';
import type { Rect } from '../../../shared/parts.ts';
import type { Values } from './samples.ts';
import { PHOTOMETRIC } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';

/** Finds and unpacks one block; null where the file leaves it out. */
export type Unpack = (index: number) => Promise<ArrayBuffer | null>;

/** The block that was read last: of one that is larger than a window, the next window needs not unpack it again. */
export interface KeptBlock {
  last?: { index: number; data: ArrayBuffer | null };
}

export interface BlockLayout {
  little: boolean;
  planar: boolean;
  predictor: number;
  tileWidth: number;
  tileHeight: number;
  /** A codec of pictures, which hands over values in this machine's order. */
  native: boolean;
}

/** Bytes of a block's rows once it is unpacked: a tile is whole, the last strip of a page ends where the page does. */
export function bytesOfBlock(page: TiffPage, { tileWidth, tileHeight, planar }: BlockLayout, index: number): number {
  const rowBytes = Math.ceil((tileWidth * (planar ? 1 : page.samples) * page.bits) / 8);
  if (page.tiled) return rowBytes * tileHeight;
  const strip = index % Math.ceil(page.height / tileHeight);
  return rowBytes * Math.min(tileHeight, page.height - strip * tileHeight);
}

type MakeValues = new (length: number) => Values;

/** The type in which values of a page are handed over: the smallest that holds them. */
function typeFor({ bits, format }: Pick<TiffPage, 'bits' | 'format'>): MakeValues {
  if (format === 'float') return bits === 64 ? Float64Array : Float32Array;
  if (bits > 32) return Float64Array;
  if (bits > 16) return format === 'signed' ? Int32Array : Uint32Array;
  if (bits > 8) return format === 'signed' ? Int16Array : Uint16Array;
  return format === 'signed' ? Int8Array : Uint8Array;
}

/**
 * The bands of a window, [height, width] each. A block that the file leaves out holds `nodata`, or is black.
 * @throws Error where a block is shorter than it should be
 */
export async function readBlocks(
  packed: TiffPage,
  layout: BlockLayout,
  bands: readonly number[],
  window: Rect,
  unpack: Unpack,
  kept: KeptBlock = {},
): Promise<Values[]> {
  const { tileWidth, tileHeight, planar } = layout;
  // codecs of pictures hand over whole bytes, of 12 bits two
  const page = layout.native && packed.bits > 8 && packed.bits < 16 ? { ...packed, bits: 16 } : packed;
  const [across, down] = [Math.ceil(page.width / tileWidth), Math.ceil(page.height / tileHeight)];
  const Type = typeFor(page);
  const out = bands.map(() => new Type(window.width * window.height));
  const [right, bottom] = [window.x + window.width, window.y + window.height];
  const each = planar ? 1 : page.samples;
  const rowBytes = Math.ceil((tileWidth * each * page.bits) / 8);
  const place = (band: number, data: ArrayBuffer | null, column: number, row: number, sample: number) => {
    const [left, top] = [column * tileWidth, row * tileHeight];
    const rows = page.tiled ? tileHeight : Math.min(tileHeight, page.height - top);
    if (data && data.byteLength < rowBytes * rows) throw new Error('a piece is shorter than it should be');
    const values = data && readerOf(data, page, layout, each, rowBytes);
    const [from, to] = [Math.max(window.x, left), Math.min(right, left + tileWidth, page.width)];
    for (let y = Math.max(window.y, top); y < Math.min(bottom, top + rows); y++) {
      const o = (y - window.y) * window.width + from - window.x;
      if (values === null) out[band]!.fill(page.nodata ?? emptyOf(page, bands[band]!), o, o + to - from);
      else values(out[band]!, o, y - top, from - left, to - from, sample);
    }
  };
  const blockOf = async (index: number): Promise<ArrayBuffer | null> => {
    if (kept.last?.index === index) return kept.last.data;
    delete kept.last; // never two of large ones
    const data = prepared(await unpack(index), page, layout, each);
    kept.last = { index, data };
    return data;
  };
  for (let row = Math.floor(window.y / tileHeight); row * tileHeight < bottom; row++)
    for (let column = Math.floor(window.x / tileWidth); column * tileWidth < right; column++) {
      const index = row * across + column;
      if (planar)
        for (const [i, band] of bands.entries()) place(i, await blockOf(band * across * down + index), column, row, 0);
      else {
        const data = await blockOf(index);
        for (const [i, band] of bands.entries()) place(i, data, column, row, band);
      }
    }
  return out;
}

/** What a band of an empty block holds: 0, but of the colours of YCbCr what is none of them. */
const emptyOf = ({ photometric, bits }: TiffPage, band: number): number =>
  photometric === PHOTOMETRIC.yCbCr && band > 0 ? 2 ** (bits - 1) : 0;

type ReadRow = (out: Values, at: number, row: number, column: number, count: number, sample: number) => void;

/** The block in this machine's order and without its predictor; it is changed where it lies. */
function prepared(data: ArrayBuffer | null, { bits }: TiffPage, layout: BlockLayout, each: number): ArrayBuffer | null {
  if (data === null) return null;
  const { little, predictor, tileWidth, native } = layout;
  const bytes = bits / 8;
  const whole = Buffer.from(data, 0, data.byteLength - (data.byteLength % Math.max(1, Math.ceil(bytes))));
  if (!little && !native && predictor !== FLOATING) {
    if (bits === 16) whole.swap16();
    else if (bits === 32) whole.swap32();
    else if (bits === 64) whole.swap64();
  }
  if (predictor === HORIZONTAL) undoDifferences(data, bits, tileWidth, each);
  else if (predictor === FLOATING) undoFloating(whole, bytes, tileWidth * each, each);
  return data;
}

const HORIZONTAL = 2;
const FLOATING = 3;

function undoDifferences(data: ArrayBuffer, bits: number, width: number, each: number): void {
  const Type = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array }[bits];
  if (!Type) throw new Error(`differences of ${bits} bits`);
  const values = new Type(data, 0, Math.floor(data.byteLength / (bits / 8))) as Uint32Array;
  const row = width * each;
  for (let from = 0; from + row <= values.length; from += row)
    for (let i = from + each; i < from + row; i++) values[i]! += values[i - each]!;
}

/** Rows are split into the bytes of their numbers, the highest first, as differences. */
function undoFloating(data: Buffer, bytes: number, count: number, each: number): void {
  const row = count * bytes;
  const planes = new Uint8Array(row);
  for (let from = 0; from + row <= data.length; from += row) {
    planes.set(data.subarray(from, from + row));
    for (let i = each; i < row; i++) planes[i]! += planes[i - each]!;
    for (let b = 0, s = 0; b < bytes; b++)
      for (let i = 0, o = from + bytes - 1 - b; i < count; i++, o += bytes) data[o] = planes[s++]!;
  }
}

function readerOf(data: ArrayBuffer, page: TiffPage, layout: BlockLayout, each: number, rowBytes: number): ReadRow {
  const { bits, format } = page;
  if (bits === 24) return threeBytes(new Uint8Array(data), layout.little, format === 'signed', each, rowBytes);
  if (![8, 16, 32, 64].includes(bits))
    return packedBits(new Uint8Array(data), bits, format === 'signed', each, rowBytes);
  const values = viewOf(data, bits, format);
  const perRow = layout.tileWidth * each;
  return (out, at, row, column, count, sample) => {
    const first = row * perRow + column * each + sample;
    for (let i = 0, s = first; i < count; i++, s += each) out[at + i] = Number(values[s]);
  };
}

function viewOf(data: ArrayBuffer, bits: number, format: TiffPage['format']): ArrayLike<number | bigint> {
  const length = Math.floor(data.byteLength / (bits / 8));
  if (format === 'float' && bits === 16) return Float32Array.from(new Uint16Array(data, 0, length), halfFloat);
  if (bits === 64 && format !== 'float')
    return format === 'signed' ? new BigInt64Array(data, 0, length) : new BigUint64Array(data, 0, length);
  const Type = typeFor({ bits, format }) as unknown as new (data: ArrayBuffer, from: number, length: number) => Values;
  return new Type(data, 0, length);
}

/** A number of 16 bits as IEEE 754 has it. */
export function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const threeAt = (data: Uint8Array, s: number, little: boolean, signed: boolean): number => {
  const [low, high] = little ? [data[s]!, data[s + 2]!] : [data[s + 2]!, data[s]!];
  const value = (high << 16) | (data[s + 1]! << 8) | low;
  return signed ? (value << 8) >> 8 : value;
};

function threeBytes(data: Uint8Array, told: boolean, signed: boolean, each: number, rowBytes: number): ReadRow {
  const little = isLowestFirst(data, told, signed, each);
  return (out, at, row, column, count, sample) => {
    for (let i = 0; i < count; i++)
      out[at + i] = threeAt(data, row * rowBytes + 3 * ((column + i) * each + sample), little, signed);
  };
}

/** Numbers of three bytes that are looked at for the order of these. */
const LOOKED_AT = 1 << 16;

/**
 * In which order the bytes of a block's numbers lie: as the file says, unless neighbours are far more alike the other way
 * round. GDAL (3.x, NBITS=24) writes them against the order of the file, and nothing in it says so.
 */
function isLowestFirst(data: Uint8Array, told: boolean, signed: boolean, each: number): boolean {
  const steps = [told, !told].map((little) => {
    let sum = 0;
    for (let s = 0; s + 3 * each + 2 < data.length && s < 3 * LOOKED_AT; s += 3)
      sum += Math.abs(threeAt(data, s + 3 * each, little, signed) - threeAt(data, s, little, signed));
    return sum;
  });
  return steps[1]! < steps[0]! / 4 ? !told : told;
}

/** Values one after another, the highest bit first whatever the file's order, each row beginning at a byte. */
function packedBits(data: Uint8Array, bits: number, signed: boolean, each: number, rowBytes: number): ReadRow {
  return (out, at, row, column, count, sample) => {
    for (let i = 0; i < count; i++) {
      let bit = 8 * row * rowBytes + ((column + i) * each + sample) * bits;
      let value = 0;
      for (let left = bits; left > 0;) {
        const inByte = 8 - (bit & 7);
        const take = Math.min(left, inByte);
        value = value * 2 ** take + ((data[bit >> 3]! >> (inByte - take)) & ((1 << take) - 1));
        bit += take;
        left -= take;
      }
      out[at + i] = signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
    }
  };
}

/** How a page's blocks lie, by what geotiff has read of it. */
export async function layoutOf(image: GeoTIFFImage, little: boolean, native: boolean): Promise<BlockLayout> {
  const { fileDirectory } = image;
  const predictor = fileDirectory.hasTag('Predictor') ? Number(await fileDirectory.loadValue('Predictor')) : 1;
  return {
    little,
    native,
    planar: image.planarConfiguration === 2,
    predictor: native ? 1 : predictor,
    tileWidth: image.getTileWidth(),
    tileHeight: image.getTileHeight(),
  };
}
