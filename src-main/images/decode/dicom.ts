/**
 * DICOM: one frame's values with what the file says of them (inverted, window, rescale, padding). The data set is read
 * by dicom-parser (MIT), JPEG 2000 by OpenJPEG, JPEG-LS by CharLS, lossless JPEG by jpeg-lossless-decoder-js (all MIT
 * or BSD). What is compressed otherwise is refused by name. Nothing but the picture is read: no names, no dates.
 */
import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { bandsFrom, decodeJpegLs, spread422, throughPalettes, unpackRle } from './dicomPixels.ts';
import type { FrameLayout, Palette } from './dicomPixels.ts';
import { decodeJpeg2000 } from './jpeg2000.ts';
import type { Note, Route } from './route.ts';
import type { Samples, Values } from './samples.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';
import { announcesMore } from './whole.ts';

interface Element {
  dataOffset: number;
  length: number;
  encapsulatedPixelData?: boolean;
  basicOffsetTable?: number[];
  fragments?: { offset: number; length: number; position: number }[];
  items?: { dataSet?: DataSet }[];
}
interface DataSet {
  byteArray: Uint8Array;
  elements: Record<string, Element | undefined>;
  uint16(tag: string, index?: number): number | undefined;
  int16(tag: string, index?: number): number | undefined;
  string(tag: string): string | undefined;
  floatString(tag: string, index?: number): number | undefined;
}
interface Parser {
  parseDicom(
    bytes: Uint8Array,
    options: { TransferSyntaxUID?: string; inflater: (bytes: Uint8Array, at: number) => Uint8Array },
  ): DataSet;
  readEncapsulatedPixelDataFromFragments(set: DataSet, of: Element, first: number, count?: number): Uint8Array;
  readEncapsulatedImageFrame(set: DataSet, of: Element, frame: number, table?: number[]): Uint8Array;
  createJPEGBasicOffsetTable(set: DataSet, of: Element): number[];
}

const require = createRequire(import.meta.url);

const SYNTAX = '1.2.840.10008.1.2';
const EXPLICIT = `${SYNTAX}.1`;
const MARK = Buffer.from('DICM');
const BIG_ENDIAN = `${SYNTAX}.2`;
const RLE = `${SYNTAX}.5`;
const JPEG = new Set([`${SYNTAX}.4.50`, `${SYNTAX}.4.51`]);
const LOSSLESS_JPEG = new Set([`${SYNTAX}.4.57`, `${SYNTAX}.4.70`]);
const JPEG_LS = new Set([`${SYNTAX}.4.80`, `${SYNTAX}.4.81`]);
const JPEG_2000 = new Set(['.4.90', '.4.91', '.4.201', '.4.202', '.4.203'].map((end) => SYNTAX + end));
/** Most bytes of a frame; a larger one is refused. */
const MOST_BYTES = 1e9;

interface Facts extends FrameLayout {
  photometric: string;
  syntax: string;
}

/** The file's data set. @throws Error, or what the parser throws, where it makes no sense or ends early */
function dataSetOf(parser: Parser, bytes: Buffer): DataSet {
  return parser.parseDicom(bytes, {
    // a bare data set, as older programs wrote, says nothing of its syntax but by how it begins
    ...(!bytes.subarray(128, 132).equals(MARK) && {
      TransferSyntaxUID: /^[A-Z]{2}$/.test(bytes.toString('latin1', 4, 6)) ? EXPLICIT : SYNTAX,
    }),
    inflater: (packed, at) =>
      Buffer.concat([packed.subarray(0, at), inflateRawSync(packed.subarray(at), { maxOutputLength: MOST_BYTES })]),
  });
}

/** The parser throws texts, or objects that carry them. */
const speaksOfEnd = (error: unknown): boolean =>
  /past (the )?end|over(run|read)|to position/i.test(String((error as { exception?: unknown }).exception ?? error));

/** How many frames a file holds: no more than it has bytes or fragments for, whatever it says. */
export function dicomFrames(bytes: Buffer): number {
  let set: DataSet;
  try {
    set = dataSetOf(require('dicom-parser') as Parser, bytes);
  } catch {
    return 1; // reading it will say why
  }
  const element = set.elements.x7fe00010;
  if (!element) return 1;
  const { width, height, samples, allocated } = factsOf(set);
  const present = element.encapsulatedPixelData
    ? (element.fragments?.length ?? 0)
    : Math.floor(
        (8 * (set.byteArray.length - element.dataOffset)) / (width * height * samples * allocated || Infinity),
      );
  return Math.max(1, Math.min(framesOf(set), present));
}

const framesOf = (set: DataSet): number => Math.max(1, Math.floor(Number(set.string('x00280008') ?? 1)) || 1);

