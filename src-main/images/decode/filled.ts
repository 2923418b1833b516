/**
 * Files that are as long as they should be and of which the end is missing all the same: an interrupted copy leaves zeros
 * there, an erased block of a card ones. Decoders take these for picture: a run of zeros is as good a code as any. Leaves
 * formats to their decoders that check what they read (PNG, deflate), and pixels that are not packed.
 */
import { formatBytes, ImageError } from '../errors.ts';
import type { ImageFormat } from '../formats.ts';
import { boxesEnd, boxesOf } from './isoBoxes.ts';
import { scanOf } from './jpegHeader.ts';
import { filledTo } from './whole.ts';

/** Fewer bytes of one value may be the file's own: where nothing else tells, and where a mark of the end is missing. */
const [LEAST, LEAST_UNMARKED] = [256, 32];
/** And so may be a smaller share of it. */
const SHARE = 1 / 64;

const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex');
/** Where what is packed begins, and the mark of its end, which no other bytes of it can be taken for. */
const marked: Partial<Record<ImageFormat, { begin(bytes: Buffer): number; end: Buffer }>> = {
  jpeg: { begin: scanOf, end: bytesOf('ffd9') },
  jpeg2000: { begin: (bytes) => bytes.indexOf(bytesOf('ff4fff51')), end: bytesOf('ffd9') },
  // frames of a length that is not said
  dicom: { begin: (bytes) => bytes.indexOf(bytesOf('e07f10004f420000ffffffff')), end: bytesOf('feffdde0') },
};

/** Whether the last of a file's boxes is that of its pictures. */
function endsInPictures(bytes: Buffer): boolean {
  let last = '';
  for (const { type } of boxesOf(bytes)) last = type;
  return last === 'mdat' && boxesEnd(bytes) === bytes.length;
}

const CHUNKS = new Set(['VP8 ', 'VP8L', 'ALPH', 'ANMF']);
function endsInChunk(bytes: Buffer): boolean {
  let last = '';
  for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4) + (bytes.readUInt32LE(at + 4) & 1))
    last = bytes.toString('latin1', at, at + 4);
  return CHUNKS.has(last);
}

const isPart: Partial<Record<ImageFormat, (bytes: Buffer) => boolean>> = {
  heic: endsInPictures,
  avif: endsInPictures,
  webp: endsInChunk,
};

/** Throws ImageError where the end of a file's picture is zeros or ones. */
export function assertNotFilled(name: string, format: ImageFormat, bytes: Buffer): void {
  const [mark, isPicture] = [marked[format], isPart[format]];
  if (!mark && !isPicture) return;
  const there = filledTo(bytes, mark ? LEAST_UNMARKED : Math.max(LEAST, SHARE * bytes.length));
  if (there === bytes.length) return;
  const begin = mark?.begin(bytes) ?? -1;
  const isMissing = mark ? begin >= 0 && bytes.indexOf(mark.end, begin) < 0 : isPicture!(bytes);
  if (isMissing) throw new ImageError(name, 'truncated.bytes', { bytes: formatBytes(there) });
}
