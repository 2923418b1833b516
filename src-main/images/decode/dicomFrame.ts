/**
 * The values of a frame of DICOM, in whatever transfer syntax: as they are, by run lengths, JPEG 2000 (OpenJPEG), JPEG-LS
 * (CharLS) and JPEG (libvips, deepJpeg.ts; all MIT or BSD). Leaves to dicom.ts which frame is wanted and what its values
 * mean.
 */
import sharp from 'sharp';
import { decodeDeepJpeg } from './deepJpeg.ts';
import { bandsFrom, decodeJpegLs, fromYbr, spread422, turned32, unpackRle } from './dicomPixels.ts';
import type { FrameLayout } from './dicomPixels.ts';
import { isTransformed } from './jp2.ts';
import { deepFrame, isDeep, unreadForm } from './jpegHeader.ts';
import { decodeJpeg2000 } from './jpeg2000.ts';
import type { Values } from './samples.ts';
import { bytesOf } from '../../../shared/bytes.ts';

export interface Element {
  /** Its kind, as OW, where the file says it. */
  vr?: string;
  dataOffset: number;
  length: number;
  encapsulatedPixelData?: boolean;
  basicOffsetTable?: number[];
  fragments?: { offset: number; length: number; position: number }[];
  items?: { dataSet?: DataSet }[];
}
export interface DataSet {
  byteArray: Uint8Array;
  elements: Record<string, Element | undefined>;
  uint16(tag: string, index?: number): number | undefined;
  int16(tag: string, index?: number): number | undefined;
  string(tag: string): string | undefined;
  floatString(tag: string, index?: number): number | undefined;
}
export interface Parser {
  parseDicom(
    bytes: Uint8Array,
    options: { TransferSyntaxUID?: string; inflater: (bytes: Uint8Array, at: number) => Uint8Array },
  ): DataSet;
  readEncapsulatedPixelDataFromFragments(set: DataSet, of: Element, first: number, count?: number): Uint8Array;
  readEncapsulatedImageFrame(set: DataSet, of: Element, frame: number, table?: number[]): Uint8Array;
  createJPEGBasicOffsetTable(set: DataSet, of: Element): number[];
}

export const SYNTAX = '1.2.840.10008.1.2';
const BIG_ENDIAN = `${SYNTAX}.2`;
const RLE = `${SYNTAX}.5`;
const JPEG = new Set(['.4.50', '.4.51', '.4.53', '.4.55'].map((end) => SYNTAX + end));
const LOSSLESS_JPEG = new Set([`${SYNTAX}.4.57`, `${SYNTAX}.4.70`]);
const JPEG_LS = new Set([`${SYNTAX}.4.80`, `${SYNTAX}.4.81`]);
const JPEG_2000 = new Set(['.4.90', '.4.91', '.4.201', '.4.202', '.4.203'].map((end) => SYNTAX + end));
/** YCbCr of which two pixels share their colours. */
const HALVED = new Set(['YBR_FULL_422', 'YBR_PARTIAL_422']);
/** Most bytes of a frame; a larger one is refused. */
export const MOST_BYTES = 1e9;

export interface Facts extends FrameLayout {
  photometric: string;
  syntax: string;
}

/** A syntax that is whole and not read, by name. */
export class UnreadSyntax extends Error {}

/** Numbers of floating point, which have no other form than as they are, the lowest byte first. */
export function floatFrame(set: DataSet, { dataOffset }: Element, facts: Facts, frame: number): Values[] {
  const bytes = (facts.width * facts.height * facts.allocated) / 8;
  const start = dataOffset + frame * bytes;
  if (start + bytes > set.byteArray.length) throw new RangeError('cut short');
  const { buffer } = Uint8Array.from(set.byteArray.subarray(start, start + bytes));
  return [facts.allocated === 64 ? new Float64Array(buffer) : new Float32Array(buffer)];
}

