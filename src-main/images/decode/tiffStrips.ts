/**
 * A few rows of a TIFF that is stored in strips, as a small TIFF of its own that holds the strips they lie in, packed as
 * they are: libvips reads it at its own pace, where it would unpack every strip above a window of the file itself.
 */
import { TAG } from './tiff.ts';
import type { TiffBytes, TiffDirectory } from './tiff.ts';

/** What says how pixels are packed and what colours they are: copied. Offsets into the file are none of these. */
const COPIED: ReadonlySet<number> = new Set([
  256, 258, 259, 262, 266, 277, 284, 292, 293, 317, 318, 319, 320, 332, 338, 339, 347, 529, 530, 531, 532, 34675,
]);
const STRIP_BYTES = 279;
const LONG = 4;
/** Bytes of a value by its type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const [LONG8, SLONG8, IFD8] = [16, 17, 18];
const NONE = 1;
/** JPEG of before TIFF 6: where its tables lie is said in offsets. */
const OLD_JPEG = 6;
const YCBCR = 6;
/** More bytes than this are left to whoever reads the file itself. */
const MOST_BYTES = 160e6;
const MOST_TAG = 1 << 22;

interface Entry {
  tag: number;
  type: number;
  count: number;
  data: Buffer;
}

/** Rows of a page, from the row `top` of it on. */
export interface Strips {
  bytes: Buffer;
  top: number;
}

/** The strips of rows `y` to `y + height` of a page; null where its strips cannot be had by themselves. */
export function stripsOf(file: TiffBytes, directory: TiffDirectory, y: number, height: number): Strips | null {
  const little = file.toString('latin1', 0, 2) === 'II';
  const number = (data: Buffer, at: number, size: number): number => {
    if (size === 1) return data.readUInt8(at);
    if (size === 2) return little ? data.readUInt16LE(at) : data.readUInt16BE(at);
    if (size === 4) return little ? data.readUInt32LE(at) : data.readUInt32BE(at);
    return Number(little ? data.readBigUInt64LE(at) : data.readBigUInt64BE(at));
  };
  const entries = entriesOf(file, directory, number);
  if (!entries) return null;
  const listed = (tag: number): number[] => {
    const entry = entries.get(tag);
    if (!entry) return [];
    const size = SIZES[entry.type]!;
    return Array.from({ length: entry.count }, (_, i) => number(entry.data, i * size, size));
  };
  const first = (tag: number, otherwise: number) => listed(tag)[0] ?? otherwise;
  const [width, whole, compression] = [first(TAG.width, 0), first(TAG.height, 0), first(TAG.compression, NONE)];
  const [offsets, counts] = [listed(TAG.stripOffsets), listed(STRIP_BYTES)];
  const samples = first(TAG.samples, 1);
  const planes = first(TAG.planar, 1) === 2 ? samples : 1;
  let perStrip = Math.min(whole, first(TAG.rowsPerStrip, whole));
  if (compression === OLD_JPEG || perStrip < 1 || offsets.length !== counts.length) return null;
  let strips = Math.ceil(whole / perStrip);
  if (offsets.length !== strips * planes) return null;
  let place = (strip: number): [offset: number, bytes: number] => [offsets[strip]!, counts[strip]!];
  if (compression === NONE && strips === 1 && first(TAG.photometric, 0) !== YCBCR) {
    // any row of one that is not packed can be had by itself
    const row = Math.ceil((width * (planes > 1 ? 1 : samples) * first(TAG.bits, 1)) / 8);
    [perStrip, strips] = [1, whole];
    place = (strip) => [offsets[Math.floor(strip / whole)]! + row * (strip % whole), row];
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
  return { bytes: written(file, little, kept, pieces, { rows, perStrip: Math.min(rows, perStrip) }), top };
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
    const isStrips = tag === TAG.stripOffsets || tag === STRIP_BYTES || tag === TAG.height || tag === TAG.rowsPerStrip;
    if (!COPIED.has(tag) && !isStrips) continue;
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
  { rows, perStrip }: { rows: number; perStrip: number },
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
  const out = Buffer.alloc(head + beside + pieces.reduce((sum, [, bytes]) => sum + bytes, 0));
  const u16 = (value: number, at: number) => (little ? out.writeUInt16LE(value, at) : out.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (little ? out.writeUInt32LE(value, at) : out.writeUInt32BE(value, at));
  out.write(little ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(all.length, 8);
  let put = head + beside;
  const offsets = pieces.map(([from, bytes]) => {
    out.set(file.subarray(from, from + bytes), put);
    put += bytes;
    return put - bytes;
  });
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
