/**
 * JPEG that libvips does not read: of 12 bits, and lossless of more than 8. By the library of the Independent JPEG Group
 * as DICOM's toolkits have it, compiled to WebAssembly in dcmjs-codecs (MIT), of which nothing but this module is used.
 * It is right to the value with DCMTK. Leaves what values mean to DICOM and TIFF; a .jpg is a photo, here.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { WebAssembly } from '../../files/webAssembly.ts';
import { ImageError } from '../errors.ts';
import { defaultRule } from '../rule.ts';
import { deepFrame, scanOf } from './jpegHeader.ts';
import { pictureOf, showing } from './picture.ts';
import type { Route } from './route.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';
import { announcesMore, damaged } from './whole.ts';
import { bufferOf } from '../../files/buffer.ts';

export interface DeepJpeg {
  width: number;
  height: number;
  components: number;
  /** Bits of a value, 2 to 16. */
  bits: number;
  data: Uint8Array | Uint16Array; // [height, width, components]
}

/** What the module exports of its decoder. */
interface Codec {
  memory: { buffer: ArrayBuffer };
  _initialize(): void;
  CreateCodecsContext(): number;
  ReleaseCodecsContext(context: number): void;
  SetColumns(context: number, value: number): void;
  SetRows(context: number, value: number): void;
  SetBitsAllocated(context: number, value: number): void;
  SetBitsStored(context: number, value: number): void;
  SetSamplesPerPixel(context: number, value: number): void;
  SetPixelRepresentation(context: number, value: number): void;
  SetPlanarConfiguration(context: number, value: number): void;
  SetPhotometricInterpretation(context: number, value: number): void;
  SetEncodedBufferSize(context: number, bytes: number): void;
  GetEncodedBuffer(context: number): number;
  GetDecodedBuffer(context: number): number;
  GetDecodedBufferSize(context: number): number;
  CreateDecoderParameters(): number;
  ReleaseDecoderParameters(parameters: number): void;
  SetConvertColorspaceToRgb(parameters: number, value: number): void;
  DecodeJpeg(context: number, parameters: number): void;
}

let compiled: object | undefined;
/** Kept for the next picture, unless one failed in it: what that had taken is never given back. */
let kept: Codec | null = null;
/** What the library said of the picture that is being read. */
let warnings: string[] = [];
/** Memory of a codec that has read nothing large, in bytes; one that has grown is let go. */
const USUAL_MEMORY = 256 * 2 ** 20;

function openCodec(): Codec {
  const folder = dirname(createRequire(import.meta.url).resolve('dcmjs-codecs'));
  compiled ??= new WebAssembly.Module(readFileSync(join(folder, 'dcmjs-native-codecs.wasm')));
  const text = (at: number, length: number) => Buffer.from(codec.memory.buffer, at, length).toString('latin1');
  const none = () => 0;
  const { exports } = new WebAssembly.Instance(compiled, {
    wasi_snapshot_preview1: {
      proc_exit: (code: number) => {
        throw new Error(`the codec ended with ${code}`);
      },
      environ_get: none,
      environ_sizes_get: (count: number, size: number) => {
        const view = new DataView(codec.memory.buffer);
        view.setUint32(count, 0, true);
        view.setUint32(size, 0, true);
        return 0;
      },
      clock_time_get: none,
      fd_write: none,
      fd_seek: none,
      fd_close: none,
    },
    env: {
      emscripten_notify_memory_growth: none,
      onCodecsInfo: (at: number, length: number) => {
        const said = text(at, length);
        if (CORRUPT.test(said)) warnings.push(said);
      },
      onCodecsTrace: none,
      onCodecsException: (at: number, length: number) => {
        throw new Error(text(at, length));
      },
    },
  });
  const codec = exports as Codec;
  codec._initialize();
  return codec;
}

const CORRUPT = /Corrupt JPEG data|Premature end/i;

