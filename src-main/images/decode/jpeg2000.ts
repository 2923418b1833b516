/**
 * JPEG 2000 by OpenJPEG compiled to WebAssembly (@cornerstonejs/codec-openjpeg, MIT over BSD): files (.jp2), bare
 * codestreams (.j2k), and the pieces of TIFF and DICOM. Leaves what the components mean to its callers.
 */
import { createRequire } from 'node:module';
import { CMYK, jp2Of, onOwnGrid, readJp2, SIGNS, sizeOf } from './jp2.ts';
import type { CodeSize } from './jp2.ts';

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

export interface Jpeg2000Image {
  width: number;
  height: number;
  bitsPerSample: number;
  isSigned: boolean;
  componentCount: number;
  /** Components interleaved, 8 or 16 bits each in this machine's order. */
  data: Uint8Array;
}

/** A file or codestream of a form that is whole and not read; `form` says which. */
export class UnreadForm extends Error {
  readonly form: string;
  constructor(form: string) {
    super(form);
    this.form = form;
  }
}

/**
 * Decodes a file or codestream.
 * @param most components times pixels that it may unpack to
 * @param check called with the size in the header before anything is unpacked
 * @param chosen components, from 0; all of them where it is left out
 * @throws Error where the stream is damaged or larger, UnreadForm where it is neither
 */
export async function decodeJpeg2000(
  bytes: Uint8Array,
  most: number,
  check: (size: CodeSize) => void | Promise<void> = () => undefined,
  chosen?: readonly number[],
): Promise<Jpeg2000Image> {
  bytes = onOwnGrid(bytes);
  const size = sizeOf(bytes);
  await check(size);
  const { components } = size;
  if (size.width * size.height * components.length > most) throw new Error('a piece is longer than it should be');
  const head = readJp2(bytes);
  const isWhole = head.palette !== null || head.colours === CMYK;
  const own = isWhole ? null : (chosen ?? components.map((_, i) => i));
  const first = components[own?.[0] ?? 0]!;
  if (components.some(({ bits }) => bits > 16)) throw new UnreadForm(`${first.bits} bits`);
  if (own?.some((i) => components[i]!.bits !== first.bits || components[i]!.signed !== first.signed))
    throw new UnreadForm('components of different kinds');
  const plain = components.every(({ across, down }) => across === 1 && down === 1);
  const isUsual = (components.length === 1 || components.length === 3) && !first.signed;
  if (!plain && !isSpread(components)) throw new UnreadForm('components of different sizes');
  if (own === null || (isUsual && own.length === components.length) || !plain)
    return await decodeOnce(bytes, size, head.palette ?? (head.colours === CMYK ? 3 : components.length));
  return await byComponents(bytes.subarray(size.at), size, own);
}

/** Lightness whole, and both colours at half of its width or of both sides: what the codec spreads. */
const isSpread = ([first, second, third, ...more]: CodeSize['components']): boolean =>
  third !== undefined &&
  more.length === 0 &&
  first!.across * first!.down === 1 &&
  second!.across === 2 &&
  second!.down <= 2 &&
  second!.across === third.across &&
  second!.down === third.down;

async function decodeOnce(bytes: Uint8Array, size: CodeSize, count: number): Promise<Jpeg2000Image> {
  const decoder = new (await openJpeg()).J2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const info = decoder.getFrameInfo();
    // A stream that it gives up leaves it without a size, or with the one of the file before.
    if (info.width !== size.width || info.height !== size.height || info.componentCount !== count)
      throw new Error('the stream could not be unpacked');
    return { ...info, data: Uint8Array.from(decoder.getDecodedBuffer()) };
  } finally {
    decoder.delete();
  }
}

/**
 * The chosen components, three or one at a time: the codec gives up where there are two or more than three. A file made
 * around the codestream names those that it is to unpack, by a table of channels. Signs are taken away and put back, for
 * it cuts off what is below 0.
 */
async function byComponents(codestream: Uint8Array, size: CodeSize, chosen: readonly number[]): Promise<Jpeg2000Image> {
  const { width, height, components } = size;
  const { bits, signed } = components[chosen[0]!]!;
  const stream = Buffer.from(codestream);
  for (const i of components.keys()) stream[SIGNS + 3 * i]! &= 0x7f;
  const Type = bits > 8 ? Uint16Array : Uint8Array;
  const all = new Type(width * height * chosen.length);
  for (let from = 0; from < chosen.length;) {
    const some = chosen.slice(from, from + (chosen.length - from >= 3 ? 3 : 1));
    const file = jp2Of(stream, size, some);
    const { data } = await decodeOnce(file, size, some.length);
    const values = new Type(data.buffer as ArrayBuffer, data.byteOffset, width * height * some.length);
    for (let i = 0; i < width * height; i++)
      for (let c = 0; c < some.length; c++) all[i * chosen.length + from + c] = values[i * some.length + c]!;
    from += some.length;
  }
  if (signed) for (let i = 0; i < all.length; i++) all[i]! -= 1 << (bits - 1);
  const data = new Uint8Array(all.buffer);
  return { width, height, bitsPerSample: bits, isSigned: signed, componentCount: chosen.length, data };
}
