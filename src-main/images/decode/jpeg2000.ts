/**
 * JPEG 2000 by OpenJPEG compiled to WebAssembly (@cornerstonejs/codec-openjpeg, MIT over BSD): files (.jp2), bare
 * codestreams (.j2k), and the pieces of TIFF and DICOM. Leaves what the components mean to its callers.
 */
import { createRequire } from 'node:module';

interface FrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned: boolean;
}

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

interface Module {
  J2KDecoder: new () => Decoder;
}

let module: Promise<Module> | undefined;

/**
 * The codec, compiled at the first file: it takes some milliseconds and 20 MB. Its chatter about every header is
 * silenced.
 */
function openJpeg(): Promise<Module> {
  const require = createRequire(import.meta.url);
  const create = require('@cornerstonejs/codec-openjpeg/decodewasmjs') as (options: {
    print(): void;
    printErr(): void;
  }) => Promise<Module>;
  module ??= create({ print: () => undefined, printErr: () => undefined });
  return module;
}

export interface Jpeg2000Image extends FrameInfo {
  /** Components interleaved, 8 or 16 bits each in this machine's order. */
  data: Uint8Array;
}

/**
 * Decodes a file or codestream.
 * @param most components times pixels that it may unpack to
 * @param check called with the size in the header before anything is unpacked
 * @throws Error where the stream is damaged or larger
 */
export async function decodeJpeg2000(
  bytes: Uint8Array,
  most: number,
  check: (info: Size) => void | Promise<void> = () => undefined,
): Promise<Jpeg2000Image> {
  const decoder = new (await openJpeg()).J2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    const header = sizeOf(bytes);
    await check(header);
    if (header.width * header.height * header.componentCount > most)
      throw new Error('a piece is longer than it should be');
    decoder.decode();
    const info = decoder.getFrameInfo();
    // A stream that it gives up leaves it without a size, or with the one of the file before.
    if (info.width !== header.width || info.height !== header.height || info.componentCount !== header.componentCount)
      throw new Error('the stream could not be unpacked');
    return { ...info, data: Uint8Array.from(decoder.getDecodedBuffer()) };
  } finally {
    decoder.delete();
  }
}

type Size = Pick<FrameInfo, 'width' | 'height' | 'componentCount'>;

/** What the codestream says of its size (marker SIZ), before anything is unpacked. */
function sizeOf(bytes: Uint8Array): Size {
  const stream = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = stream.indexOf('ff4fff51', 0, 'hex');
  if (at < 0 || at + 42 > stream.length) throw new RangeError('no codestream');
  return {
    width: stream.readUInt32BE(at + 8) - stream.readUInt32BE(at + 16),
    height: stream.readUInt32BE(at + 12) - stream.readUInt32BE(at + 20),
    componentCount: stream.readUInt16BE(at + 40),
  };
}
