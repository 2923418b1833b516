/**
 * Arrays of NumPy as pictures: two axes are height and width, three have the bands or a stack last or first.
 * Integers, floats and booleans in either byte order, C and Fortran order.
 */
import { reason } from '../../../shared/reason.ts';
import { formatBytes, ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { lookedAt, spreadOf } from './fullest.ts';
import type { Note, Route } from './route.ts';
import { keepBrighter } from './samples.ts';
import type { Values } from './samples.ts';
import { halfFloat } from './tiffBlocks.ts';
import { bandsOf } from './tiffBands.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';
import { announcesMore } from './whole.ts';

/** An axis of at most this length holds bands, a longer one a stack. */
const MOST_BANDS = 16;
/** A first one that is longer than this is a stack all the same where a plane is asked for: it is no colour. */
const MOST_COLOURS = 4;
/** Planes that are looked at for the one with most on it: they are there already. */
const LOOKED_AT = 48;

type Read = (view: DataView, at: number, little: boolean) => number;
const types: Readonly<Record<string, [new (length: number) => Values, bytes: number, Read]>> = {
  b1: [Uint8Array, 1, (view, at) => (view.getUint8(at) ? 255 : 0)],
  u1: [Uint8Array, 1, (view, at) => view.getUint8(at)],
  i1: [Int8Array, 1, (view, at) => view.getInt8(at)],
  u2: [Uint16Array, 2, (view, at, little) => view.getUint16(at, little)],
  i2: [Int16Array, 2, (view, at, little) => view.getInt16(at, little)],
  u4: [Uint32Array, 4, (view, at, little) => view.getUint32(at, little)],
  i4: [Int32Array, 4, (view, at, little) => view.getInt32(at, little)],
  u8: [Float64Array, 8, (view, at, little) => Number(view.getBigUint64(at, little))],
  i8: [Float64Array, 8, (view, at, little) => Number(view.getBigInt64(at, little))],
  f2: [Float32Array, 2, (view, at, little) => halfFloat(view.getUint16(at, little))],
  f4: [Float32Array, 4, (view, at, little) => view.getFloat32(at, little)],
  f8: [Float64Array, 8, (view, at, little) => view.getFloat64(at, little)],
};

interface Head {
  /** Where the elements begin, in bytes. */
  begin: number;
  order: string | undefined;
  code: string | undefined;
  fortran: boolean;
  shape: number[];
}

function headOf(bytes: Buffer): Head {
  const long = bytes[6]! > 1;
  const begin = (long ? 12 : 10) + (long ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const head = bytes.toString('latin1', long ? 12 : 10, Math.min(begin, 1 << 16));
  const [, order, code] = /'descr':\s*'([<>|=]?)([a-zA-Z]\d+)'/.exec(head) ?? [];
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(head)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  while (shape.length > 3 && shape.includes(1)) shape.splice(shape.indexOf(1), 1); // as of a batch of one picture
  return { begin, order, code, fortran: /'fortran_order':\s*True/.test(head), shape };
}

const isPicture = (shape: readonly number[]): boolean =>
  shape.length >= 2 && shape.length <= 3 && shape.every((size) => Number.isSafeInteger(size) && size > 0);

/** How many planes an array has that can be photos each: those of a stack, or of what may be one; else 1. */
export function npyPlanes(bytes: Buffer): number {
  if (bytes.length < 16) return 1;
  const { begin, shape } = headOf(bytes);
  if (!isPicture(shape)) return 1;
  const { stack, other } = axesOf(shape, true);
  // of an array that is cut short it is told when it is read
  return stack && other !== null && shape.reduce((product, size) => product * size, 1) <= bytes.length - begin
    ? shape[other]!
    : 1;
}

export function findNpy(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Route {
  if (bytes.length < 16) throw new ImageError(file, 'truncated.bytes', { bytes: formatBytes(bytes.length) });
  const { begin, order, code, fortran, shape } = headOf(bytes);
  const type = types[code ?? ''];
  if (/^c\d/.test(code ?? '')) throw new ImageError(file, 'unsupported.npy-complex');
  if (!type || !isPicture(shape))
    throw new ImageError(file, 'unsupported.npy', { shape: shape.join(' × ') || '?', type: code ?? '?' });

  // Where the elements of the axes lie, in elements.
  const strides = shape.map((_, axis) =>
    (fortran ? shape.slice(0, axis) : shape.slice(axis + 1)).reduce((product, size) => product * size, 1),
  );
  const axes = axesOf(shape, rule.page !== 'auto' && rule.bands === '' && typeof rule.channels !== 'number');
  const [height, width] = [shape[axes.y]!, shape[axes.x]!];
  assertPixels(file, width, height, limits);
  const [Array, size, read] = type;
  const count = shape.reduce((product, each) => product * each, 1);
  if (begin + count * size > bytes.length) throw announcesMore(file, bytes.length);

  const others = axes.other === null ? 1 : shape[axes.other]!;
  const notes: Note[] = [];
  const stacked = axes.stack && rule.channels !== others;
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin);
  const little = order !== '>';
  const plane = (band: number): Values => {
    const out = new Array(width * height);
    const start = axes.other === null ? 0 : band * strides[axes.other]!;
    for (let y = 0, o = 0; y < height; y++)
      for (let x = 0; x < width; x++, o++)
        out[o] = read(view, (start + y * strides[axes.y]! + x * strides[axes.x]!) * size, little);
    return out;
  };
  let chosen = [0];
  let bands: Values[] | undefined;
  const plain = { nodata: null, inverted: false };
  if (stacked && rule.page === 'max') {
    bands = [plane(0)];
    for (let other = 1; other < others; other++) keepBrighter(bands, [plane(other)], plain);
  } else if (stacked) {
    const page = typeof rule.page === 'number' ? Math.min(rule.page, others) - 1 : fullest(others, plane);
    chosen = [page];
    notes.push(reason('note.pages', { count: others - 1 }));
  } else if (others > 1) {
    chosen = bandsOf(rule, others, [], others === 3);
    const isFree = others > 4 && rule.bands === '' && typeof rule.channels !== 'number';
    if (isFree && chosen.every((band) => spreadOf(plane(band)) <= 0)) chosen = [fullest(others, plane)];
    if (others !== 3) notes.push(reason('note.bands', { count: others, shown: chosen.map((b) => b + 1).join(', ') }));
  }
  bands ??= chosen.map(plane);
  const of = { count: stacked ? 1 : others, chosen };
  return { by: 'values', samples: { width, height, bands, of, channels: false, ...plain }, notes };
}

/**
 * Which axis is which: a short last or first one holds the bands (the first only where no plane `isAsked` for). Else the first or last one is a stack (of the bands of
 * a spectrum, too), whichever leaves a picture nearer to a square: a stack may well be longer than its pictures are wide.
 */
function axesOf(shape: number[], isAsked: boolean): { y: number; x: number; other: number | null; stack: boolean } {
  if (shape.length === 2) return { y: 0, x: 1, other: null, stack: false };
  const [first, middle, last] = shape as [number, number, number];
  if (last <= MOST_BANDS) return { y: 0, x: 1, other: 2, stack: false };
  if (first <= MOST_BANDS) return { y: 1, x: 2, other: 0, stack: isAsked && first > MOST_COLOURS };
  return isSquarer([first, middle], [middle, last])
    ? { y: 0, x: 1, other: 2, stack: true }
    : { y: 1, x: 2, other: 0, stack: true };
}

type Sides = [height: number, width: number];
const elongation = (sides: Sides): number => Math.max(...sides) / Math.min(...sides);
const isSquarer = (one: Sides, other: Sides): boolean => elongation(one) < elongation(other);

/** The plane whose values differ most, of some evenly taken: the first and last of a stack are often empty. */
function fullest(planes: number, plane: (index: number) => Values): number {
  let [best, most] = [Math.floor(planes / 2), -1];
  for (const index of lookedAt(planes, LOOKED_AT)) {
    const spread = spreadOf(plane(index));
    if (spread > most) [best, most] = [index, spread];
  }
  return best;
}
