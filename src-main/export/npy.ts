/**
 * NumPy's .npy (format 1.0): little-endian float32 and int64 arrays in C order. Written row by row where the array
 * is large, read whole. The head is src-main/files'.
 */
import { InternalError } from '../../shared/errors.ts';
import { open, rm } from 'node:fs/promises';
import { crcAfter, FileError, npyHeader, npyTrailer, readNpyLayout, writeStreamAtomic } from '../files/index.ts';
import { bytesOf } from '../../shared/bytes.ts';

export interface NpyArray<T extends Float32Array | BigInt64Array = Float32Array | BigInt64Array> {
  shape: number[];
  data: T;
}

const typeOf = (data: Float32Array | BigInt64Array) => (data instanceof Float32Array ? 'f4' : 'i8');

function checkedCount(shape: number[], length: number): void {
  const expected = shape.reduce((a, b) => a * b, 1);
  if (expected !== length)
    throw new InternalError(
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
  out.set(bytesOf(data), header.length);
  return out;
}

/** Writes the array atomically. @throws InternalError bad-shape, FileError write-failed */
export async function writeNpy(path: string, { shape, data }: NpyArray): Promise<void> {
  checkedCount(shape, data.length);
  await writeStreamAtomic(path, async (append) => {
    await append(npyHeader(typeOf(data), shape));
    await append(bytesOf(data));
  });
}

/**
 * Writes float32 rows [n, d] as they come, so that an embedding never has to be in memory as a whole. `sealed`: with a
 * checksum behind them, for a file that we keep (checkNpy); exports are byte for byte as NumPy writes them. Where `n`
 * is a function, known only when all rows have come, they wait in a file of their own, because the head before them
 * says it.
 * @throws InternalError bad-shape when the rows do not add up to n
 */
export async function writeNpyRows(
  path: string,
  n: number | (() => number),
  d: number,
  rows: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { sealed = false } = {},
): Promise<void> {
  if (typeof n === 'function') {
    const waiting = `${path}.rows`;
    try {
      await writeStreamAtomic(
        waiting,
        async (append) => {
          for await (const some of rows) await append(bytesOf(some));
        },
        { sync: false },
      );
      return await writeNpyRows(path, n(), d, floatsOf(waiting), { sealed });
    } finally {
      await rm(waiting, { force: true });
    }
  }
  await writeStreamAtomic(path, async (write) => {
    let crc = 0;
    const append = (bytes: Uint8Array) => {
      if (sealed) crc = crcAfter(crc, bytes);
      return write(bytes);
    };
    await append(npyHeader('f4', [n, d]));
    let written = 0;
    for await (const piece of rows) {
      written += piece.length;
      await append(bytesOf(piece));
    }
    checkedCount([n, d], written);
    if (sealed) await write(npyTrailer(crc));
  });
}

async function* floatsOf(path: string): AsyncGenerator<Float32Array> {
  const file = await open(path, 'r');
  try {
    for (;;) {
      const bytes = new Uint8Array(1 << 20);
      let length = 0;
      for (let read = -1; length < bytes.length && read !== 0; length += read)
        ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length));
      if (length > 0) yield new Float32Array(bytes.buffer, 0, length / 4);
      if (length < bytes.length) return;
    }
  } finally {
    await file.close();
  }
}

/** Bytes asked for at a time: one call reads two gigabytes at most, and would hold a thread of the pool. */
const piece = 16 << 20;

/** Reads the whole array, however long, and nothing behind it. @throws FileError bad-file */
export async function readNpy(path: string): Promise<NpyArray> {
  const { type, shape, byteOffset } = await readNpyLayout(path);
  const needed = shape.reduce((a, b) => a * b, 1) * (type === 'f4' ? 4 : 8);
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    assertLong(path, shape, needed, size - byteOffset);
    const raw = new ArrayBuffer(needed);
    for (let at = 0; at < needed;) {
      const part = new Uint8Array(raw, at, Math.min(piece, needed - at));
      const { bytesRead } = await file.read(part, 0, part.length, byteOffset + at);
      if (bytesRead === 0) assertLong(path, shape, needed, at);
      at += bytesRead;
    }
    return { shape, data: type === 'f4' ? new Float32Array(raw) : new BigInt64Array(raw) };
  } finally {
    await file.close();
  }
}

function assertLong(path: string, shape: number[], needed: number, there: number): void {
  if (there < needed)
    throw new FileError('bad-file.short-npy', { path, shape: shape.join(', '), needed, there }, { shape });
}
