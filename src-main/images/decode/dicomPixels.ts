/** The values of a frame of DICOM: from bytes as they are, from its own run lengths, or from JPEG-LS. */
import { createRequire } from 'node:module';
import type { Values } from './samples.ts';

/** How the values of a frame lie. */
export interface FrameLayout {
  width: number;
  height: number;
  /** Bands. */
  samples: number;
  /** Bits that a value takes, and those of them that are the value's. */
  allocated: number;
  stored: number;
  /** The place of the value's highest bit, from 0. */
  high: number;
  signed: boolean;
  /** Band after band; else pixel after pixel. */
  planar: boolean;
}

const require = createRequire(import.meta.url);

/** JPEG-LS: the same interface as the JPEG 2000 codec of the same house. */
export async function decodeJpegLs(
  packed: Uint8Array,
): Promise<{ data: Uint8Array; bitsPerSample: number; planar: boolean }> {
  interface Decoder {
    getEncodedBuffer(length: number): Uint8Array;
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): { bitsPerSample: number };
    /** 0: one component after another. */
    getInterleaveMode(): number;
    decode(): void;
    delete(): void;
  }
  charls ??= (
    require('@cornerstonejs/codec-charls/decodewasmjs') as () => Promise<{ JpegLSDecoder: new () => Decoder }>
  )();
  const decoder = new ((await charls) as { JpegLSDecoder: new () => Decoder }).JpegLSDecoder();
  try {
    decoder.getEncodedBuffer(packed.length).set(packed);
    decoder.decode();
    return {
      data: Uint8Array.from(decoder.getDecodedBuffer()),
      bitsPerSample: decoder.getFrameInfo().bitsPerSample,
      planar: decoder.getInterleaveMode() === 0,
    };
  } finally {
    decoder.delete();
  }
}
let charls: Promise<unknown> | undefined;

/** Unpacks DICOM's RLE: byte planes, the highest byte first, each packed by PackBits. */
export function unpackRle(packed: Uint8Array, layout: FrameLayout): Values[] {
  const { width, height, samples, allocated } = layout;
  const pixels = width * height;
  const bytesEach = allocated / 8;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const out = new Uint8Array(pixels * samples * bytesEach);
  if (view.getUint32(0, true) < samples * bytesEach) throw new RangeError('cut short');
  for (let segment = 0; segment < samples * bytesEach; segment++) {
    const [band, byte] = [Math.floor(segment / bytesEach), bytesEach - 1 - (segment % bytesEach)];
    let at = view.getUint32(4 + 4 * segment, true);
    for (let filled = 0; filled < pixels;) {
      const head = packed[at++];
      if (head === undefined) throw new RangeError('cut short');
      if (head === 128) continue;
      const literal = head < 128;
      const count = literal ? head + 1 : 257 - head;
      if (at + (literal ? Math.min(count, pixels - filled) : 1) > packed.length) throw new RangeError('cut short');
      for (let i = 0; i < count && filled < pixels; i++, filled++)
        out[(filled * samples + band) * bytesEach + byte] = packed[literal ? at + i : at]!;
      at += literal ? count : 1;
    }
  }
  return bandsFrom(out, { ...layout, planar: false });
}

/** The values of a frame's bytes, of each band [height, width]. */
export function bandsFrom(
  raw: Uint8Array,
  { width, height, samples, allocated, stored, high, signed, planar }: FrameLayout,
): Values[] {
  const pixels = width * height;
  const all: Values =
    allocated === 8
      ? signed
        ? new Int8Array(raw.buffer, raw.byteOffset, raw.length)
        : raw
      : allocated === 16
        ? signed
          ? new Int16Array(raw.buffer, raw.byteOffset, raw.length >> 1)
          : new Uint16Array(raw.buffer, raw.byteOffset, raw.length >> 1)
        : signed
          ? new Int32Array(raw.buffer, raw.byteOffset, raw.length >> 2)
          : new Uint32Array(raw.buffer, raw.byteOffset, raw.length >> 2);
  // Bits above those stored may hold an overlay; of signed values the sign has to be carried up.
  const unused = allocated - stored;
  const above = high >= stored - 1 && high < allocated ? 31 - high : 32 - stored;
  if (unused > 0)
    for (let i = 0; i < all.length; i++) {
      const up = all[i]! << above;
      all[i] = signed ? up >> (32 - stored) : up >>> (32 - stored);
    }
  if (samples === 1) return [all.subarray(0, pixels)];
  return Array.from({ length: samples }, (_, band) => {
    if (planar) return all.subarray(band * pixels, (band + 1) * pixels);
    const out = all.slice(0, pixels);
    for (let i = 0, s = band; i < pixels; i++, s += samples) out[i] = all[s]!;
    return out;
  });
}

/**
 * Numbers of 32 bits that were written the highest byte first. As words of 16 bits (OW) the standard puts the lower word
 * first, and many programs do not: neighbours differ less where the words are in their order.
 */
export function turned32(raw: Uint8Array, vr: string | undefined, signed: boolean): Uint8Array {
  const inOrder = Buffer.from(Uint8Array.from(raw).buffer).swap32();
  if (vr !== 'OW') return inOrder;
  const inWords = Buffer.from(Uint8Array.from(raw).buffer).swap16();
  const unevenness = ({ buffer, length }: Buffer): number => {
    const values = signed ? new Int32Array(buffer, 0, length >> 2) : new Uint32Array(buffer, 0, length >> 2);
    let sum = 0;
    for (let i = 1; i < values.length; i++) sum += Math.abs(values[i]! - values[i - 1]!);
    return sum;
  };
  return unevenness(inWords) < unevenness(inOrder) ? inWords : inOrder;
}

/** Two pixels that share their colours: Y, Y, Cb, Cr, as three bytes for each pixel. */
export function spread422(raw: Uint8Array): Uint8Array {
  const out = new Uint8Array((raw.length >> 2) * 6);
  for (let s = 0, o = 0; s + 3 < raw.length; s += 4, o += 6)
    out.set([raw[s]!, raw[s + 2]!, raw[s + 3]!, raw[s + 1]!, raw[s + 2]!, raw[s + 3]!], o);
  return out;
}

/** A table of colours: what the first of its values stands for, and its levels of 8 bits. */
export interface Palette {
  first: number;
  levels: Uint8Array;
}

/** Colours of the values of one band by tables of red, green and blue; beyond a table its end holds. */
export const throughPalettes = (values: Values, palettes: readonly Palette[]): Uint8Array[] =>
  palettes.map(({ first, levels }) =>
    Uint8Array.from(values, (value) => levels[Math.min(levels.length - 1, Math.max(0, value - first))]!),
  );

/**
 * Red, green and blue of the whole range of lightness and of both colours, as JPEG has them; `isPartial`: of that which
 * television has, from 16 on.
 */
export function fromYbr([y, cb, cr]: Values[], isPartial = false): Values[] {
  const [red, green, blue] = [0, 1, 2].map(() => new Uint8ClampedArray(y!.length));
  const [black, light, colour] = isPartial ? [16, 255 / 219, 255 / 224] : [0, 1, 1];
  for (let i = 0; i < y!.length; i++) {
    const [l, b, r] = [(y![i]! - black) * light, (cb![i]! - 128) * colour, (cr![i]! - 128) * colour];
    red![i] = l + 1.402 * r;
    green![i] = l - 0.344136 * b - 0.714136 * r;
    blue![i] = l + 1.772 * b;
  }
  return [red, green, blue].map((band) => new Uint8Array(band!.buffer));
}
