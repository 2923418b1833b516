/**
 * Files of measured values, written byte by byte: TIFFs of any sample type, number of bands and pages, NumPy arrays,
 * DICOM and PNG of 16 bits. All hold one scene, a bright disc with a soft edge on a slope, so that what a decoder makes
 * of them can be compared with it.
 */
import { pngOf } from './pngForms.ts';
import type { Chunk } from './pngForms.ts';

export const SIDE = 48;

/** The scene at (x, y), 0 to 1. */
export function scene(x: number, y: number): number {
  const distance = Math.hypot(x - 20, y - 26);
  return 0.3 * (x / SIDE) + 0.7 / (1 + Math.exp((distance - 11) / 2));
}

/** The scene as values from `low` to `high`, row by row; each band its own multiple of it. */
export function values(low: number, high: number, bands: readonly number[] = [1]): number[] {
  const out: number[] = [];
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) for (const band of bands) out.push(low + (high - low) * scene(x, y) * band);
  return out;
}

export type SampleType = 'u8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64';

const writers: Record<
  SampleType,
  [bytes: number, (buffer: Buffer, value: number, at: number, little: boolean) => void]
> = {
  u8: [1, (b, v, at) => b.writeUInt8(Math.round(v), at)],
  u16: [2, (b, v, at, le) => (le ? b.writeUInt16LE(Math.round(v), at) : b.writeUInt16BE(Math.round(v), at))],
  i16: [2, (b, v, at, le) => (le ? b.writeInt16LE(Math.round(v), at) : b.writeInt16BE(Math.round(v), at))],
  u32: [4, (b, v, at, le) => (le ? b.writeUInt32LE(Math.round(v), at) : b.writeUInt32BE(Math.round(v), at))],
  i32: [4, (b, v, at, le) => (le ? b.writeInt32LE(Math.round(v), at) : b.writeInt32BE(Math.round(v), at))],
  f32: [4, (b, v, at, le) => (le ? b.writeFloatLE(v, at) : b.writeFloatBE(v, at))],
  f64: [8, (b, v, at, le) => (le ? b.writeDoubleLE(v, at) : b.writeDoubleBE(v, at))],
};

export function encode(numbers: readonly number[], type: SampleType, little = true): Buffer {
  const [size, write] = writers[type];
  const out = Buffer.alloc(numbers.length * size);
  numbers.forEach((value, i) => write(out, value, i * size, little));
  return out;
}

export interface Page {
  type?: SampleType;
  /** Bits of a sample where they are not its type's: packed ones, or of each band; null: 1, of which nothing is said. */
  bits?: number | readonly number[] | null;
  /** SampleFormat where it is not its type's. */
  format?: number;
  samples?: number;
  /** Bands one after the other, a strip each, or tiles of their own. */
  planar?: boolean;
  /** Side of the tiles, a multiple of 16, in place of a strip; of what is packed there is one, of the whole page. */
  tile?: number;
  /** null: nothing is said. */
  photometric?: number | null;
  extra?: number[];
  compression?: number;
  /** Rows of a strip, where `pieces` are several. */
  rows?: number;
  /** 2: the bits of each byte are stored the lowest first. */
  fillOrder?: number;
  /** Bytes that each strip or tile is said to have; null: nothing is said. */
  counts?: number | null;
  width?: number;
  height?: number;
  subfile?: number;
  description?: string;
  nodata?: string;
  /** What GDAL writes of its bands. */
  metadata?: string;
  /** ImageJ's own metadata: how long its blocks are, and its bytes. */
  imagej?: { lengths: readonly number[]; bytes: Buffer };
  orientation?: number;
  icc?: Buffer;
  /** Planes one after another behind this directory, in the way of MetaMorph. */
  planes?: number;
  /** All of red, of green, of blue, 0 to 65535. */
  palette?: readonly number[];
  /** Of YCbCr: pixels across and down that share their colours. */
  subsampling?: readonly [number, number];
  /** Fractions by the number of their tag. */
  fractions?: Readonly<Record<number, readonly (readonly [over: number, under: number])[]>>;
  /** Planes of a volume that are this page (ImageDepth). */
  depth?: number;
  /** It says that it is a page of a slide of Hamamatsu's scanners. */
  hamamatsu?: boolean;
  /** The program that is said to have written it. */
  software?: string;
  /** Tables of JPEG, for all of its pieces. */
  tables?: Buffer;
  /** Its strips or tiles as they are packed, in place of its pixels; an empty one is left out. */
  pieces?: readonly Buffer[];
  /** Pages below this one (SubIFDs). */
  subs?: readonly Page[];
  pixels: Buffer;
}

