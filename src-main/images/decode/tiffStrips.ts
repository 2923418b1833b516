/**
 * A window of a TIFF that is stored in strips, as a small TIFF of its own that holds the strips it lies in, packed as they
 * are: libvips reads it at its own pace, where it would unpack every strip above a window of the file itself. Where a strip
 * is a row, that ends where the window does.
 */
import type { Rect } from '../../../shared/parts.ts';
import { TAG } from './tiff.ts';
import type { TiffBytes, TiffDirectory } from './tiff.ts';

/** What says how pixels are packed and what colours they are: copied. Offsets into the file are none of these. */
const COPIED: ReadonlySet<number> = new Set([
  258, 259, 262, 266, 277, 284, 292, 293, 317, 318, 319, 320, 332, 338, 339, 347, 529, 530, 531, 532, 34675,
]);
const STRIP_BYTES = 279;
/** What says where pixels lie: other numbers take its place. */
const REPLACED: ReadonlySet<number> = new Set([TAG.width, TAG.height, TAG.stripOffsets, TAG.rowsPerStrip, STRIP_BYTES]);
const LONG = 4;
/** Bytes of a value by its type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const [LONG8, SLONG8, IFD8] = [16, 17, 18];
const NONE = 1;
/** JPEG of before TIFF 6: where its tables lie is said in offsets. */
const OLD_JPEG = 6;
const YCBCR = 6;
/** Floats, whose row is packed as all of its first bytes, then all of its second ones. */
const [PREDICTOR, FLOATING] = [317, 3];
/** LZW and deflate, which libtiff unpacks no further than a row is long. */
const ENDS_EARLY: ReadonlySet<number> = new Set([5, 8, 32946]);
/** More bytes than this are left to whoever reads the file itself. */
const MOST_BYTES = 160e6;
const MOST_TAG = 1 << 22;

interface Entry {
  tag: number;
  type: number;
  count: number;
  data: Buffer;
}

/** A part of a page, of which this pixel is the first. */
export interface Strips {
  bytes: Buffer;
  top: number;
  left: number;
}

/** The strips that a window of a page lies in; null where its strips cannot be had by themselves. */
export function stripsOf(
  file: TiffBytes,
  directory: TiffDirectory,
  { x, y, width: across, height }: Rect,
): Strips | null {
  const little = file.toString('latin1', 0, 2) === 'II';
  const number = (data: Buffer, at: number, size: number): number => {
    if (size === 1) return data.readUInt8(at);
    if (size === 2) return little ? data.readUInt16LE(at) : data.readUInt16BE(at);
    if (size === 4) return little ? data.readUInt32LE(at) : data.readUInt32BE(at);
    return Number(little ? data.readBigUInt64LE(at) : data.readBigUInt64BE(at));
  };
  const entries = entriesOf(file, directory, number);
  if (!entries) return null;
  const numberAt = ({ type, data }: Entry, i: number) => number(data, i * SIZES[type]!, SIZES[type]!);
  const first = (tag: number, otherwise: number) => (entries.has(tag) ? numberAt(entries.get(tag)!, 0) : otherwise);
  const [width, whole, compression] = [first(TAG.width, 0), first(TAG.height, 0), first(TAG.compression, NONE)];
  const [offsets, counts] = [entries.get(TAG.stripOffsets), entries.get(STRIP_BYTES)];
  const samples = first(TAG.samples, 1);
  const planes = first(TAG.planar, 1) === 2 ? samples : 1;
  let perStrip = Math.min(whole, first(TAG.rowsPerStrip, whole));
  if (compression === OLD_JPEG || perStrip < 1 || !offsets || offsets.count !== counts?.count) return null;
  let strips = Math.ceil(whole / perStrip);
  if (offsets.count !== strips * planes) return null;
  let place = (strip: number): [offset: number, bytes: number] => [numberAt(offsets, strip), numberAt(counts, strip)];
  const isApart = first(TAG.photometric, 0) !== YCBCR; // a row does not share its colours with others
  const bits = (planes > 1 ? 1 : samples) * first(TAG.bits, 1);
  if (compression === NONE && strips === 1 && isApart) {
    // any row of one that is not packed can be had by itself
    const row = Math.ceil((width * bits) / 8);
    [perStrip, strips] = [1, whole];
    place = (strip) => [numberAt(offsets, Math.floor(strip / whole)) + row * (strip % whole), row];
  }
  let [left, right] = [0, width];
  if (perStrip === 1 && isApart) {
    // nor is what lies beside it: unpacking ends where there is enough for the row
    if (ENDS_EARLY.has(compression) && first(PREDICTOR, NONE) !== FLOATING) right = x + across;
    else if (compression === NONE && bits % 8 === 0) {
      const [row, inRow] = [place, bits / 8];
      [left, right] = [x, x + across];
      place = (strip) => [row(strip)[0] + x * inRow, Math.min(across * inRow, row(strip)[1])];
    }
  }
  const [from, to] = [Math.floor(y / perStrip), Math.min(strips, Math.ceil((y + height) / perStrip))];
  const pieces = Array.from({ length: planes }, (_, plane) =>
    Array.from({ length: to - from }, (_, i) => place(plane * strips + from + i)),
  ).flat();
  const total = pieces.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (total > MOST_BYTES || pieces.some(([at, bytes]) => at === 0 || bytes === 0 || at + bytes > file.length))
    return null;
  const top = from * perStrip;
  const rows = Math.min(whole, to * perStrip) - top;
  const kept = [...entries.values()].filter(({ tag }) => COPIED.has(tag));
  const size = { width: right - left, rows, perStrip: Math.min(rows, perStrip) };
  return { bytes: written(file, little, kept, pieces, size), top, left };
}