/** A frame of masks, a bit for each pixel, the lowest one first; frames follow one another without a gap. */
function bitFrame({ byteArray }: DataSet, { dataOffset }: Element, { width, height }: Facts, frame: number): Values[] {
  const first = frame * width * height;
  if (dataOffset + (first + width * height) / 8 > byteArray.length) throw new RangeError('cut short');
  return [
    Uint8Array.from({ length: width * height }, (_, i) =>
      (byteArray[dataOffset + ((first + i) >> 3)]! >> ((first + i) & 7)) & 1 ? 255 : 0,
    ),
  ];
}

/** The bands of one frame. */
export async function frameOf(
  parser: Parser,
  set: DataSet,
  element: Element,
  facts: Facts,
  frame: number,
  frames: number,
): Promise<Values[]> {
  const { width, height, samples, allocated, syntax } = facts;
  const length = (width * height * samples * allocated) / 8;
  if (length > MOST_BYTES) throw new RangeError('too large');
  if (allocated === 1) {
    if (element.encapsulatedPixelData) throw new UnreadSyntax(`masks in transfer syntax ${syntax}`);
    return bitFrame(set, element, facts, frame);
  }
  if (!element.encapsulatedPixelData) {
    const halved = HALVED.has(facts.photometric) && allocated === 8;
    const bytes = halved ? width * height * 2 : length;
    const start = element.dataOffset + frame * bytes;
    if (start + bytes > set.byteArray.length) throw new RangeError('cut short');
    // bytes that are written as words of 16 bits are swapped with these
    const isInWords = syntax === BIG_ENDIAN && allocated === 8 && element.vr === 'OW';
    const raw = isInWords
      ? Uint8Array.from({ length: bytes }, (_, i) => set.byteArray[element.dataOffset + ((frame * bytes + i) ^ 1)] ?? 0)
      : Uint8Array.from(set.byteArray.subarray(start, start + bytes));
    if (halved) return bandsFrom(spread422(raw), { ...facts, planar: false });
    if (syntax === BIG_ENDIAN && allocated === 16) Buffer.from(raw.buffer).swap16();
    return bandsFrom(syntax === BIG_ENDIAN && allocated === 32 ? turned32(raw, element.vr, facts.signed) : raw, facts);
  }
  // of a film, all frames may lie in one piece
  if (![RLE, ...JPEG, ...LOSSLESS_JPEG, ...JPEG_LS, ...JPEG_2000].includes(syntax))
    throw new UnreadSyntax(nameOf(syntax));
  const fragments = element.fragments?.length ?? 0;
  const packed =
    frames === 1
      ? parser.readEncapsulatedPixelDataFromFragments(set, element, 0, fragments)
      : fragments === frames
        ? parser.readEncapsulatedPixelDataFromFragments(set, element, frame, 1)
        : element.basicOffsetTable && element.basicOffsetTable.length > 0
          ? parser.readEncapsulatedImageFrame(set, element, frame)
          : parser.readEncapsulatedImageFrame(set, element, frame, parser.createJPEGBasicOffsetTable(set, element));
  if (syntax === RLE) return unpackRle(packed, facts);
  if (JPEG_2000.has(syntax)) {
    const { data, bitsPerSample } = await decodeJpeg2000(packed, MOST_BYTES);
    const bands = bandsFrom(exactly(data, width * height * samples * (bitsPerSample > 8 ? 2 : 1)), {
      ...facts,
      allocated: bitsPerSample > 8 ? 16 : 8,
      planar: false,
      ...bitsOf(facts, syntax, bitsPerSample),
    });
    // colours that no transform of the stream's own made are still what they are called
    const isStill = facts.photometric === 'YBR_FULL' && samples === 3 && bitsPerSample === 8 && !isTransformed(packed);
    return isStill ? fromYbr(bands) : bands;
  }
  if (JPEG_LS.has(syntax)) {
    const { data, bitsPerSample, planar } = await decodeJpegLs(packed);
    return bandsFrom(exactly(data, width * height * samples * (bitsPerSample > 8 ? 2 : 1)), {
      ...facts,
      allocated: bitsPerSample > 8 ? 16 : 8,
      planar,
      ...bitsOf(facts, syntax, bitsPerSample),
    });
  }
  const form = unreadForm(packed);
  if (form !== null) throw new UnreadSyntax(form);
  const coded = facts.photometric === 'RGB' ? uncoded(packed) : packed;
  const deep = LOSSLESS_JPEG.has(syntax) || isDeep(packed) ? deepFrame(packed) : null;
  if (deep) {
    if (deep.width !== width || deep.height !== height || deep.components !== samples) throw new Error('another size');
    const isLossless = LOSSLESS_JPEG.has(syntax); // colours are as they were then, whatever they are called
    const { data, bits } = decodeDeepJpeg(coded, MOST_BYTES, samples === 3 && !isLossless);
    const layout = { ...facts, allocated: bits > 8 ? 16 : 8, planar: false };
    return bandsFrom(bytesOf(data), { ...layout, ...bitsOf(facts, syntax, bits) });
  }
  const image = sharp(coded, { failOn: 'error' }).toColourspace(samples === 1 ? 'b-w' : 'srgb');
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height || info.channels !== samples) throw new Error('another size');
  // no Buffer, whose slices are views: every band would be the last
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return bandsFrom(bytes, { ...facts, allocated: 8, planar: false });
}