/** No pixels: a page's pieces stand for them. */
export const NONE = Buffer.alloc(0);

const LERC = 34887;
const BITS: Record<SampleType, number> = { u8: 8, u16: 16, i16: 16, u32: 32, i32: 32, f32: 32, f64: 64 };
const BYTE = 1;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const ASCII = 2;
const UNDEFINED = 7;

/** A little-endian TIFF of uncompressed (or already compressed) pages of one strip each. */
export function tiff(...pages: Page[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let length = 8;
  const append = (bytes: Buffer): number => {
    const at = length;
    const padded = bytes.length % 2 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes;
    parts.push(padded);
    length += padded.length;
    return at;
  };
  /** Where the page's directory lies, and how long it is. */
  const write = (page: Page): [at: number, length: number] => {
    const below = (page.subs ?? []).map((sub) => write(sub)[0]);
    const { type = 'u8', samples = 1, width = SIDE, height = SIDE } = page;
    const piece = page.pixels.length / (page.planar ? samples : 1);
    const planes = Array.from({ length: page.planar ? samples : 1 }, (_, i) =>
      page.pixels.subarray(i * piece, (i + 1) * piece),
    );
    const { tile } = page;
    const isWhole = tile === undefined || (page.compression ?? 1) !== 1;
    const strips = page.pieces ?? (isWhole ? planes : planes.flatMap((plane) => tilesOf(plane, width, height, tile)));
    const entries: [tag: number, type: number, values: number[] | Buffer][] = [
      [254, LONG, [page.subfile ?? 0]],
      [256, LONG, [width]],
      [257, LONG, [height]],
      [259, SHORT, [page.compression ?? 1]],
      [262, SHORT, [page.photometric ?? 1]],
      [tile === undefined ? 273 : 324, LONG, strips.map((strip) => (strip.length > 0 ? append(strip) : 0))],
      [274, SHORT, [page.orientation ?? 1]],
      [277, SHORT, [samples]],
      ...(tile === undefined
        ? ([[278, LONG, [page.rows ?? height]]] as [number, number, number[]][])
        : ([
            [322, LONG, [tile]],
            [323, LONG, [tile]],
          ] as [number, number, number[]][])),
      [tile === undefined ? 279 : 325, LONG, strips.map((strip) => page.counts ?? strip.length)],
      [284, SHORT, [page.planar ? 2 : 1]],
      [
        339,
        SHORT,
        Array<number>(samples).fill(page.format ?? (type.startsWith('f') ? 3 : type.startsWith('i') ? 2 : 1)),
      ],
    ];
    const { bits = BITS[type] } = page;
    if (bits !== null) entries.push([258, SHORT, typeof bits === 'number' ? Array<number>(samples).fill(bits) : [...bits]]); // prettier-ignore
    for (const [tag, fractions] of Object.entries(page.fractions ?? {}))
      entries.push([Number(tag), RATIONAL, fractions.flat()]);
    if (page.software !== undefined) entries.push([305, ASCII, Buffer.from(`${page.software}\0`)]);
    if (page.description !== undefined) entries.push([270, ASCII, Buffer.from(`${page.description}\0`)]);
    if (page.extra) entries.push([338, SHORT, page.extra]);
    if (page.fillOrder) entries.push([266, SHORT, [page.fillOrder]]);
    if (page.nodata !== undefined) entries.push([42113, ASCII, Buffer.from(`${page.nodata}\0`)]);
    if (page.metadata !== undefined) entries.push([42112, ASCII, Buffer.from(`${page.metadata}\0`)]);
    if (page.imagej) entries.push([50838, LONG, [...page.imagej.lengths]], [50839, BYTE, page.imagej.bytes]);
    if (page.compression === LERC) entries.push([50674, LONG, [2, 0]]); // its version, and nothing packed on top
    if (page.depth) entries.push([32997, LONG, [page.depth]]);
    if (page.hamamatsu) entries.push([65420, LONG, [1]]);
    if (page.planes) entries.push([33629, LONG, Array<number>(page.planes).fill(1)]);
    if (page.palette) entries.push([320, SHORT, [...page.palette]]);
    if (page.subsampling) entries.push([530, SHORT, [...page.subsampling]]);
    if (page.tables) entries.push([347, UNDEFINED, page.tables]);
    if (page.icc) entries.push([34675, UNDEFINED, page.icc]);
    if (below.length > 0) entries.push([330, LONG, below]);
    const colours = entries.findIndex(([tag]) => tag === 262);
    if (page.photometric === null) entries.splice(colours, 1);
    if (page.counts === null) entries.splice(0, entries.length, ...entries.filter(([tag]) => tag !== 279));
    entries.sort(([a], [b]) => a - b);
    const directory = Buffer.alloc(2 + entries.length * 12 + 4);
    directory.writeUInt16LE(entries.length, 0);
    entries.forEach(([tag, kind, content], i) => {
      const bytes = Buffer.isBuffer(content) ? content : encode(content, kind === SHORT ? 'u16' : 'u32');
      const at = 2 + i * 12;
      directory.writeUInt16LE(tag, at);
      directory.writeUInt16LE(kind, at + 2);
      directory.writeUInt32LE(kind === RATIONAL ? content.length / 2 : content.length, at + 4);
      if (bytes.length <= 4) bytes.copy(directory, at + 8);
      else directory.writeUInt32LE(append(bytes), at + 8);
    });
    return [append(directory), directory.length];
  };
  const directories = pages.map(write);
  const whole = Buffer.concat(parts);
  let link = 4;
  for (const [at, size] of directories) {
    whole.writeUInt32LE(at, link);
    link = at + size - 4;
  }
  return whole;
}

/** The tiles of a plane, row by row; what lies beyond its edges is 0. */
function tilesOf(plane: Buffer, width: number, height: number, side: number): Buffer[] {
  const each = plane.length / (width * height);
  const tiles: Buffer[] = [];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      const tile = Buffer.alloc(side * side * each);
      for (let y = top; y < Math.min(height, top + side); y++)
        plane.copy(
          tile,
          (y - top) * side * each,
          (y * width + left) * each,
          (y * width + Math.min(width, left + side)) * each,
        );
      tiles.push(tile);
    }
  return tiles;
}

