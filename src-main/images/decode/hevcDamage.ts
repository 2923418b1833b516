/**
 * Whether what a HEIC is packed in was damaged. Nothing in it says so: behind a bit that turned, the rest of a slice is
 * unpacked to something, as a rule to a smear. But that something does not end where the bytes do: what lies behind these
 * is looked at as well, which is never so of a sound slice. So a file that looks otherwise with other bytes behind each
 * slice is damaged. Leaves decoding to heic.ts.
 */
import { boxAt, boxesOf, boxOf, word } from './isoBoxes.ts';

/** No zeros, which would mark the end of what is packed. */
const TAIL = Buffer.from('9d5bc37721ff3c819d5bc37721ff3c81', 'hex');
/** Kinds of units below this are slices. */
const SLICES = 32;

/**
 * The file with other bytes behind each slice of its pictures; null where it is made otherwise than cameras and programs
 * make it.
 */
export function withTails(file: Buffer): Buffer | null {
  try {
    const meta = boxAt(file, ['meta']);
    const places = meta && boxAt(meta.content, ['iloc'], 4);
    if (!places) return null;
    const pictures = picturesIn(meta.content);
    const out = Buffer.from(file);
    const parts: Buffer[] = [];
    let at = file.length + 8;
    for (const { id, offset, length, base } of extentsOf(places.content)) {
      if (!pictures.has(id)) continue;
      const start = base + places.content.readUInt32BE(offset);
      const end = start + places.content.readUInt32BE(length);
      if (end > file.length) return null;
      const units = unitsWithTails(file.subarray(start, end));
      const entry = meta.from + places.from;
      out.writeUInt32BE(at - base, entry + offset);
      out.writeUInt32BE(units.length, entry + length);
      parts.push(units);
      at += units.length;
    }
    return parts.length === 0 ? null : Buffer.concat([out, boxOf('mdat', ...parts)]);
  } catch {
    return null; // its numbers make no sense to us; decoding it says what is wrong
  }
}

/** Numbers of the items that are HEVC. */
function picturesIn(meta: Buffer): Set<number> {
  const list = boxAt(meta, ['iinf'], 4)!.content;
  const found = new Set<number>();
  for (const { type, content } of boxesOf(list, list[0] === 0 ? 6 : 8)) {
    if (type !== 'infe') continue;
    const wide = content[0] === 3;
    const kind = content.toString('latin1', wide ? 10 : 8, wide ? 14 : 12);
    if (kind === 'hvc1') found.add(wide ? content.readUInt32BE(4) : content.readUInt16BE(4));
  }
  return found;
}

interface Extent {
  id: number;
  /** Where, in the list, its place and its length stand. */
  offset: number;
  length: number;
  base: number;
}

/** The items that lie in one piece of the file. @throws RangeError */
function* extentsOf(list: Buffer): Generator<Extent> {
  const version = list[0]!;
  const [offsetSize, lengthSize, baseSize] = [list[4]! >> 4, list[4]! & 15, list[5]! >> 4];
  const indexSize = version > 0 ? list[5]! & 15 : 0;
  if (offsetSize !== 4 || lengthSize !== 4 || (baseSize !== 0 && baseSize !== 4)) return;
  const idSize = version === 2 ? 4 : 2;
  const count = list.readUIntBE(6, idSize);
  for (let at = 6 + idSize, i = 0; i < count; i++) {
    const id = list.readUIntBE(at, idSize);
    const method = version > 0 ? list.readUInt16BE(at + idSize) & 15 : 0;
    at += idSize + (version > 0 ? 4 : 2);
    const base = baseSize > 0 ? list.readUInt32BE(at) : 0;
    const extents = list.readUInt16BE(at + baseSize);
    at += baseSize + 2;
    const offset = at + indexSize;
    at += extents * (indexSize + offsetSize + lengthSize);
    if (method === 0 && extents === 1) yield { id, offset, length: offset + offsetSize, base };
  }
}

/** Units behind their lengths, the slices with the tail. @throws RangeError where they do not end where they should */
function unitsWithTails(packed: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32BE(at);
    const unit = packed.subarray(at + 4, at + 4 + length);
    if (unit.length < length) throw new RangeError('a unit is longer than its picture');
    const isSlice = ((unit[0]! >> 1) & 63) < SLICES;
    parts.push(Buffer.from(word(isSlice ? length + TAIL.length : length)), unit, ...(isSlice ? [TAIL] : []));
    at += 4 + length;
  }
  return Buffer.concat(parts);
}

/**
 * The file with its thumbnails told as pictures, so that its decoder hands them over, too; as it is where it has none.
 */
export function withThumbnails(file: Buffer): Buffer {
  const meta = boxAt(file, ['meta']);
  const references = meta && boxAt(meta.content, ['iref'], 4);
  if (!references) return file;
  const told = [...boxesOf(references.content, 4)].filter(({ type }) => type === 'thmb');
  if (told.length === 0) return file;
  const out = Buffer.from(file);
  for (const { from } of told) out.write('free', meta.from + references.from + from - 4, 'latin1');
  return out;
}

interface Rgba {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Cells across and down in which a picture and its thumbnail are compared, and levels by which these may differ. */
const CELLS = 16;
const ALIKE = 20;

/** Whether a small picture is a copy of another, roughly: that one is not smeared then. */
export function isCopy(small: Rgba, of: Rgba): boolean {
  if (Math.abs((small.width * of.height) / (small.height * of.width) - 1) > 0.05) return false;
  const [one, other] = [means(small), means(of)];
  return one.every((level, i) => Math.abs(level - other[i]!) <= ALIKE);
}

/** Means of red, green and blue in each cell. */
function means({ width, height, data }: Rgba): Float64Array {
  const [sums, counts] = [new Float64Array(3 * CELLS * CELLS), new Float64Array(CELLS * CELLS)];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const cell = Math.floor((y * CELLS) / height) * CELLS + Math.floor((x * CELLS) / width);
      for (let c = 0; c < 3; c++) sums[3 * cell + c]! += data[at + c]!;
      counts[cell]!++;
    }
  return sums.map((sum, i) => sum / (counts[Math.floor(i / 3)]! || 1));
}