export async function findDicom(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Promise<Route> {
  const parser = require('dicom-parser') as Parser;
  let set: DataSet;
  try {
    set = dataSetOf(parser, bytes);
  } catch (error) {
    throw speaksOfEnd(error) ? announcesMore(file, bytes.length) : new ImageError(file, 'corrupt');
  }
  const facts = factsOf(set);
  const element = set.elements.x7fe00010;
  if (!element || !facts.width || !facts.height) throw new ImageError(file, 'unsupported.dicom-no-picture');
  assertPixels(file, facts.width, facts.height, limits);
  const single = facts.photometric.startsWith('MONOCHROME') || isPalette(facts);
  const sound = facts.samples === (single ? 1 : 3);
  if (!sound || ![8, 16, 32].includes(facts.allocated))
    throw new ImageError(file, 'unsupported.dicom', { kind: `${facts.photometric}, ${facts.allocated} bits` });
  await limits.beforeDecode?.(facts.width * facts.height);
  const frames = framesOf(set);
  const frame = typeof rule.page === 'number' ? Math.min(rule.page, frames) - 1 : Math.floor(frames / 2);
  let samples: Samples;
  try {
    samples = meaning(set, facts, await frameOf(parser, set, element, facts, frame, frames), frame);
  } catch (error) {
    if (error instanceof UnreadSyntax) throw new ImageError(file, 'unsupported.dicom', { kind: error.message });
    if (error instanceof RangeError) throw announcesMore(file, bytes.length);
    throw new ImageError(file, 'corrupt');
  }
  const notes: Note[] = frames > 1 ? [reason('note.pages', { count: frames - 1 })] : [];
  return { by: 'values', samples, notes };
}

const isPalette = ({ photometric }: Facts): boolean => photometric === 'PALETTE COLOR';

class UnreadSyntax extends Error {}

const factsOf = (set: DataSet): Facts => ({
  width: set.uint16('x00280011') ?? 0,
  height: set.uint16('x00280010') ?? 0,
  samples: set.uint16('x00280002') ?? 1,
  allocated: set.uint16('x00280100') ?? 0,
  stored: set.uint16('x00280101') ?? set.uint16('x00280100') ?? 0,
  signed: set.uint16('x00280103') === 1,
  photometric: set.string('x00280004') ?? 'MONOCHROME2',
  planar: set.uint16('x00280006') === 1,
  syntax: set.string('x00020010') ?? SYNTAX,
});

/** The bands of one frame. */
async function frameOf(
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
  if (!element.encapsulatedPixelData) {
    const halved = facts.photometric === 'YBR_FULL_422' && allocated === 8;
    if (halved) {
      const start = element.dataOffset + frame * width * height * 2;
      if (start + width * height * 2 > set.byteArray.length) throw new RangeError('cut short');
      const raw = set.byteArray.subarray(start, start + width * height * 2);
      return bandsFrom(spread422(raw), { ...facts, planar: false });
    }
    const start = element.dataOffset + frame * length;
    if (start + length > set.byteArray.length) throw new RangeError('cut short');
    const raw = Uint8Array.from(set.byteArray.subarray(start, start + length));
    if (syntax === BIG_ENDIAN && allocated === 16) Buffer.from(raw.buffer).swap16();
    if (syntax === BIG_ENDIAN && allocated === 32) Buffer.from(raw.buffer).swap32();
    return bandsFrom(raw, facts);
  }
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
    return bandsFrom(exactly(data, width * height * samples * (bitsPerSample > 8 ? 2 : 1)), {
      ...facts,
      allocated: bitsPerSample > 8 ? 16 : 8,
      planar: false,
    });
  }
  if (JPEG_LS.has(syntax)) {
    const { data, bitsPerSample } = await decodeJpegLs(packed);
    return bandsFrom(exactly(data, width * height * samples * (bitsPerSample > 8 ? 2 : 1)), {
      ...facts,
      allocated: bitsPerSample > 8 ? 16 : 8,
      planar: false,
    });
  }
  if (LOSSLESS_JPEG.has(syntax) && samples === 3 && allocated > 8)
    throw new UnreadSyntax(`lossless JPEG of colours of ${allocated} bits`);
  if (LOSSLESS_JPEG.has(syntax)) {
    const { Decoder } = require('jpeg-lossless-decoder-js') as {
      Decoder: new () => { decompress(buffer: ArrayBuffer, at: number, length: number): ArrayBuffer };
    };
    const own = Uint8Array.from(packed);
    const data = new Uint8Array(new Decoder().decompress(own.buffer, 0, own.length));
    return bandsFrom(exactly(data, length), { ...facts, planar: false });
  }
  if (JPEG.has(syntax) && facts.stored === 8) {
    const image = sharp(packed, { failOn: 'error' }).toColourspace(samples === 1 ? 'b-w' : 'srgb');
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    if (info.width !== width || info.height !== height || info.channels !== samples) throw new Error('another size');
    // no Buffer, whose slices are views: every band would be the last
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return bandsFrom(bytes, { ...facts, allocated: 8, planar: false });
  }
  throw new UnreadSyntax(JPEG.has(syntax) ? `JPEG, ${facts.stored} bits` : `transfer syntax ${syntax}`);
}

