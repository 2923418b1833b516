/**
 * DICOM: one frame's values with what the file says of them (inverted, window, rescale, padding). The data set is read
 * by dicom-parser (MIT), its frames by dicomFrame.ts; what is compressed otherwise is refused by name. Nothing but the
 * picture is read: no names, no dates.
 */
import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { floatFrame, frameOf, isUncoded, MOST_BYTES, SYNTAX, UnreadSyntax } from './dicomFrame.ts';
import type { DataSet, Element, Facts, Parser } from './dicomFrame.ts';
import { fromYbr, throughPalettes } from './dicomPixels.ts';
import { byModality, byShown, bySigmoid } from './dicomTables.ts';
import type { Palette } from './dicomPixels.ts';
import { fullestOf } from './fullest.ts';
import type { Note, Route } from './route.ts';
import { UnreadForm } from './jpeg2000.ts';
import { keepBrighter } from './samples.ts';
import type { Samples, Values } from './samples.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';
import { announcesMore } from './whole.ts';

const require = createRequire(import.meta.url);
const EXPLICIT = `${SYNTAX}.1`;
const MARK = Buffer.from('DICM');

/** Where each frame begins and how long it is, as newer files have it: numbers of 64 bits, which the parser does not know. */
const OFFSETS = ['e07f01004f560000', 'e07f02004f560000'].map((hex) => Buffer.from(hex, 'hex'));

/** The bytes with these tables called bytes, so that the parser passes over them. */
function withKnownKinds(bytes: Buffer): Buffer {
  const found = OFFSETS.map((table) => bytes.indexOf(table)).filter((at) => at >= 0);
  if (found.length === 0) return bytes;
  const out = Buffer.from(bytes);
  for (const at of found) out.write('OB', at + 4, 'latin1');
  return out;
}

/** The file's data set. @throws Error, or what the parser throws, where it makes no sense or ends early */
function dataSetOf(parser: Parser, bytes: Buffer): DataSet {
  bytes = withKnownKinds(bytes);
  const isCut = bytes[0] === 2; // the head is there, but what comes before it is not
  return parser.parseDicom(isCut ? Buffer.concat([Buffer.alloc(128), MARK, bytes]) : bytes, {
    // a bare data set, as older programs wrote, says nothing of its syntax but by how it begins
    ...(!isCut &&
      !bytes.subarray(128, 132).equals(MARK) && {
        TransferSyntaxUID: /^[A-Z]{2}$/.test(bytes.toString('latin1', 4, 6)) ? EXPLICIT : SYNTAX,
      }),
    inflater: (packed, at) =>
      Buffer.concat([packed.subarray(0, at), inflateRawSync(packed.subarray(at), { maxOutputLength: MOST_BYTES })]),
  });
}

/** The parser throws texts, or objects that carry them; what unpacks a deflated file speaks of its end, too. */
const speaksOfEnd = (error: unknown): boolean =>
  /past (the )?end|over(run|read)|to position|'position' cannot|maxP ?osition|unexpected end/i.test(
    String((error as { exception?: unknown }).exception ?? error),
  );

/** Whether a file ends before its head does, which says first how long it is. */
const endsInHead = (bytes: Buffer): boolean =>
  bytes.length < HEAD_BEGINS + 12 ||
  (bytes.readUInt32LE(HEAD_BEGINS) === 2 && HEAD_BEGINS + 12 + bytes.readUInt32LE(HEAD_BEGINS + 8) > bytes.length);
const HEAD_BEGINS = 132;

/** How many frames a file holds: no more than it has bytes or fragments for, whatever it says. */
export function dicomFrames(bytes: Buffer): number {
  try {
    const set = dataSetOf(require('dicom-parser') as Parser, bytes);
    const element = pixelsOf(set);
    if (!element) return 1;
    const { width, height, samples, allocated } = factsOf(set);
    const present = element.encapsulatedPixelData
      ? (element.fragments?.length ?? 0)
      : Math.floor(
          (8 * (set.byteArray.length - element.dataOffset)) / (width * height * samples * allocated || Infinity),
        );
    return Math.max(1, Math.min(framesOf(set), present));
  } catch {
    return 1; // reading it will say why
  }
}

/** The element of the pixels: integers, or floats of 32 or 64 bits. */
const pixelsOf = ({ elements }: DataSet): Element | undefined =>
  elements.x7fe00010 ?? elements.x7fe00008 ?? elements.x7fe00009;

const framesOf = (set: DataSet): number => Math.max(1, Math.floor(Number(set.string('x00280008') ?? 1)) || 1);

