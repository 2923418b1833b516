/**
 * The head of a safetensors file: eight bytes of length, then JSON with each tensor's type, shape and place. A file
 * from elsewhere is checked before a byte of it is believed. The application looks at heads alone (checkpoints, given
 * weights); the tensors themselves are read and written by src-main/export.
 */

import type { Reason } from './contract/wire.ts';
import { KeyedError } from './errors.ts';
import { reason } from './reason.ts';
import type { KeyOf } from './errors.ts';

export interface TensorEntry {
  name: string;
  dtype: ElementType;
  shape: number[];
  /** Offset of the tensor in bytes, from the beginning of the first tensor. */
  begin: number;
  end: number;
}

export interface SafetensorsHead {
  entries: TensorEntry[];
  metadata: Record<string, string>;
  /** Where in the file the first tensor begins. */
  start: number;
}

export class SafetensorsError extends KeyedError<'bad-file.not-safetensors'> {
  override readonly name = 'SafetensorsError';
  /** What is wrong with the file, in one clause. */
  readonly reason: Reason<KeyOf<'bad-file'>>;
  constructor(why: Reason<KeyOf<'bad-file'>>) {
    super('bad-file.not-safetensors', { detail: why }, why.values);
    this.reason = why;
  }
}

/** The kinds of numbers that files of weights hold, each with the bytes of one. */
export const elementBytes = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
} as const;
export type ElementType = keyof typeof elementBytes;

/** The reference implementation refuses larger heads too. */
const mostHeadBytes = 100_000_000;
const lengthBytes = 8;

/** Where the head ends, from the file's first eight bytes. @throws SafetensorsError */
function headEnd(bytes: Uint8Array, fileBytes: number): number {
  if (bytes.length < lengthBytes)
    throw new SafetensorsError(reason('bad-file.head-short', { bytes: bytes.length, needed: lengthBytes }));
  const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true);
  if (length > BigInt(Math.min(mostHeadBytes, fileBytes - lengthBytes)))
    throw new SafetensorsError(reason('bad-file.head-long', { length: String(length), bytes: fileBytes }));
  return lengthBytes + Number(length);
}

/**
 * @param bytes of the file from its beginning, the whole head at least
 * @throws SafetensorsError
 */
export function parseHead(bytes: Uint8Array, fileBytes: number): SafetensorsHead {
  const start = headEnd(bytes, fileBytes);
  const available = fileBytes - start;
  const metadata: Record<string, string> = {};
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parseJson(bytes.subarray(lengthBytes, start)))) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries((value ?? {}) as Record<string, unknown>)) metadata[key] = String(text);
      continue;
    }
    entries.push(checkEntry(name, value, available));
  }
  // As in the reference implementation: the tensors cover the data without gaps or overlaps.
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw new SafetensorsError(reason('bad-file.gap', { name, begin, due: at }));
    at = end;
  }
  if (at !== available) throw new SafetensorsError(reason('bad-file.end', { end: at, bytes: available }));
  return { entries, metadata, start };
}

/** What is needed of an open file; Node's FileHandle is one. */
export interface OpenFile {
  stat(): Promise<{ size: number }>;
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** The same, of a file whose tensors are not read. */
export async function readHead(file: OpenFile): Promise<SafetensorsHead> {
  const { size } = await file.stat();
  const first = async (count: number) => {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, (await file.read(bytes, 0, count, 0)).bytesRead);
  };
  const end = headEnd(await first(lengthBytes), size);
  return parseHead(await first(end), size);
}

function parseJson(bytes: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SafetensorsError(reason('bad-file.head-json', { detail: (error as Error).message }));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SafetensorsError(reason('bad-file.head-object'));
  return value;
}

const isWhole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
const isType = (x: unknown): x is TensorEntry['dtype'] => typeof x === 'string' && Object.hasOwn(elementBytes, x);

function checkEntry(name: string, value: unknown, available: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (!isType(dtype))
    throw new SafetensorsError(
      reason('bad-file.dtype', { name, dtype: String(dtype), known: Object.keys(elementBytes).join(', ') }),
    );
  if (!Array.isArray(shape) || shape.length > 16 || !shape.every(isWhole))
    throw new SafetensorsError(reason('bad-file.shape', { name }));
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isWhole))
    throw new SafetensorsError(reason('bad-file.offsets', { name }));
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available)
    throw new SafetensorsError(reason('bad-file.outside', { name, begin, end, bytes: available }));
  const bytes = shape.reduce((product: number, size: number) => product * size, elementBytes[dtype]);
  if (end - begin !== bytes)
    throw new SafetensorsError(reason('bad-file.size', { name, shape: shape.join(', '), bytes, there: end - begin }));
  return { name, dtype, shape, begin, end };
}
