/**
 * Numbers that were computed from a file and are kept beside it: typed arrays with a head that says what they are, in
 * which version, and of which file (its checksum), and a checksum behind them. What is missing, damaged, of another
 * version or of another file reads as null: it is computed again. Read and written a piece at a time, so that it may
 * be larger than two gigabytes.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { writeStreamAtomic } from './atomic.ts';
import { crcAfter } from './checksum.ts';
import { npyTrailer } from './npy.ts';
import { bytesOf } from '../../shared/bytes.ts';

const mark = new TextEncoder().encode('LOOKARRS');
const headBytes = 512;
const piece = 16 << 20;

type Numbers = Int32Array | Float32Array;

/** What the arrays are; a reader that expects another kind, version or source takes them for missing. */
export interface Kept {
  kind: string;
  version: number;
  /** Checksum of the file that they were computed from. */
  source: string;
}

const Head = z.strictObject({
  kind: z.string(),
  version: z.int(),
  source: z.string(),
  arrays: z.array(z.strictObject({ type: z.enum(['i4', 'f4']), length: z.int().min(0) })),
});

/** Writes them atomically. @throws FileError write-failed */
export async function writeArrays(path: string, kept: Kept, arrays: readonly Numbers[]): Promise<void> {
  const head = new Uint8Array(headBytes).fill(0x20);
  const described = arrays.map((array) => ({ type: array instanceof Int32Array ? 'i4' : 'f4', length: array.length }));
  const text = new TextEncoder().encode(JSON.stringify({ ...kept, arrays: described }));
  if (mark.length + text.length > headBytes) throw new RangeError('the head of kept arrays is too long');
  head.set(mark);
  head.set(text, mark.length);
  await writeStreamAtomic(path, async (append) => {
    let crc = 0;
    const put = async (bytes: Uint8Array) => {
      crc = crcAfter(crc, bytes);
      await append(bytes);
    };
    await put(head);
    for (const array of arrays)
      for (let at = 0; at < array.byteLength; at += piece) await put(bytesOf(array).subarray(at, at + piece));
    await append(npyTrailer(crc));
  });
}

/** The arrays in memory that threads can share, or null where there are none that serve. */
export async function readArrays(path: string, kept: Kept): Promise<Numbers[] | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, 'r');
    const head = new Uint8Array(headBytes);
    if (!(await fill(file, head, 0)) || !mark.every((byte, i) => head[i] === byte)) return null;
    const { arrays, ...is } = Head.parse(JSON.parse(new TextDecoder().decode(head.subarray(mark.length))));
    if (is.kind !== kept.kind || is.version !== kept.version || is.source !== kept.source) return null;
    let position = headBytes;
    const { size } = await file.stat();
    if (size !== headBytes + arrays.reduce((sum, { length }) => sum + 4 * length, 0) + npyTrailer(0).length)
      return null;
    let crc = crcAfter(0, head);
    const out: Numbers[] = [];
    for (const { type, length } of arrays) {
      const memory = new SharedArrayBuffer(4 * length);
      const bytes = new Uint8Array(memory);
      for (let at = 0; at < bytes.length; at += piece) {
        const part = bytes.subarray(at, at + piece);
        if (!(await fill(file, part, position + at))) return null;
        crc = crcAfter(crc, part);
      }
      position += bytes.length;
      out.push(type === 'i4' ? new Int32Array(memory) : new Float32Array(memory));
    }
    const trailer = new Uint8Array(npyTrailer(crc).length);
    if (!(await fill(file, trailer, position))) return null;
    return npyTrailer(crc).every((byte, i) => trailer[i] === byte) ? out : null;
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

/** False where the file ends before. */
async function fill(file: FileHandle, into: Uint8Array, position: number): Promise<boolean> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}