function exactly(data: Uint8Array, length: number): Uint8Array {
  if (data.length < length) throw new RangeError('cut short');
  return Uint8Array.from(data.subarray(0, length));
}

/** A number of a frame: from the functional groups of newer files (of this frame, or of all), else from the data set. */
function ofFrame(set: DataSet, sequence: string, tag: string, frame: number): number | undefined {
  const within = (group: DataSet | undefined) => group?.elements[sequence]?.items?.[0]?.dataSet?.floatString(tag);
  const [perFrame, shared] = [set.elements.x52009230?.items?.[frame], set.elements.x52009229?.items?.[0]];
  return within(perFrame?.dataSet) ?? within(shared?.dataSet) ?? set.floatString(tag);
}
const RESCALE = 'x00289145';
const WINDOW = 'x00289132';

/** The tables of red, green and blue. @throws Error where they are packed by runs, or missing */
function palettesOf(set: DataSet, { signed }: Facts): Palette[] {
  return [1, 2, 3].map((colour) => {
    const [descriptor, table] = [`x0028110${colour}`, `x0028120${colour}`];
    const [count, bits] = [set.uint16(descriptor, 0), set.uint16(descriptor, 2)];
    const first = signed ? set.int16(descriptor, 1) : set.uint16(descriptor, 1);
    const length = set.elements[table]?.length ?? 0;
    if (count === undefined || first === undefined || length < 2) throw new UnreadSyntax('PALETTE COLOR');
    const entries = count === 0 ? 65536 : count;
    // of 8 bits a table may be packed two to a word, or have a word each
    const wide = bits === 16 || length >= 2 * entries;
    const levels = Uint8Array.from({ length: Math.min(entries, wide ? length >> 1 : length) }, (_, i) => {
      if (!wide) return set.byteArray[set.elements[table]!.dataOffset + i]!;
      const value = set.uint16(table, i) ?? 0;
      return bits === 16 ? value >> 8 : value;
    });
    return { first, levels };
  });
}

/**
 * The bands with what the file says of them; a single one rescaled to the modality's unit, so that the files of a
 * folder compare.
 */
function meaning(set: DataSet, facts: Facts, bands: Values[], frame: number): Samples {
  const { width, height, photometric } = facts;
  if (isPalette(facts)) {
    const colours = throughPalettes(bands[0]!, palettesOf(set, facts));
    return { width, height, bands: colours, channels: false, inverted: false, nodata: null };
  }
  const slope = ofFrame(set, RESCALE, 'x00281053', frame) ?? 1;
  const intercept = ofFrame(set, RESCALE, 'x00281052', frame) ?? 0;
  const padding = facts.signed ? set.int16('x00280120') : set.uint16('x00280120');
  const rescaled = bands.length === 1 && (slope !== 1 || intercept !== 0) && slope !== 0;
  const own = rescaled ? bands.map((band) => Float32Array.from(band, (value) => value * slope + intercept)) : bands;
  const centre = ofFrame(set, WINDOW, 'x00281050', frame);
  const span = ofFrame(set, WINDOW, 'x00281051', frame);
  const window =
    bands.length === 1 && centre !== undefined && span !== undefined && span > 1
      ? { low: centre - span / 2, high: centre + span / 2 }
      : undefined;
  return {
    width,
    height,
    bands: photometric.startsWith('YBR') && facts.allocated === 8 && isUncoded(facts) ? fromYbr(own) : own,
    channels: false,
    inverted: photometric === 'MONOCHROME1',
    nodata: padding === undefined ? null : rescaled ? Math.fround(padding * slope + intercept) : padding,
    window,
  };
}

/** Whether colours named YCbCr still are: the decoders of JPEG and JPEG 2000 hand over RGB, the others do not. */
const isUncoded = ({ syntax }: Facts): boolean => !JPEG.has(syntax) && !JPEG_2000.has(syntax);

function fromYbr([y, cb, cr]: Values[]): Values[] {
  const [red, green, blue] = [0, 1, 2].map(() => new Uint8ClampedArray(y!.length));
  for (let i = 0; i < y!.length; i++) {
    const [b, r] = [cb![i]! - 128, cr![i]! - 128];
    red![i] = y![i]! + 1.402 * r;
    green![i] = y![i]! - 0.344136 * b - 0.714136 * r;
    blue![i] = y![i]! + 1.772 * b;
  }
  return [red, green, blue].map((band) => new Uint8Array(band!.buffer));
}
