/**
 * Compressions of TIFF that geotiff leaves out or unpacks without a bound: deflate and Zstandard by Node's own zlib,
 * which stops where a piece grows past its size; LZMA, JPEG 2000 and WebP. Imported when a file needs it, never before:
 * geotiff brings web-worker, which takes any thread that loads it without `workerData` for one of its own.
 */
import { Readable } from 'node:stream';
import { constants, crc32, inflateSync, zstdDecompressSync } from 'node:zlib';
import { addDecoder, BaseDecoder, fromArrayBuffer, fromFile } from 'geotiff';
import sharp from 'sharp';
import { decodeJpeg2000 } from './jpeg2000.ts';

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

/** Aperio's 33003 keeps the components as YCbCr, and says so in its number alone. */
class AperioYcc extends Jpeg2000 {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBuffer> {
    const data = new Uint8ClampedArray(await super.decodeBlock(buffer));
    for (let i = 0; i + 2 < data.length; i += 3) {
      const [y, cb, cr] = [data[i]!, data[i + 1]! - 128, data[i + 2]! - 128];
      data[i] = y + 1.402 * cr;
      data[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
      data[i + 2] = y + 1.772 * cb;
    }
    return data.buffer;
  }
}

class WebP extends Bounded {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBuffer> {
    const { tileWidth, tileHeight } = this.parameters;
    const pipeline = sharp(Buffer.from(buffer), { limitInputPixels: tileWidth * tileHeight + 1 });
    return exact(await pipeline.raw().toBuffer());
  }
}

addDecoder([8, 32946], () => Promise.resolve(Deflate), undefined, false);
addDecoder(50000, () => Promise.resolve(Zstandard), undefined, false);
addDecoder(34925, () => Promise.resolve(Lzma), undefined, false);
addDecoder([33005, 34712], () => Promise.resolve(Jpeg2000), undefined, false);
addDecoder(33003, () => Promise.resolve(AperioYcc), undefined, false);
addDecoder(50001, () => Promise.resolve(WebP), undefined, false);

export { fromArrayBuffer, fromFile };