function entriesOf(
  file: TiffBytes,
  { at }: TiffDirectory,
  number: (data: Buffer, at: number, size: number) => number,
): Map<number, Entry> | null {
  const isBig = number(file.subarray(2, 4), 0, 2) === 43;
  const [word, counted, each] = isBig ? [8, 8, 20] : [4, 2, 12];
  const count = number(file.subarray(at, at + counted), 0, counted);
  if (at + counted + count * each > file.length) return null;
  const table = file.subarray(at + counted, at + counted + count * each);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i++) {
    const [tag, type] = [number(table, i * each, 2), number(table, i * each + 2, 2)];
    const values = number(table, i * each + 4, word);
    if (!COPIED.has(tag) && !REPLACED.has(tag)) continue;
    const bytes = (SIZES[type] ?? 0) * values;
    if (bytes === 0 || bytes > MOST_TAG) return null;
    const inline = i * each + 4 + word;
    const start = bytes <= word ? -1 : number(table, inline, word);
    if (start >= 0 && start + bytes > file.length) return null;
    const data = start < 0 ? table.subarray(inline, inline + bytes) : file.subarray(start, start + bytes);
    entries.set(tag, { tag, type, count: values, data });
  }
  return entries;
}

/** A TIFF of these strips, in the order of bytes that they have. */
function written(
  file: TiffBytes,
  little: boolean,
  kept: readonly Entry[],
  pieces: readonly (readonly [offset: number, bytes: number])[],
  { width, rows, perStrip }: { width: number; rows: number; perStrip: number },
): Buffer {
  const longs = (values: readonly number[]) => {
    const data = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => (little ? data.writeUInt32LE(value, 4 * i) : data.writeUInt32BE(value, 4 * i)));
    return data;
  };
  const long = (tag: number, values: readonly number[]): Entry => ({
    tag,
    type: LONG,
    count: values.length,
    data: longs(values),
  });
  const narrowed = kept.map((entry): Entry => {
    if (![LONG8, SLONG8, IFD8].includes(entry.type)) return entry;
    const low = (i: number) => entry.data.readUInt32LE(8 * i);
    const high = (i: number) => entry.data.readUInt32BE(8 * i + 4);
    return long(
      entry.tag,
      Array.from({ length: entry.count }, (_, i) => (little ? low(i) : high(i))),
    );
  });
  const all = [
    ...narrowed,
    long(TAG.width, [width]),
    long(TAG.height, [rows]),
    long(TAG.rowsPerStrip, [perStrip]),
    long(TAG.stripOffsets, new Array<number>(pieces.length).fill(0)),
    long(
      STRIP_BYTES,
      pieces.map(([, bytes]) => bytes),
    ),
  ].sort((a, b) => a.tag - b.tag);
  const head = 8 + 2 + 12 * all.length + 4;
  const beside = all.reduce((sum, { data }) => sum + (data.length > 4 ? data.length + (data.length & 1) : 0), 0);
  const out = Buffer.allocUnsafeSlow(head + beside + pieces.reduce((sum, [, bytes]) => sum + bytes, 0)).fill(
    0,
    0,
    head + beside,
  );
  const u16 = (value: number, at: number) => (little ? out.writeUInt16LE(value, at) : out.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (little ? out.writeUInt32LE(value, at) : out.writeUInt32BE(value, at));
  out.write(little ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(all.length, 8);
  let put = head + beside;
  const offsets = pieces.map(([, bytes]) => (put += bytes) - bytes);
  for (let i = 0, next = 1; i < pieces.length; i = next++) {
    // what lies together is read at once
    const [from] = pieces[i]!;
    while (next < pieces.length && pieces[next]![0] === from + offsets[next]! - offsets[i]!) next++;
    const end = next < pieces.length ? offsets[next]! : put;
    const read = file.copy(out, offsets[i]!, from, from + end - offsets[i]!);
    out.fill(0, offsets[i]! + read, end); // where it shrank under us
  }
  let free = head;
  for (const [i, { tag, type, count, data }] of all.entries()) {
    const at = 10 + 12 * i;
    const values = tag === TAG.stripOffsets ? longs(offsets) : data;
    u16(tag, at);
    u16(type, at + 2);
    u32(count, at + 4);
    if (values.length <= 4) out.set(values, at + 8);
    else {
      u32(free, at + 8);
      out.set(values, free);
      free += values.length + (values.length & 1);
    }
  }
  return out;
}
