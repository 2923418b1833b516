/**
 * Compressions of TIFF that geotiff leaves out or unpacks without a bound: deflate and Zstandard by Node's own zlib,
 * which stops where a piece grows past its size; LZMA, JPEG 2000 and WebP. Imported when a file needs it, never before:
 * geotiff brings web-worker, which takes any thread that loads it without `workerData` for one of its own.
 */
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { constants, crc32, inflateSync, zstdDecompressSync } from 'node:zlib';
import { addDecoder, BaseDecoder, fromArrayBuffer, GeoTIFF, getDecoder } from 'geotiff';
import type { GeoTIFFImage } from 'geotiff';
import sharp from 'sharp';
import { decodeDeepJpeg } from './deepJpeg.ts';
import { sizeOf } from './jp2.ts';
import { decodeJpeg2000 } from './jpeg2000.ts';
import { headOfLerc } from './lerc.ts';
import type { LercHead } from './lerc.ts';
import { unpackLzw } from './lzw.ts';
import type { TiffPage } from './tiffPages.ts';
import { bytesOf } from '../../../shared/bytes.ts';

const JPEG = 7;
const LERC = 34887;
const LOSSY_2000 = 33004;
/** What a LERC piece may be packed by on top. */
const ADDED = { none: 0, deflate: 1, zstandard: 2 };

const exact = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

/** A decoder that knows how many bytes a piece holds when it is unpacked, and refuses a file that unpacks to more. */
abstract class Bounded extends BaseDecoder {
  protected get most(): number {
    const { tileWidth, tileHeight, bitsPerSample } = this.parameters;
    const bits = typeof bitsPerSample === 'number' ? [bitsPerSample] : Array.from(bitsPerSample);
    return Math.ceil(((tileWidth * bits.reduce((sum, each) => sum + each, 0)) / 8 + 1) * tileHeight) + 1024;
  }
}

class Deflate extends Bounded {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBuffer {
    const options = { maxOutputLength: this.most, finishFlush: constants.Z_SYNC_FLUSH };
    return exact(inflateSync(Buffer.from(buffer), options));
  }
}

class Zstandard extends Bounded {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBuffer {
    return exact(zstdDecompressSync(Buffer.from(buffer), { maxOutputLength: this.most }));
  }
}

class Lzw extends Bounded {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBuffer {
    return exact(unpackLzw(new Uint8Array(buffer), this.most));
  }
}

/**
 * libtiff puts a delta filter before LZMA2, which XZ Embedded (xz-decompress, MIT) leaves out: the filter is taken out of
 * the block's header, and its sums are made afterwards. Null where there is none.
 */
function takeDelta(xz: Buffer): number | null {
  const [header, flags, filter, length] = [12, 13, 14, 15];
  const size = ((xz[header] ?? 0) + 1) * 4;
  if (xz.length < header + size || xz[flags] !== 1 || xz[filter] !== 3 || xz[length] !== 1) return null;
  const distance = xz[16]! + 1;
  const end = header + size - 4;
  xz[flags] = 0;
  xz.copyWithin(filter, filter + 3, end);
  xz.fill(0, end - 3, end);
  xz.writeUInt32LE(crc32(xz.subarray(header, end)), end);
  return distance;
}

class Lzma extends Bounded {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBuffer> {
    const { XzReadableStream } = (await import('xz-decompress')).default;
    const xz = Buffer.from(Buffer.from(buffer)); // a copy, for it is changed
    const distance = takeDelta(xz);
    const packed = Readable.toWeb(Readable.from([xz])) as unknown as ReadableStream<Uint8Array>;
    const out = new Uint8Array(this.most);
    let filled = 0;
    const reader = new XzReadableStream(packed).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (filled + part.value.length > out.length) throw new Error('a piece is longer than it should be');
      out.set(part.value, filled);
      filled += part.value.length;
    }
    if (distance !== null) for (let i = distance; i < filled; i++) out[i] = out[i]! + out[i - distance]!;
    return exact(out.subarray(0, filled));
  }
}

