/** Boxes, of which JPEG 2000, HEIC and AVIF are made: a length, a name of four letters, and what is inside. */

export interface Box {
  type: string;
  /** Where the content begins in the file. */
  from: number;
  content: Buffer;
}

/** The boxes between two places of a file; ends where one makes no sense. */
export function* boxesOf(file: Buffer, begin = 0, end = file.length): Generator<Box> {
  for (let at = begin; at + 8 <= end;) {
    const size = file.readUInt32BE(at);
    const long = size === 1 && at + 16 <= end;
    const length = size === 0 ? end - at : long ? Number(file.readBigUInt64BE(at + 8)) : size;
    const from = at + (long ? 16 : 8);
    if (length < from - at || at + length > end) return;
    yield { type: file.toString('latin1', at + 4, at + 8), from, content: file.subarray(from, at + length) };
    at += length;
  }
}

/** Where the boxes of a file end by their lengths: beyond its bytes where it is cut short. */
export function boxesEnd(file: Buffer): number {
  let at = 0;
  while (at + 8 <= file.length) {
    const size = file.readUInt32BE(at);
    if (size === 0) return file.length; // to the end of the file
    const length = size === 1 && at + 16 <= file.length ? Number(file.readBigUInt64BE(at + 8)) : size;
    if (length < 8) return file.length; // damaged rather than cut
    at += length;
  }
  return at < file.length ? at + 8 : at; // within a box's head
}

/** The first box of this path below the given one, as `['mdia', 'minf']`; null where there is none. */
export function boxAt(file: Buffer, path: readonly string[], skipped = 0): Box | null {
  const [first, ...rest] = path;
  for (const box of boxesOf(file, skipped)) {
    if (box.type !== first) continue;
    if (rest.length === 0) return box;
    const below = boxAt(box.content, rest);
    if (below) return { ...below, from: box.from + below.from };
  }
  return null;
}

/** Of boxes that have a version, before what is inside. */
const VERSION_BYTES = 4;

/** Whether the colours of a HEIC or AVIF were multiplied by their transparency (a reference `prem`). */
export function isPremultiplied(file: Buffer): boolean {
  const references = boxAt(boxAt(file, ['meta'])?.content ?? Buffer.alloc(0), ['iref'], VERSION_BYTES);
  return references !== null && boxAt(references.content, ['prem'], VERSION_BYTES) !== null;
}

/** Divides colours of 8 bits, red, green, blue and transparency, by what they were multiplied by. */
export function divideByAlpha(rgba: Uint8Array): void {
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const alpha = rgba[at + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = at; c < at + 3; c++) rgba[c] = Math.min(255, Math.round((rgba[c]! * 255) / alpha));
  }
}

export function boxOf(type: string, ...parts: (Buffer | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

/** Numbers of four and of two bytes, the highest first. */
export const word = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
export const short = (value: number): number[] => [value >> 8, value & 255];
