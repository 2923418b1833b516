/**
 * Whether a file ends where its format says that it does: what a decoder cannot read of a file that is whole is damaged,
 * not cut short. Leaves reading to the decoders.
 */
import { formatBytes, ImageError } from '../errors.ts';
import { sniffFormat } from '../formats.ts';
import type { ImageFormat } from '../formats.ts';
import { boxesEnd } from './isoBoxes.ts';
import { bufferOf } from '../../files/buffer.ts';

/** Bytes that programs leave behind a file's end. */
const AFTER = 64;
/** Formats that end in a mark of their own; the others announce how long they are, which may be what is damaged. */
const MARKED: readonly ImageFormat[] = ['png', 'jpeg', 'gif'];

const ends: Partial<Record<ImageFormat, (bytes: Buffer) => boolean | null>> = {
  png: (bytes) => bytes.subarray(-AFTER).includes('IEND'),
  jpeg: (bytes) => bytes.subarray(-AFTER).includes('ffd9', 0, 'hex'),
  webp: (bytes) => bytes.readUInt32LE(4) + 8 <= bytes.length,
  gif: gifEnds,
  avif: (bytes) => boxesEnd(bytes) <= bytes.length,
  heic: (bytes) => boxesEnd(bytes) <= bytes.length,
  tiff: (bytes) => (directoryEnd(bytes) > bytes.length ? false : null),
};

/** Whether the blocks of a GIF are all there, up to the mark of its end; null where they make no sense. */
function gifEnds(bytes: Buffer): boolean | null {
  const [DESCRIPTOR, EXTENSION, TRAILER] = [0x2c, 0x21, 0x3b];
  const coloursAt = (place: number) => (bytes[place]! & 0x80 ? 3 * 2 ** ((bytes[place]! & 7) + 1) : 0);
  let at = 13 + coloursAt(10);
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === TRAILER) return true;
    if (kind === DESCRIPTOR) at += 11 + (at + 9 < bytes.length ? coloursAt(at + 9) : 0);
    else if (kind === EXTENSION) at += 2;
    else return null;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
    at++;
  }
  return false;
}

/** Bytes of a value by its type, from 1. */
const SIZES = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** Where the first directory of a TIFF and its values end, by its own numbers; of a large file where it begins. */
function directoryEnd(bytes: Buffer): number {
  const little = bytes[0] === 0x49;
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  if (u16(2) === 43) {
    const u64 = (at: number) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return u64(8) + 8 > bytes.length ? Infinity : u64(8) + 16 + 20 * u64(u64(8));
  }
  const from = u32(4);
  if (from + 2 > bytes.length) return Infinity;
  const count = u16(from);
  let end = from + 6 + 12 * count;
  for (let entry = from + 2; entry + 12 <= bytes.length && entry < from + 2 + 12 * count; entry += 12) {
    const length = (SIZES[u16(entry + 2) - 1] ?? 0) * u32(entry + 4);
    if (length > 4) end = Math.max(end, u32(entry + 8) + length);
  }
  return end;
}

/** Whether the file is all there; null where its format does not say. */
function isWhole(bytes: Uint8Array): boolean | null {
  const file = bufferOf(bytes);
  const format = sniffFormat(file);
  return file.length < 16 || !format ? null : (ends[format]?.(file) ?? null);
}

/** Fewer bytes of one value at the end may be the file's own. */
const LEAST_FILL = 256;

/** Bytes before what an interrupted copy leaves at the end, zeros, or an erased card, ones. */
export function filledTo(bytes: Uint8Array, least = LEAST_FILL): number {
  const last = bytes.at(-1);
  let end = bytes.length;
  if (last !== 0 && last !== 0xff) return end;
  while (end > 0 && bytes[end - 1] === last) end--;
  return bytes.length - end < least ? bytes.length : end;
}

/** For a file whose content ends before its decoder is done: damaged where it is whole, else cut short. */
export function endsEarly(name: string, bytes: Uint8Array): ImageError {
  const whole = isWhole(bytes);
  if (whole === true) return new ImageError(name, 'corrupt');
  const format = sniffFormat(bytes);
  return whole === false && format !== null && MARKED.includes(format)
    ? new ImageError(name, 'truncated.bytes', { bytes: formatBytes(filledTo(bytes)) })
    : announcesMore(name, bytes.length);
}

/** For a file whose content makes no sense: that it ends early, where it does. */
export const damaged = (name: string, bytes: Uint8Array): ImageError =>
  isWhole(bytes) === false ? endsEarly(name, bytes) : new ImageError(name, 'corrupt');

/** For a file that speaks of more bytes than it has, whichever is wrong. */
export const announcesMore = (name: string, length: number): ImageError =>
  new ImageError(name, 'truncated.announced', { bytes: formatBytes(length) });
