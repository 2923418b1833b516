/**
 * Compressed rasters, so that decoders meet what no small tool writes: pieces of TIFF by LERC, WebP and JPEG 2000, frames
 * of DICOM by run lengths, JPEG, JPEG-LS and JPEG 2000. The encoders are those of the packages whose decoders are used,
 * but for LERC and run lengths, which are written here byte by byte.
 */
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { SIDE } from './rasters.ts';

interface Encoder {
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
  setNearLossless?(error: number): void;
  setInterleaveMode?(mode: number): void;
  setQuality?(lossless: boolean, rate: number): void;
}
interface FrameInfo {
  /** Of JPEG-LS: 0 where one component follows another, 2 where they lie together. */
  interleave?: number;
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned: boolean;
}
type Codec = Record<string, new () => Encoder>;

const require = createRequire(import.meta.url);
/** Made anew each time: a codec writes into what it is given. */
const silent = () => ({ print: () => undefined, printErr: () => undefined });

async function encoded(module: string, name: string, pixels: Buffer, info: Partial<FrameInfo>): Promise<Buffer> {
  const codec = await (require(module) as (options: object) => Promise<Codec>)(silent());
  const encoder = new codec[name]!();
  try {
    const frame = { width: SIDE, height: SIDE, bitsPerSample: 16, componentCount: 1, isSigned: false, ...info };
    encoder.getDecodedBuffer(frame).set(pixels);
    encoder.setNearLossless?.(0);
    if (info.interleave !== undefined) encoder.setInterleaveMode?.(info.interleave);
    encoder.setQuality?.(true, 0);
    encoder.encode();
    return Buffer.from(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}

/** Lossless, of SIDE x SIDE pixels. */
export const jpegLs = (pixels: Buffer, info: Partial<FrameInfo> = {}): Promise<Buffer> =>
  encoded('@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder', pixels, info);
export const jpeg2000 = (pixels: Buffer, info: Partial<FrameInfo> = {}): Promise<Buffer> =>
  encoded('@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', pixels, info);

/** Data types of LERC by their numbers there. */
const LERC_TYPES = { u8: [1, 1], u16: [3, 2], u32: [5, 4], f32: [6, 4] } as const;

/** LERC 2, second version, one sweep of plain values: of all pixels, or of those that were measured. */
export function lerc(
  pixels: Buffer,
  type: keyof typeof LERC_TYPES,
  values: readonly number[],
  isMeasured: (place: number) => boolean = () => true,
): Buffer {
  const [kind, size] = LERC_TYPES[type];
  const places = Array.from({ length: SIDE * SIDE }, (_, place) => place);
  const kept = places.filter(isMeasured);
  const swept = Buffer.concat(kept.map((place) => pixels.subarray(size * place, size * (place + 1))));
  const mask = kept.length === places.length ? Buffer.alloc(0) : maskOf(places.map(isMeasured));
  const head = Buffer.alloc(58);
  head.write('Lerc2 ', 0, 'latin1');
  head.writeInt32LE(2, 6); // version
  [SIDE, SIDE, kept.length, 8, head.length + 5 + mask.length + swept.length, kind].forEach((value, i) =>
    head.writeInt32LE(value, 10 + 4 * i),
  );
  head.writeDoubleLE(0, 34); // largest error
  head.writeDoubleLE(Math.min(...values), 42);
  head.writeDoubleLE(Math.max(...values), 50);
  const maskBytes = Buffer.alloc(4);
  maskBytes.writeInt32LE(mask.length);
  return Buffer.concat([head, maskBytes, mask, Buffer.of(1), swept]);
}

/** A bit for each pixel, the highest of a byte first, in runs of bytes: eight as they are, then what is alike by its count. */
function maskOf(measured: readonly boolean[]): Buffer {
  const bits = Buffer.alloc(Math.ceil(measured.length / 8));
  measured.forEach((is, i) => (bits[i >> 3]! |= is ? 128 >> (i & 7) : 0));
  const run = (count: number, bytes: Buffer) => {
    const length = Buffer.alloc(2);
    length.writeInt16LE(count);
    return Buffer.concat([length, bytes]);
  };
  const parts: Buffer[] = [run(8, bits.subarray(0, 8))];
  for (let at = 8; at < bits.length;) {
    let count = 1;
    while (bits[at + count] === bits[at]) count++;
    parts.push(run(-count, bits.subarray(at, at + 1)));
    at += count;
  }
  return Buffer.concat([...parts, run(-32768, Buffer.alloc(0))]);
}

/** A frame of DICOM by run lengths: a segment for each byte of a value, the highest first. */
export function runLengths(pixels: Buffer, bytes: 1 | 2): Buffer {
  const segments = Array.from({ length: bytes }, (_, s) => {
    const plane = Buffer.from(pixels.filter((_, i) => i % bytes === bytes - 1 - s));
    const parts: Buffer[] = [];
    for (let at = 0; at < plane.length;) {
      let run = 1;
      while (run < 128 && plane[at + run] === plane[at]) run++;
      if (run > 2) parts.push(Buffer.of(257 - run, plane[at]!));
      else parts.push(Buffer.of(run - 1), plane.subarray(at, at + run));
      at += run;
    }
    const whole = Buffer.concat(parts);
    return whole.length % 2 ? Buffer.concat([whole, Buffer.of(0)]) : whole;
  });
  const head = Buffer.alloc(64);
  head.writeUInt32LE(bytes, 0);
  let at = 64;
  segments.forEach((segment, i) => {
    head.writeUInt32LE(at, 4 + 4 * i);
    at += segment.length;
  });
  return Buffer.concat([head, ...segments]);
}

/** Bands of 8 bits as the components of one JPEG, each in a scan of its own. */
export async function jpegOfBands(bands: readonly Uint8Array[], width: number, height: number): Promise<Buffer> {
  const options = { quality: 98, optimiseCoding: false };
  const packed = await Promise.all(
    bands.map((band) =>
      sharp(band, { raw: { width, height, channels: 1 } })
        .toColourspace('b-w')
        .jpeg(options)
        .toBuffer(),
    ),
  );
  const parts: Buffer[] = [Buffer.of(0xff, 0xd8)];
  packed.forEach((jpeg, band) => {
    for (let at = 2; jpeg[at] === 0xff && jpeg[at + 1] !== 0xd9;) {
      const marker = jpeg[at + 1]!;
      const segment = Buffer.from(jpeg.subarray(at, at + 2 + jpeg.readUInt16BE(at + 2)));
      at += segment.length;
      if (marker === 0xda) {
        segment[5] = band + 1; // whose scan it is
        parts.push(segment, jpeg.subarray(at, -2));
        break;
      }
      if (band > 0 || marker === 0xe0) continue; // the tables and the frame of one do for all
      if (marker === 0xc0) {
        const components = bands.flatMap((_, c) => [c + 1, 0x11, 0]);
        segment.writeUInt16BE(8 + components.length, 2);
        segment[9] = bands.length;
        parts.push(segment.subarray(0, 10), Buffer.from(components));
      } else parts.push(segment);
    }
  });
  return Buffer.concat([...parts, Buffer.of(0xff, 0xd9)]);
}
