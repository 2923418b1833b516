/**
 * HEIC and AVIF of several pictures in a row (bursts, live photos, animations): how many there are, and, where the file
 * has no still picture besides, a file of the first of them. Leaves decoding to heic.ts and avif.ts.
 */
import { reason } from '../../../shared/reason.ts';
import { boxAt, boxesOf, boxOf, short, word } from './isoBoxes.ts';
import type { Note } from './route.ts';

export interface Sequence {
  /** A file that holds the still picture, or the first of the sequence. */
  bytes: Buffer;
  /** Pictures of the sequence. */
  frames: number;
}

/** Brands of files that are sequences first. */
const BRANDS = ['avis', 'msf1', 'hevc', 'hevx', 'hevm', 'hevs'];

/** Null for a file of still pictures alone, or one that makes no sense, which its decoder will say. */
export function sequenceOf(file: Buffer): Sequence | null {
  const brand = file.toString('latin1', 8, 12);
  if (!BRANDS.includes(brand)) return null;
  try {
    const track = pictureTrack(file);
    const isStill = boxAt(file, ['meta']) !== null;
    if (!track) return isStill ? { bytes: asStill(file), frames: 1 } : null;
    return { bytes: isStill ? asStill(file) : firstFrame(file, track), frames: track.frames };
  } catch {
    return null;
  }
}

/** The brands of a still picture in place of the sequence's, which libvips does not know, and the sequence taken for room. */
function asStill(file: Buffer): Buffer {
  const still = Buffer.from(file);
  for (const { type, from, content } of boxesOf(file)) {
    if (type === 'moov' && file.readUInt32BE(from - 8) === content.length + 8) still.write('free', from - 4, 'latin1');
    if (type !== 'ftyp') continue;
    for (let at = from; at + 4 <= from + content.length; at += 4)
      if (BRANDS.includes(file.toString('latin1', at, at + 4))) still.write('mif1', at, 'latin1');
    still.write(file.toString('latin1', 8, 12) === 'avis' ? 'avif' : 'heic', from, 'latin1');
  }
  return still;
}

interface Track {
  frames: number;
  /** Where the first picture lies, and its bytes. */
  offset: number;
  length: number;
  /** av01, hvc1, and what belongs to it. */
  code: string;
  width: number;
  height: number;
  properties: Buffer[];
}

/** The first track of pictures that are no one's transparency. */
function pictureTrack(file: Buffer): Track | null {
  const movie = boxAt(file, ['moov']);
  if (!movie) return null;
  for (const { type, content } of boxesOf(movie.content)) {
    const handler = type === 'trak' ? boxAt(content, ['mdia', 'hdlr'])?.content.toString('latin1', 8, 12) : null;
    if (handler !== 'pict' && handler !== 'vide') continue;
    const table = boxAt(content, ['mdia', 'minf', 'stbl'])?.content;
    const [entry] = table ? boxesOf(boxAt(table, ['stsd'])!.content, 8) : [];
    if (!table || !entry) continue;
    const sizes = boxAt(table, ['stsz'])!.content;
    const short = boxAt(table, ['stco'])?.content;
    return {
      frames: sizes.readUInt32BE(8),
      length: sizes.readUInt32BE(4) || sizes.readUInt32BE(12),
      offset: short ? short.readUInt32BE(8) : Number(boxAt(table, ['co64'])!.content.readBigUInt64BE(8)),
      code: entry.type,
      width: entry.content.readUInt16BE(24),
      height: entry.content.readUInt16BE(26),
      properties: [...boxesOf(entry.content, 78)]
        .filter((box) => ['av1C', 'hvcC', 'colr', 'pixi'].includes(box.type))
        .map((box) => boxOf(box.type, box.content)),
    };
  }
  return null;
}

/** A file of one picture, as the formats of still pictures have it. */
function firstFrame(file: Buffer, { offset, length, code, width, height, properties }: Track): Buffer {
  const full = [0, 0, 0, 0];
  const brand = code === 'av01' ? 'avif' : 'heic';
  const item = code === 'hev1' ? 'hvc1' : code;
  const ascii = (text: string) => Buffer.from(text, 'latin1');
  const head = boxOf('ftyp', ascii(brand), full, ascii(`mif1${brand}miaf`));
  const parts = [boxOf('ispe', full, word(width), word(height)), ...properties];
  const makeMeta = (at: number) =>
    boxOf(
      'meta',
      full,
      boxOf('hdlr', full, full, ascii('pict'), full, full, full, [0]),
      boxOf('pitm', full, short(1)),
      boxOf('iloc', full, [0x44, 0], short(1), short(1), short(0), short(1), word(at), word(length)),
      boxOf('iinf', full, short(1), boxOf('infe', [2, 0, 0, 0], short(1), short(0), ascii(item), [0])),
      boxOf(
        'iprp',
        boxOf('ipco', ...parts),
        boxOf(
          'ipma',
          full,
          word(1),
          short(1),
          [parts.length],
          parts.map((_, i) => i + 1),
        ),
      ),
    );
  const at = head.length + makeMeta(0).length + 8;
  return Buffer.concat([head, makeMeta(at), boxOf('mdat', file.subarray(offset, offset + length))]);
}

/** What is said of a sequence, of which one picture is used. */
export const framesLeft = (sequence: Sequence | null): Note[] =>
  sequence && sequence.frames > 1 ? [reason('note.frames', { count: sequence.frames - 1 })] : [];
