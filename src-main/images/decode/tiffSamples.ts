/**
 * The values of a TIFF's bands by geotiff (MIT), with the compressions of tiffCodecs.ts; what its blocks hold is read by
 * tiffBlocks.ts. Leaves which page and bands are wanted to tiffDecode.ts.
 */
import { statSync } from 'node:fs';
import type { GeoTIFF, GeoTIFFImage } from 'geotiff';
import { formatBytes, ImageError } from '../errors.ts';
import { FileBytes } from './fileBytes.ts';
import { UnreadForm } from './jpeg2000.ts';
import { unreadForm } from './jpegHeader.ts';
import { COMPRESSIONS, READ_COMPRESSIONS } from './tiffCompressions.ts';
import { bytesOfBlock, layoutOf, readBlocks } from './tiffBlocks.ts';
import type { KeptBlock } from './tiffBlocks.ts';
import { isSubsampled } from './tiffColours.ts';
import { PHOTOMETRIC } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import type { DecodeLimits } from './types.ts';
import type { Rect } from '../../../shared/parts.ts';
import { assertPixels } from './vips.ts';
import { announcesMore } from './whole.ts';
import type { Values } from './samples.ts';

/**
 * Most bytes of a piece that has to be unpacked whole, with all its bands; the bands that were asked for take memory
 * besides.
 */
const MOST_PIECE_BYTES = 1.5e9;

const NONE = 1;
/** Tags of where pieces lie, and how long each is. */
const STRIPS = [273, 279] as const;
const TILES = [324, 325] as const;
/** Rows that are read at a time of what is not packed. */
const ROWS = 64;
const NEW_JPEG = 7;
const JPEG = new Set([6, NEW_JPEG]);
/** Bytes of a piece in which a JPEG tells its form. */
const HEAD = 1 << 16;
/**
 * What unpacks to values rather than to the bytes that were packed. LERC is none of them: libtiff packs values as they
 * lie in the file's order.
 */
const HANDS_OVER_VALUES = new Set([7, 33003, 33004, 33005, 34712, 50001]);

/** Integers of up to 64 bits, floats of 16, 32 and 64; no complex numbers, and no bands of different sizes. */
const isRead = ({ format, bits }: TiffPage): boolean => {
  if (format === 'float') return [16, 32, 64].includes(bits);
  return (format === 'unsigned' || format === 'signed') && (bits <= 32 || bits === 64);
};

export class TiffValues {
  readonly #file: string;
  readonly #source: Buffer | string;
  readonly #limits: DecodeLimits;
  #tiff: Promise<GeoTIFF> | undefined;

  /** `source`: the file's bytes, or a path to it, of which then only what is asked for is read. */
  constructor(file: string, source: Buffer | string, limits: DecodeLimits) {
    this.#file = file;
    this.#source = source;
    this.#limits = limits;
  }