/**
 * Unpacks a JPEG of one to four components. `toRgb`: three of them become red, green and blue, if the file does not say
 * that they are; else they stay as they are stored, but for those of fewer pixels, which are spread.
 * @param most values that it may unpack to
 * @throws RangeError where its end is missing, Error where it makes no sense or is larger
 */
export function decodeDeepJpeg(jpeg: Uint8Array, most: number, toRgb: boolean): DeepJpeg {
  const frame = deepFrame(jpeg);
  if (!frame) throw new Error('no frame is described');
  const { width, height, components, bits } = frame;
  if (width * height * components > most) throw new Error('a picture is larger than it should be');
  const [codec, Values] = [kept ?? openCodec(), bits > 8 ? Uint16Array : Uint8Array];
  kept = null;
  warnings = [];
  const context = codec.CreateCodecsContext();
  const parameters = codec.CreateDecoderParameters();
  codec.SetColumns(context, width);
  codec.SetRows(context, height);
  codec.SetBitsAllocated(context, 8 * Values.BYTES_PER_ELEMENT);
  codec.SetBitsStored(context, bits);
  codec.SetSamplesPerPixel(context, components);
  codec.SetPixelRepresentation(context, 0);
  codec.SetPlanarConfiguration(context, 0);
  codec.SetPhotometricInterpretation(context, 0);
  codec.SetConvertColorspaceToRgb(parameters, toRgb ? 1 : 0);
  codec.SetEncodedBufferSize(context, jpeg.length);
  new Uint8Array(codec.memory.buffer).set(jpeg, codec.GetEncodedBuffer(context));
  codec.DecodeJpeg(context, parameters);
  const length = width * height * components;
  if (codec.GetDecodedBufferSize(context) !== length * Values.BYTES_PER_ELEMENT) throw new Error('another size');
  const at = codec.GetDecodedBuffer(context);
  const data = new Values(codec.memory.buffer.slice(at, at + length * Values.BYTES_PER_ELEMENT));
  codec.ReleaseDecoderParameters(parameters);
  codec.ReleaseCodecsContext(context);
  if (codec.memory.buffer.byteLength <= USUAL_MEMORY) kept = codec;
  // only the mark of the end may be missing: of what else is, the library makes grey
  if (warnings.length > 0 && !isEnded(jpeg)) throw new RangeError('cut short');
  return { ...frame, data };
}

const isEnded = (jpeg: Uint8Array): boolean => bufferOf(jpeg).includes('ffd9', Math.max(0, scanOf(jpeg)), 'hex');

/** A .jpg of more than 8 bits, turned and with its profile. Throws ImageError. */
export async function findDeepJpeg(file: string, jpeg: Buffer, limits: DecodeLimits): Promise<Route> {
  const frame = deepFrame(jpeg);
  if (!frame) throw damaged(file, jpeg);
  const { width, height, components, bits } = frame;
  if (components !== 1 && components !== 3)
    throw new ImageError(file, 'unsupported.kind', { kind: `JPEG, ${bits} bits, ${components} colours` });
  assertPixels(file, width, height, limits);
  await limits.beforeDecode?.(width * height);
  let image: DeepJpeg;
  try {
    image = decodeDeepJpeg(jpeg, width * height * components, components === 3);
  } catch (error) {
    throw error instanceof RangeError ? announcesMore(file, jpeg.length) : damaged(file, jpeg);
  }
  const bands = Array.from({ length: components }, (_, band) => {
    const values = new Uint16Array(width * height);
    for (let i = 0, at = band; i < values.length; i++, at += components) values[i] = image.data[at]!;
    return values;
  });
  const samples = { width, height, bands, channels: false, inverted: false, nodata: null, white: 2 ** bits - 1 };
  // a .jpg is a photo, of which a folder's rule changes nothing: what is far from filling its bits is shown by its own range
  const pixels = pictureOf(samples, showing(samples, defaultRule, true));
  const said = await sharp(jpeg, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  return { by: 'pixels', pixels, orientation: said?.orientation ?? 1, profile: said?.icc ?? null };
}