/** Syntaxes that give back what they were given. */
const LOSSLESS = new Set([...LOSSLESS_JPEG, ...['.4.80', '.4.90', '.4.201', '.4.202'].map((end) => SYNTAX + end)]);

/**
 * Which bits of a codec's values are the picture's: with loss they may be beyond those that were stored, of which no part
 * is another's.
 */
function bitsOf({ stored, signed }: Facts, syntax: string, coded: number): { stored: number; high: number } {
  const bits = LOSSLESS.has(syntax) || signed ? stored : coded;
  return { stored: bits, high: bits - 1 };
}

/** What a syntax that is not read is called, by how it goes on behind what all have in common. */
const NAMES: readonly (readonly [begin: RegExp, name: string])[] = [
  [/^4\.10[01](\.1)?$/, 'MPEG-2'],
  [/^4\.10[2-6](\.1)?$/, 'H.264'],
  [/^4\.10[78]$/, 'HEVC'],
  [/^4\.11[0-2]$/, 'JPEG XL'],
  [/^4\.(9[2-5]|20[45])$/, 'JPIP'],
  [/^8\.1$/, 'deflate'],
];
const nameOf = (syntax: string): string =>
  NAMES.find(([begin]) => begin.test(syntax.slice(SYNTAX.length + 1)))?.[1] ?? `transfer syntax ${syntax}`;

/**
 * A JPEG of red, green and blue that says nothing of its colours, for which three are else taken for YCbCr: with the
 * mark by which Adobe says that they are none.
 */
function uncoded(jpeg: Uint8Array): Uint8Array {
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff; at += 2 + jpeg[at + 2]! * 256 + jpeg[at + 3]!) {
    const marker = jpeg[at + 1]!;
    if (marker === JFIF || marker === ADOBE) return jpeg;
    if (marker === SCAN) break;
  }
  return Buffer.concat([jpeg.subarray(0, 2), ADOBE_RGB, jpeg.subarray(2)]);
}
const [JFIF, ADOBE, SCAN] = [0xe0, 0xee, 0xda];
const ADOBE_RGB = Buffer.from([0xff, ADOBE, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0]);

function exactly(data: Uint8Array, length: number): Uint8Array {
  if (data.length < length) throw new RangeError('cut short');
  return Uint8Array.from(data.subarray(0, length));
}

/** Whether colours named YCbCr still are: the decoders of JPEG and JPEG 2000 hand over RGB, the others do not. */
export const isUncoded = ({ syntax }: Facts): boolean => !JPEG.has(syntax) && !JPEG_2000.has(syntax);