  /**
   * The page, of which all is there (libvips takes tiles beyond the file's end for empty) in a form that is read. Throws
   * ImageError.
   */
  whole(page: TiffPage): TiffPage {
    if (page.isCut) throw announcesMore(this.#file, lengthOf(this.#source));
    if (page.compression === NEW_JPEG) this.#assertJpeg(page);
    return page;
  }

  /**
   * The page, of which a window can be had without unpacking more than fits in memory: libvips makes room for a whole
   * strip, and slides of Hamamatsu's scanners (NDPI) are one. Throws ImageError.
   */
  parted(page: TiffPage): TiffPage {
    const { tiled, compression, pieceBytes, samples } = page;
    if (tiled || compression === NONE || pieceBytes <= MOST_PIECE_BYTES) return page;
    const values = { bands: samples, needed: formatBytes(pieceBytes), most: formatBytes(MOST_PIECE_BYTES) };
    throw new ImageError(this.#file, 'too-large.bands', values);
  }

  /** Names a JPEG that no decoder here reads. */
  #assertJpeg({ first }: TiffPage): void {
    const form = unreadForm(this.#bytesAt(first));
    if (form === null) return;
    const name = form.replace(/, (.*)/, ' ($1)');
    throw new ImageError(this.#file, 'unsupported.tiff-compression', { name });
  }

  /** Enough from a place in the file for what a JPEG says before its pixels. */
  #bytesAt(from: number): Buffer {
    if (typeof this.#source !== 'string') return this.#source.subarray(from, from + HEAD);
    const file = new FileBytes(this.#source);
    try {
      return file.subarray(from, from + HEAD);
    } finally {
      file.close();
    }
  }

  /**
   * The bands of a page or of a window of it, [height, width] each. `kept`: where its last tile or strip may stay for the
   * next window. Throws ImageError.
   */
  async read(page: TiffPage, bands: readonly number[], window?: Rect, kept?: KeptBlock): Promise<Values[]> {
    const { compression, bits } = page;
    const { width, height } = window ?? page;
    assertPixels(this.#file, width, height, this.#limits);
    if (!READ_COMPRESSIONS.has(compression) || isSubsampled(page)) {
      const known = COMPRESSIONS[compression] ?? `compression ${compression}`;
      const name = isSubsampled(page) ? `${known} (YCbCr)` : known;
      throw new ImageError(this.#file, 'unsupported.tiff-compression', { name });
    }
    if (compression === NEW_JPEG) this.#assertJpeg(page);
    if (page.depth > 1) throw new ImageError(this.#file, 'unsupported.tiff-volume', { depth: page.depth });
    if (page.format === 'complex') throw new ImageError(this.#file, 'unsupported.tiff-complex');
    if (page.format === 'mixed') throw new ImageError(this.#file, 'unsupported.tiff-mixed');
    if (!isRead(page)) throw new ImageError(this.#file, 'unsupported.tiff-samples', { bits });
    // of a window of rows several strips are unpacked at once
    const strips = window ? Math.ceil((window.height * page.width * page.samples * bits) / 8) : 0;
    const rowBytes = Math.ceil((page.width * (page.planar ? 1 : page.samples) * bits) / 8);
    const isWhole = page.pieceBytes >= page.height * Math.ceil((page.width * page.samples * bits) / 8);
    // what is not packed can be had a few rows at a time, though it is written as one strip
    const isLoose = compression === NONE && !page.tiled && isWhole && page.height > ROWS;
    const needed =
      Math.max(isLoose ? ROWS * rowBytes : page.pieceBytes, strips) + (width * height * bands.length * bits) / 8;
    if (needed > MOST_PIECE_BYTES) {
      const values = { bands: page.samples, needed: formatBytes(needed), most: formatBytes(MOST_PIECE_BYTES) };
      throw new ImageError(this.#file, 'too-large.bands', values);
    }
    await this.#limits.beforeDecode?.(width * height * bands.length);
    let full: Values[];
    try {
      const { decoderOf, fromArrayBuffer, fromFile } = await import('./tiffCodecs.ts');
      const source = this.#source;
      this.#tiff ??= typeof source === 'string' ? fromFile(source) : fromArrayBuffer(arrayBufferOf(source));
      const image = await imageOf(await this.#tiff, page);
      const layout = await layoutOf(image, image.littleEndian, HANDS_OVER_VALUES.has(compression));
      const decoder = await decoderOf(image, page);
      const [offsets, byteCounts] = page.tiled ? TILES : STRIPS;
      const length = lengthOf(source);
      const down = Math.ceil(page.height / ROWS); // groups of rows of each strip where those are read by themselves
      if (isLoose) layout.tileHeight = ROWS;
      const unpack = async (index: number): Promise<ArrayBuffer | null> => {
        const piece = isLoose ? Math.floor(index / down) : index;
        const [first, told] = [await numberAt(image, offsets, piece), await numberAt(image, byteCounts, piece)];
        if (first === 0 || (told === 0 && compression !== NONE)) return null; // sparse: nothing was written there
        const offset = first + page.shift + (isLoose ? (index % down) * ROWS * rowBytes : 0);
        let bytes = told;
        if (compression === NONE) {
          // what is not packed is as long as its rows, which many programs tell otherwise or not at all
          const needs = bytesOfBlock(page, layout, index);
          bytes = isWhole || told === 0 ? needs : Math.min(told, needs);
        }
        if (offset + bytes > length) throw new Error('out of bounds');
        const [packed] = await image.source.fetch([{ offset, length: bytes }]);
        const turns = page.lowestBitFirst && !JPEG.has(compression); // whose bytes have an order of their own
        const unpacked = await decoder.decode(turns ? turnedBits(packed!) : packed!);
        return (compression === NONE ? unpacked.slice(0) : unpacked) as ArrayBuffer;
      };
      const all = { x: 0, y: 0, width: page.width, height: page.height };
      const read = await readBlocks(page, layout, bands, window ?? all, unpack, kept);
      full = read.map((values) => inFull(values, page));
    } catch (error) {
      throw this.#worded(error, page);
    }
    if (page.mask) leaveOut(full, (await this.read(page.mask, [0], window))[0]!, page.nodata ?? NaN);
    return full;
  }

  /** Lets go of the file, where it is read by its path. */
  async close(): Promise<void> {
    const open = this.#tiff;
    this.#tiff = undefined;
    const tiff = await open?.catch(() => null);
    if (typeof this.#source === 'string') await tiff?.close();
  }

  #worded(error: unknown, { compression }: TiffPage): ImageError {
    if (error instanceof UnreadForm) {
      const name = `${COMPRESSIONS[compression]} (${error.form})`;
      return new ImageError(this.#file, 'unsupported.tiff-compression', { name });
    }
    const text = String((error as Error)?.message ?? error);
    if (
      /outside the bounds|out of bounds|out of range|start offset|invalid typed array length|unexpected end/i.test(text)
    )
      return announcesMore(this.#file, lengthOf(this.#source));
    return new ImageError(this.#file, 'corrupt');
  }
}

/** A page, or a directory that a page points to, which geotiff does not number. */
async function imageOf(tiff: GeoTIFF, { index, sub, at }: TiffPage): Promise<GeoTIFFImage> {
  if (sub === null) return await tiff.getImage(index);
  const { GeoTIFFImage } = await import('geotiff');
  return new GeoTIFFImage(await tiff.parser.parseFileDirectoryAt(at), tiff.littleEndian, false, tiff.source);
}

/** A number of a list in a directory; 0 where it has none. */
async function numberAt({ fileDirectory }: GeoTIFFImage, tag: number, index: number): Promise<number> {
  const list = fileDirectory.deferredArrays.get(tag);
  if (!list || list.littleEndian || index >= list.length)
    return Number((await fileDirectory.loadValueIndexed(tag, index)) ?? 0);
  // geotiff (3.0) reads a list that lies apart as if its lowest bytes came first, whatever the file says
  const { arrayOffset, itemSize, source } = list;
  const [bytes] = await source.fetch([{ offset: arrayOffset + index * itemSize, length: itemSize }]);
  if (bytes!.byteLength < itemSize) throw new Error('out of bounds');
  return [...Buffer.from(bytes!)].reduce((value, byte) => value * 256 + byte, 0);
}

const lengthOf = (source: Buffer | string) => (typeof source === 'string' ? statSync(source).size : source.length);

/** Each byte with its bits the other way round. */
const TURNED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let turned = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) turned |= 128 >> bit;
  return turned;
});
const turnedBits = (bytes: ArrayBufferLike): ArrayBuffer =>
  Uint8Array.from(new Uint8Array(bytes), (byte) => TURNED[byte]!).buffer;

/** What a mask leaves out was not measured. */
function leaveOut(bands: Values[], mask: Values, nodata: number): void {
  for (const band of bands) for (let i = 0; i < band.length; i++) if (mask[i] === 0) band[i] = nodata;
}

/** Values of fewer than 8 bits as levels of 8, as they are in other formats; the numbers of a palette stay. */
function inFull(values: Values, { bits, format, photometric }: TiffPage): Values {
  if (bits >= 8 || format !== 'unsigned' || photometric === PHOTOMETRIC.palette) return values;
  const most = 2 ** bits - 1;
  return values.map((value) => Math.round((value * 255) / most));
}

const arrayBufferOf = (bytes: Buffer): ArrayBuffer =>
  (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    ? bytes.buffer
    : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) as ArrayBuffer;
