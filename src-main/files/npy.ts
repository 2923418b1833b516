/**
 * The head of NumPy's .npy (format 1.0): little-endian float32 and int64 arrays in C order (and bytes, to write), and
 * where the numbers begin, for readers that take them from the file. Whole arrays are src-main/export's.
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Reason } from '../../shared/contract/wire.ts';
import { reason } from '../../shared/reason.ts';
import { crcAfter, crcText } from './checksum.ts';
import { FileError } from './errors.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const DESCRIPTIONS = { f4: '<f4', i8: '<i8', u1: '|u1' } as const;

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

export interface NpyLayout {
  type: 'f4' | 'i8';
  shape: number[];
  /** Where the numbers begin in the file, in bytes. */
  byteOffset: number;
}

/** Reads a header from the first bytes of a file. @throws FileError bad-file */
function parseNpyHeader(bytes: Uint8Array, path = 'the file'): NpyLayout {
  const bad = (detail: Reason) => new FileError('bad-file.not-npy', { path, detail }, { path });
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw bad(reason('bad-file.npy-magic'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  const byteOffset = start + (bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (byteOffset > bytes.length) throw bad(reason('bad-file.npy-head', { bytes: byteOffset }));
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, byteOffset));
  const type = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (type === undefined || shape === undefined) throw bad(reason('bad-file.npy-names'));
  if (/'fortran_order':\s*True/.test(text)) throw bad(reason('bad-file.npy-order'));
  if (type !== '<f4' && type !== '<i8') throw bad(reason('bad-file.npy-type', { type }));
  const dims = shape
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '')
    .map(Number);
  if (!dims.every((x) => Number.isSafeInteger(x) && x >= 0)) throw bad(reason('bad-file.npy-shape', { shape }));
  return { type: type === '<f4' ? 'f4' : 'i8', shape: dims, byteOffset };
}

/** Type, shape and place of the numbers, without reading them. @throws FileError bad-file */
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

const trailerMark = new TextEncoder().encode('LOOKALIK');
const trailerBytes = 16;

/** Ends a file of ours: a mark and the checksum of all before it. Readers of npy take what the shape says and no more. */
export const npyTrailer = (crc: number): Uint8Array => Buffer.concat([trailerMark, Buffer.from(crcText(crc))]);

/**
 * Reads the whole file and compares it with its trailer, where it has one: those of versions up to 0.1.0 have none.
 * Answers the checksum of its content.
 * @throws FileError bad-file
 */
export async function checkNpy(path: string): Promise<string> {
  const { size } = await stat(path);
  let crc = 0;
  let read = 0;
  let end: Uint8Array = new Uint8Array(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const body = chunk.subarray(0, Math.max(0, size - trailerBytes - read));
    crc = crcAfter(crc, body);
    end = Buffer.concat([end, chunk.subarray(body.length)]);
    read += chunk.length;
  }
  const marked = trailerMark.every((byte, i) => end[i] === byte);
  if (marked && !npyTrailer(crc).every((byte, i) => end[i] === byte)) throw new FileError('bad-file.damaged', { path });
  return marked ? crcText(crc) : crcText(crcAfter(crc, end));
}
