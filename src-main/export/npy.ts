/**
 * NumPy's .npy (format 1.0): little-endian float32 and int64 arrays in C order. Written row by row where the array
 * is large; read whole, or as the place in the file where the numbers begin, for readers that take it from there.
 */
import { open, readFile } from 'node:fs/promises';
import { writeStreamAtomic } from './atomic.ts';
import { ExportError } from './errors.ts';

export interface NpyArray<T extends Float32Array | BigInt64Array = Float32Array | BigInt64Array> {
  shape: number[];
  data: T;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const DESCRIPTIONS = { f4: '<f4', i8: '<i8' } as const;

/** The header: padded so that the numbers begin at a multiple of 64 bytes. */
export function npyHeader(type: keyof typeof DESCRIPTIONS, shape: number[]): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${DESCRIPTIONS[type]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + length).fill(0x20);
  out.set([...MAGIC, 1, 0, length & 255, length >> 8]);
  out.set(new TextEncoder().encode(text), 10);
  out[out.length - 1] = 0x0a;
  return out;
}

const typeOf = (data: Float32Array | BigInt64Array) => (data instanceof Float32Array ? 'f4' : 'i8');

function checkedCount(shape: number[], length: number): void {
  const expected = shape.reduce((a, b) => a * b, 1);
  if (expected !== length)
    throw new ExportError(
      'bad-shape',
      `an array of shape [${shape.join(', ')}] holds ${expected} numbers, ${length} were given`,
      { shape, length },
    );
}

export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  checkedCount(shape, data.length);
  const header = npyHeader(typeOf(data), shape);
  const out = new Uint8Array(header.length + data.byteLength);
  out.set(header);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return out;
}

/** Writes the array atomically. @throws ExportError bad-shape, write-failed */
export async function writeNpy(path: string, { shape, data }: NpyArray): Promise<void> {
  checkedCount(shape, data.length);
  await writeStreamAtomic(path, async (append) => {
    await append(npyHeader(typeOf(data), shape));
    await append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

/**
 * Writes float32 rows [n, d] as they come, so that an embedding never has to be in memory as a whole.
 * @throws ExportError bad-shape when the rows do not add up to n.
 */
export async function writeNpyRows(
  path: string,
  n: number,
  d: number,
  rows: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): Promise<void> {
  await writeStreamAtomic(path, async (append) => {
    await append(npyHeader('f4', [n, d]));
    let written = 0;
    for await (const piece of rows) {
      written += piece.length;
      await append(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    checkedCount([n, d], written);
  });
}

export interface NpyLayout {
  type: 'f4' | 'i8';
  shape: number[];
  /** Where the numbers begin in the file, in bytes. */
  byteOffset: number;
}

/** Reads a header from the first bytes of a file. @throws ExportError bad-file */
export function parseNpyHeader(bytes: Uint8Array, path = 'the file'): NpyLayout {
  const bad = (reason: string) =>
    new ExportError('bad-file', `${path} is not an npy file that can be read: ${reason}`, { path });
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw bad('it does not begin with NUMPY');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  const byteOffset = start + (bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (byteOffset > bytes.length) throw bad(`its header of ${byteOffset} bytes is cut off or oversized`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, byteOffset));
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || shape === undefined) throw bad('its header names no type or shape');
  if (/'fortran_order':\s*True/.test(text)) throw bad('it is stored by column: save it with numpy.ascontiguousarray');
  if (descr !== '<f4' && descr !== '<i8') throw bad(`its type is ${descr}: float32 and int64 can be read`);
  const dims = shape
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '')
    .map(Number);
  if (!dims.every((x) => Number.isSafeInteger(x) && x >= 0)) throw bad(`its shape is (${shape})`);
  return { type: descr === '<f4' ? 'f4' : 'i8', shape: dims, byteOffset };
}

export function decodeNpy(bytes: Uint8Array, path?: string): NpyArray {
  const { type, shape, byteOffset } = parseNpyHeader(bytes, path);
  const length = shape.reduce((a, b) => a * b, 1);
  const size = type === 'f4' ? 4 : 8;
  if (bytes.length - byteOffset < length * size)
    throw new ExportError(
      'bad-file',
      `${path ?? 'the file'} is cut off: shape [${shape.join(', ')}] needs ${length * size} bytes, it has ${bytes.length - byteOffset}`,
      { shape },
    );
  // A copy by constructor: a Buffer's own slice would share its pool.
  const raw = new Uint8Array(bytes.subarray(byteOffset, byteOffset + length * size)).buffer;
  return { shape, data: type === 'f4' ? new Float32Array(raw) : new BigInt64Array(raw) };
}

/** Reads the whole array. @throws ExportError bad-file */
export async function readNpy(path: string): Promise<NpyArray> {
  return decodeNpy(await readFile(path), path);
}

/** Type, shape and place of the numbers, without reading them. @throws ExportError bad-file */
export async function readNpyLayout(path: string): Promise<NpyLayout> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(4096);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return parseNpyHeader(bytes.subarray(0, bytesRead), path);
  } finally {
    await file.close();
  }
}