class Jpeg2000 extends Bounded {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBuffer> {
    const { data } = await decodeJpeg2000(Buffer.from(buffer), this.most);
    return exact(data);
  }
}

/**
 * Aperio's 33003 keeps the components as YCbCr, and says so in its number alone; so does libvips in 33004, which of
 * Bio-Formats has red, green and blue. Those of fewer pixels than lightness tell the codec, which hands these over then.
 */
class Ycc2000 extends Jpeg2000 {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBuffer> {
    const unpacked = await super.decodeBlock(buffer);
    const { components } = sizeOf(Buffer.from(buffer));
    const { isRgb } = this.parameters as Parameters;
    if (isRgb || components.length !== 3 || components.some(({ across, down }) => across * down > 1)) return unpacked;
    const isWide = components[0]!.bits > 8;
    const data = isWide ? new Uint16Array(unpacked) : new Uint8ClampedArray(unpacked);
    const most = 2 ** components[0]!.bits - 1;
    const middle = (most + 1) / 2;
    const within = (value: number) => Math.max(0, Math.min(most, Math.round(value)));
    for (let i = 0; i + 2 < data.length; i += 3) {
      const [y, cb, cr] = [data[i]!, data[i + 1]! - middle, data[i + 2]! - middle];
      data[i] = within(y + 1.402 * cr);
      data[i + 1] = within(y - 0.344136 * cb - 0.714136 * cr);
      data[i + 2] = within(y + 1.772 * cb);
    }
    return unpacked;
  }
}

class WebP extends Bounded {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBuffer> {
    const { tileWidth, tileHeight, samplesPerPixel } = this.parameters;
    const pipeline = sharp(Buffer.from(buffer), { limitInputPixels: tileWidth * tileHeight + 1 });
    // a piece that is opaque may be packed without its transparency
    const whole = samplesPerPixel === 4 ? pipeline.ensureAlpha() : pipeline.removeAlpha();
    return exact(await whole.raw().toBuffer());
  }
}

/** JPEG of more than 8 bits; its tables may stand in the directory, once for all pieces. */
class DeepJpeg extends BaseDecoder {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBuffer {
    const { tileWidth, tileHeight, samplesPerPixel, planarConfiguration } = this.parameters;
    const tables = (this.parameters as Parameters).JPEGTables as ArrayLike<number> | undefined;
    const piece = Buffer.from(buffer);
    const whole = tables ? Buffer.concat([Buffer.from(tables).subarray(0, -2), piece.subarray(2)]) : piece;
    const each = planarConfiguration === PLANES ? 1 : (samplesPerPixel ?? 1);
    const { data, width, components } = decodeDeepJpeg(whole, tileWidth * tileHeight * each, false);
    if (width !== tileWidth || components !== each) throw new Error('a piece of another size');
    return exact(bytesOf(data));
  }
}
const PLANES = 2;

type Parameters = BaseDecoder['parameters'] & {
  JPEGTables?: unknown;
  LercParameters?: unknown;
  isRgb?: boolean;
  isFloat?: boolean;
};

// geotiff's LERC (3.0) misspells the reader of 32-bit integers without a sign, and so refuses every file that has them.
Object.defineProperty(DataView.prototype, 'getUInt32', { value: DataView.prototype.getUint32 });

/** LERC as geotiff has it, from bytes that were unpacked here and whose head is believed only to a bound. */
const Plain = (await getDecoder(LERC, {} as Parameters)).constructor as new (parameters: Parameters) => BaseDecoder;

class Lerc extends Bounded {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBuffer {
    const [version, packed] = Array.from((this.parameters as Parameters).LercParameters as ArrayLike<number>);
    const options = { maxOutputLength: this.most };
    const bytes = Buffer.from(buffer);
    const blob =
      packed === ADDED.deflate
        ? inflateSync(bytes, options)
        : packed === ADDED.zstandard
          ? zstdDecompressSync(bytes, options)
          : bytes;
    const head = headOfLerc(blob);
    const { count, end } = head;
    if (count > this.most) throw new Error('a piece is longer than it should be');
    const plain = new Plain({ ...this.parameters, LercParameters: [version, ADDED.none] });
    const input = exact(blob);
    const values = plain.decodeBlock(input) as ArrayBuffer;
    if (this.isFloat) leaveOut(values, head);
    // 8-bit values that are not packed are given as a part of the piece, and geotiff takes all of it for them
    return values === input ? values.slice(end - count, end) : values;
  }