export async function findDicom(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Promise<Route> {
  const parser = require('dicom-parser') as Parser;
  let set: DataSet;
  let facts: Facts;
  let frames: number;
  try {
    set = dataSetOf(parser, bytes);
    facts = factsOf(set);
    frames = framesOf(set);
  } catch (error) {
    throw speaksOfEnd(error) || endsInHead(bytes) ? announcesMore(file, bytes.length) : new ImageError(file, 'corrupt');
  }
  const element = pixelsOf(set);
  if (!element || !facts.width || !facts.height) throw new ImageError(file, 'unsupported.dicom-no-picture');
  assertPixels(file, facts.width, facts.height, limits);
  const single = facts.photometric.startsWith('MONOCHROME') || isPalette(facts);
  const sound = facts.samples === (single ? 1 : 3);
  const isFloat = element !== set.elements.x7fe00010;
  const sizes = isFloat
    ? [set.elements.x7fe00008 ? 32 : 64]
    : single && !isPalette(facts)
      ? [1, 8, 16, 32]
      : [8, 16, 32];
  if (!sound || !sizes.includes(facts.allocated))
    throw new ImageError(file, 'unsupported.dicom', { kind: `${facts.photometric}, ${facts.allocated} bits` });
  await limits.beforeDecode?.(facts.width * facts.height);
  const read = async (frame: number): Promise<Samples> => {
    const bands = isFloat
      ? floatFrame(set, element, facts, frame)
      : await frameOf(parser, set, element, facts, frame, frames);
    return meaning(set, facts, bands, frame);
  };
  const isBrightest = rule.page === 'max';
  let samples: Samples;
  try {
    const usual = async () =>
      frames > 1 && !isBrightest ? await fullestOf(frames, async (frame) => (await read(frame)).bands) : 0;
    samples = await read(typeof rule.page === 'number' ? Math.min(rule.page, frames) - 1 : await usual());
    for (let other = 1; isBrightest && other < frames; other++)
      keepBrighter(samples.bands, (await read(other)).bands, samples);
  } catch (error) {
    if (error instanceof UnreadForm)
      throw new ImageError(file, 'unsupported.dicom', { kind: `JPEG 2000, ${error.form}` });
    if (error instanceof UnreadSyntax) throw new ImageError(file, 'unsupported.dicom', { kind: error.message });
    if (error instanceof RangeError) throw announcesMore(file, bytes.length);
    throw new ImageError(file, 'corrupt');
  }
  const notes: Note[] = frames > 1 && !isBrightest ? [reason('note.pages', { count: frames - 1 })] : [];
  return { by: 'values', samples, notes };
}

const isPalette = ({ photometric }: Facts): boolean => photometric === 'PALETTE COLOR';

const factsOf = (set: DataSet): Facts => ({
  width: set.uint16('x00280011') ?? 0,
  height: set.uint16('x00280010') ?? 0,
  samples: set.uint16('x00280002') ?? 1,
  allocated: set.uint16('x00280100') ?? 0,
  stored: set.uint16('x00280101') ?? set.uint16('x00280100') ?? 0,
  high: set.uint16('x00280102') ?? (set.uint16('x00280101') ?? 0) - 1,
  signed: set.uint16('x00280103') === 1,
  photometric: set.string('x00280004') ?? 'MONOCHROME2',
  planar: set.uint16('x00280006') === 1,
  syntax: set.string('x00020010') ?? SYNTAX,
});

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
  const read = (tag: string) => (facts.signed ? set.int16(tag) : set.uint16(tag));
  const [padding, limit] = [read('x00280120'), read('x00280121')];
  if (padding !== undefined && limit !== undefined) onePadding(bands, padding, limit);
  const unit = bands.length === 1 ? byModality(set, bands[0]!, facts.signed) : null;
  const rescaled = unit === null && bands.length === 1 && (slope !== 1 || intercept !== 0) && slope !== 0;
  const own: Values[] = unit
    ? [unit]
    : rescaled
      ? bands.map((band) => Float32Array.from(band, (value) => value * slope + intercept))
      : bands;
  const centre = ofFrame(set, WINDOW, 'x00281050', frame);
  const span = ofFrame(set, WINDOW, 'x00281051', frame);
  const stated =
    bands.length === 1 && centre !== undefined && span !== undefined && span > 1
      ? { low: centre - span / 2, high: centre + span / 2 }
      : undefined;
  const window = stated && isWithin(own[0]!, stated) ? stated : undefined;
  const inverted = photometric === 'MONOCHROME1';
  const isCurved = window !== undefined && set.string('x00281056')?.trim() === 'SIGMOID';
  const table =
    bands.length === 1 && !stated
      ? byShown(set, own[0]!, facts.signed && !unit)
      : isCurved
        ? bySigmoid(own[0]!, window)
        : null;
  if (table) {
    const through = { bands: [table.values], window: { low: 0, high: table.most } };
    return { width, height, channels: false, inverted, nodata: null, ...through };
  }
  return {
    width,
    height,
    bands:
      photometric.startsWith('YBR') && facts.allocated === 8 && isUncoded(facts)
        ? fromYbr(own, photometric.startsWith('YBR_PARTIAL'))
        : own,
    channels: false,
    inverted,
    nodata: padding === undefined || unit ? null : rescaled ? Math.fround(padding * slope + intercept) : padding,
    window,
    // colours of 16 bits may be a photo's, and of fewer bits than 8 the most is white
    ...((bands.length === 3
      ? facts.allocated === 16
      : !rescaled && !unit && facts.stored < 8 && facts.allocated === 8) &&
      !facts.signed && { white: 2 ** facts.stored - 1 }),
  };
}

/** Least share of the values that a window has to tell apart: one beside nearly all of them would show nothing. */
const LEAST_WITHIN = 0.01;

function isWithin(values: Values, { low, high }: { low: number; high: number }): boolean {
  let within = 0;
  for (const value of values) if (value > low && value < high) within++;
  return within > 0 && within >= LEAST_WITHIN * values.length;
}

/** Paddings may be a range of values: all of them become the first. */
function onePadding(bands: Values[], padding: number, limit: number): void {
  const [low, high] = [Math.min(padding, limit), Math.max(padding, limit)];
  for (const band of bands)
    for (let i = 0; i < band.length; i++) if (band[i]! >= low && band[i]! <= high) band[i] = padding;
}
