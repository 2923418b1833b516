/**
 * Python's pickle format, protocol 3, of what a Detectron2 checkpoint is made of: dictionaries, strings, True, and
 * NumPy arrays of float32. Byte for byte what Python's own pickler writes with its memo off. Reading pickles, which are
 * programs, is src-main/weights.
 */
import type { Tensor } from './safetensors.ts';
import { bytesOf } from '../../shared/bytes.ts';

export type Picklable = string | true | FloatTensor | { [key: string]: Picklable };
type FloatTensor = Extract<Tensor, { data: Float32Array }>;

/** Python's pickler fills a dictionary in pieces of so many items. */
const ITEMS = 1000;

const text = new TextEncoder();
const ascii = (value: string): Uint8Array => text.encode(value);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const u32 = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];

function integer(value: number): Uint8Array {
  if (value < 1 << 8) return bytes(0x4b, value); // BININT1
  if (value < 1 << 16) return bytes(0x4d, value & 255, value >> 8); // BININT2
  return bytes(0x4a, ...u32(value)); // BININT
}

function* string(value: string): Generator<Uint8Array> {
  const encoded = text.encode(value);
  yield bytes(0x58, ...u32(encoded.length)); // BINUNICODE
  yield encoded;
}

const [MARK, TUPLE, BUILD, SETITEM, SETITEMS, TRUE] = ['(', 't', 'b', 's', 'u', '\x88'].map((code) =>
  bytes(code.charCodeAt(0)),
) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
/** `numpy.ndarray`, made empty, as NumPy's arrays begin. */
const EMPTY_ARRAY = [
  ascii('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n'),
  bytes(0x4b, 0, 0x85, 0x43, 1, 0x62, 0x87, 0x52), // (0,), b'b': a tuple of three, reduced
];
/** `numpy.dtype('<f4')`. */
const FLOAT32 = [
  ascii('cnumpy\ndtype\nX\x02\0\0\0f4'),
  bytes(0x89, 0x88, 0x87, 0x52), // False, True: a tuple of three, reduced
  ascii('(K\x03X\x01\0\0\0<NNN'),
  bytes(0x4a, 255, 255, 255, 255, 0x4a, 255, 255, 255, 255, 0x4b, 0, 0x74, 0x62), // -1, -1, 0: its state
];

function* array({ shape, data }: FloatTensor): Generator<Uint8Array> {
  yield* EMPTY_ARRAY;
  yield bytes(0x28, 0x4b, 1); // its state: version 1,
  if (shape.length > 3) yield MARK;
  for (const size of shape) yield integer(size);
  yield shape.length > 3 ? TUPLE : bytes([0x29, 0x85, 0x86, 0x87][shape.length]!);
  yield* FLOAT32;
  yield bytes(0x89); // not in Fortran's order,
  const raw = bytesOf(data);
  yield raw.length < 256 ? bytes(0x43, raw.length) : bytes(0x42, ...u32(raw.length)); // SHORT_BINBYTES, BINBYTES
  yield raw;
  yield TUPLE;
  yield BUILD;
}

const isTensor = (value: FloatTensor | { [key: string]: Picklable }): value is FloatTensor =>
  value['data'] instanceof Float32Array;

function* anything(value: Picklable): Generator<Uint8Array> {
  if (value === true) yield TRUE;
  else if (typeof value === 'string') yield* string(value);
  else if (isTensor(value)) yield* array(value);
  else yield* dictionary(Object.entries(value));
}

function* dictionary(items: [string, Picklable][]): Generator<Uint8Array> {
  yield bytes(0x7d); // EMPTY_DICT
  for (let at = 0; at < items.length; at += ITEMS) {
    const some = items.slice(at, at + ITEMS);
    if (some.length > 1) yield MARK;
    for (const [key, value] of some) {
      yield* string(key);
      yield* anything(value);
    }
    yield some.length > 1 ? SETITEMS : SETITEM;
  }
}

/** The pickle in pieces; an array's numbers are not copied. Arrays hold less than 4 GB each. */
export function* pickle(value: Picklable): Generator<Uint8Array> {
  yield bytes(0x80, 3); // PROTO
  yield* anything(value);
  yield bytes(0x2e); // STOP
}