/** Values of `bits` bits one after another, each row beginning at a byte. */
export function packed(numbers: readonly number[], bits: number, width = SIDE): Buffer {
  const rows: Buffer[] = [];
  for (let y = 0; y < numbers.length / width; y++) {
    const row = Buffer.alloc(Math.ceil((width * bits) / 8));
    for (let i = 0; i < width; i++) {
      const value = Math.round(numbers[y * width + i]!);
      for (let b = 0; b < bits; b++)
        if ((value >> (bits - 1 - b)) & 1) row[(i * bits + b) >> 3]! |= 128 >> ((i * bits + b) & 7);
    }
    rows.push(row);
  }
  return Buffer.concat(rows);
}

/** A PNG of 16 or 8 bits, with further chunks before its pixels. */
export function png(pixels: Buffer, bits: 8 | 16, rgb: boolean, chunks: readonly Chunk[] = []): Buffer {
  return pngOf({ width: SIDE, height: SIDE, bits, colour: rgb ? 2 : 0, pixels, before: chunks });
}

export function npy(type: string, shape: number[], content: Buffer, fortran = false): Buffer {
  const text = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')}), }\n`;
  const head = Buffer.from('\x93NUMPY\x01\x00\0\0', 'latin1');
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text), content]);
}

const PLAIN = '1.2.840.10008.1.2.1';

/** Explicit little endian; in another transfer syntax than the plain one the pixels are one packed frame. */
export function dicom(
  elements: [group: number, element: number, vr: string, value: string | number | Buffer][],
  syntax = PLAIN,
): Buffer {
  const one = ([group, element, vr, value]: (typeof elements)[number]): Buffer => {
    let content = typeof value === 'number' ? encode([value], 'u16') : Buffer.from(value as string);
    if (content.length % 2) content = Buffer.concat([content, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
    const long = ['OW', 'OB', 'SQ'].includes(vr);
    const head = Buffer.alloc(long ? 12 : 8);
    head.writeUInt16LE(group, 0);
    head.writeUInt16LE(element, 2);
    head.write(vr, 4, 'latin1');
    if (long && group === 0x7fe0 && syntax !== PLAIN) {
      head.writeUInt32LE(0xffffffff, 8); // fragments, until their end
      return Buffer.concat([head, item(0xe000, Buffer.alloc(0)), item(0xe000, content), item(0xe0dd, Buffer.alloc(0))]);
    }
    if (long) head.writeUInt32LE(content.length, 8);
    else head.writeUInt16LE(content.length, 6);
    return Buffer.concat([head, content]);
  };
  const meta = one([2, 0x10, 'UI', syntax]);
  const length = Buffer.alloc(12);
  length.set([2, 0, 0, 0, 0x55, 0x4c, 4, 0]);
  length.writeUInt32LE(meta.length, 8);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta, ...elements.map(one)]);
}

/** An item of a sequence of fragments. */
function item(tag: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt16LE(tag, 2);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