  private get isFloat(): boolean {
    return (this.parameters as Parameters).isFloat === true;
  }
}

/** Floats that a piece leaves out are NaN, as libtiff and GDAL have them, in either order of bytes; they are handed over as 0. */
function leaveOut(values: ArrayBuffer, { count, measured }: LercHead): void {
  if (measured === null) return;
  const bytes = new Uint8Array(values);
  const each = (bytes.length / count) * (count / measured.length); // bands of a pixel lie together
  for (let i = 0; i < measured.length; i++) if (measured[i] === 0) bytes.fill(0xff, i * each, (i + 1) * each);
}

/** The decoder of an image's blocks, without the predictor, which tiffBlocks.ts undoes. */
export async function decoderOf(
  image: GeoTIFFImage,
  { compression, bits, format }: Pick<TiffPage, 'compression' | 'bits' | 'format'>,
): Promise<BaseDecoder> {
  const tag = async (name: 'JPEGTables' | 'LercParameters' | 'Software'): Promise<unknown> =>
    image.fileDirectory.hasTag(name) ? await image.fileDirectory.loadValue(name) : undefined;
  const parameters: Parameters = {
    tileWidth: image.getTileWidth(),
    tileHeight: image.getTileHeight(),
    predictor: 1,
    bitsPerSample: Array<number>(image.getSamplesPerPixel()).fill(bits), // of 1 bit nothing may be said
    planarConfiguration: image.planarConfiguration,
    samplesPerPixel: image.getSamplesPerPixel(),
    JPEGTables: await tag('JPEGTables'),
    LercParameters: (await tag('LercParameters')) ?? [LERC, ADDED.none],
    isFloat: format === 'float',
    isRgb: compression === LOSSY_2000 && String(await tag('Software')).includes('Bio-Formats'),
  };
  return compression === JPEG && bits > 8 ? new DeepJpeg(parameters) : await getDecoder(compression, parameters);
}

addDecoder(LERC, () => Promise.resolve(Lerc), undefined, false);
addDecoder(5, () => Promise.resolve(Lzw), undefined, false);
addDecoder([8, 32946], () => Promise.resolve(Deflate), undefined, false);
addDecoder(50000, () => Promise.resolve(Zstandard), undefined, false);
addDecoder(34925, () => Promise.resolve(Lzma), undefined, false);
addDecoder([33005, 34712], () => Promise.resolve(Jpeg2000), undefined, false);
addDecoder([33003, 33004], () => Promise.resolve(Ycc2000), undefined, false);
addDecoder(50001, () => Promise.resolve(WebP), undefined, false);

/**
 * A file of which only the pieces that are asked for are read. geotiff's own source makes room for whatever a damaged
 * directory announces, gigabytes at a time.
 */
async function fromFile(path: string): Promise<GeoTIFF> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  const fetchSlice = async ({ offset, length }: { offset: number; length: number }) => {
    if (offset > size || length > Math.max(size, LEAST_READ)) throw new RangeError('out of bounds');
    const data = new Uint8Array(length);
    await file.read(data, 0, length, offset);
    return { data: data.buffer, offset, length };
  };
  const source = {
    fetch: (slices: { offset: number; length: number }[]) =>
      Promise.all(slices.map(async (slice) => (await fetchSlice(slice)).data)),
    fetchSlice,
    fileSize: size,
    close: () => file.close(),
  };
  try {
    return await GeoTIFF.fromSource(source);
  } catch (error) {
    await file.close();
    throw error;
  }
}
/** Bytes that geotiff asks for when it only looks, wherever the file ends. */
const LEAST_READ = 4096;

export { fromArrayBuffer, fromFile };
