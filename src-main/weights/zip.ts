/**
 * The files in a zip archive, as PyTorch writes one: stored whole, or deflated by whoever packed it again; of more than
 * 4 GB with the longer fields. Names are only compared, never used as paths.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { reason } from '../../shared/reason.ts';
import { WeightsFileError } from './errors.ts';
import type { Source } from './source.ts';

export interface ZipEntry {
  name: string;
  /** Bytes of the file. */
  size: number;
  packed: number;
  stored: boolean;
  sum: number;
  /** Where its own head begins. */
  head: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MOST_COMMENT = 0xffff;
/** The directory of a checkpoint has a hundred bytes for each tensor. */
const MOST_DIRECTORY = 64 << 20;
/** A few packed bytes can claim to be any number of them. */
const MOST_UNPACKED = 1 << 30;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bad = (part: string): WeightsFileError => new WeightsFileError(reason('bad-file.zip', { part }));

/** A number of eight bytes that a file can have. */
function big(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad('directory');
  return Number(value);
}

/** Where the directory begins, and its bytes. */
async function directoryOf(source: Source): Promise<{ begin: number; bytes: number }> {
  const length = Math.min(source.size, END_BYTES + MOST_COMMENT);
  const from = source.size - length;
  const tail = viewOf(await source.read(from, length));
  let at = length - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw bad('directory');
  const [bytes, begin] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (bytes !== 0xffffffff && begin !== 0xffffffff && tail.getUint16(at + 10, true) !== 0xffff) return { begin, bytes };
  if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR_64) throw bad('directory');
  const end = viewOf(await source.read(big(tail, at - 12), 56));
  if (end.getUint32(0, true) !== END_64) throw bad('directory');
  return { bytes: big(end, 40), begin: big(end, 48) };
}

/** What stands in the longer fields of an entry, in the order of those that are full. */
function longer(extra: DataView, full: readonly boolean[]): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    const count = full.filter(Boolean).length;
    if (extra.getUint16(at + 2, true) < 8 * count || at + 4 + 8 * count > extra.byteLength) break;
    return Array.from({ length: count }, (_, i) => big(extra, at + 4 + 8 * i));
  }
  throw bad('directory');
}

/** All files of an archive by name. @throws WeightsFileError */
export async function zipEntries(source: Source): Promise<Map<string, ZipEntry>> {
  const { begin, bytes } = await directoryOf(source);
  if (bytes > MOST_DIRECTORY) throw bad('directory');
  const raw = await source.read(begin, bytes);
  const view = viewOf(raw);
  const utf8 = new TextDecoder();
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < bytes;) {
    if (at + 46 > bytes || view.getUint32(at, true) !== DIRECTORY) throw bad('directory');
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const [nameBytes, extraBytes, commentBytes] = lengths;
    const next = at + 46 + nameBytes + extraBytes + commentBytes;
    if (next > bytes) throw bad('directory');
    const name = utf8.decode(raw.subarray(at + 46, at + 46 + nameBytes));
    const sizes = [24, 20, 42].map((field) => view.getUint32(at + field, true)) as [number, number, number];
    const full = sizes.map((size) => size === 0xffffffff);
    const extra = new DataView(raw.buffer, raw.byteOffset + at + 46 + nameBytes, extraBytes);
    const rest = full.includes(true) ? longer(extra, full) : [];
    const [size, packed, head] = sizes.map((value, i) => (full[i] ? rest.shift()! : value)) as [number, number, number];
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    if (flags & 1 || (method !== 0 && method !== 8)) throw bad(name);
    if (method === 0 ? size !== packed : size > MOST_UNPACKED) throw bad(name);
    entries.set(name, { name, size, packed, stored: method === 0, sum: view.getUint32(at + 16, true), head });
    at = next;
  }
  return entries;
}

/** The bytes of one file, compared with the sum that was written beside it. @throws WeightsFileError */
export async function readEntry(source: Source, entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
  const head = viewOf(await source.read(entry.head, 30));
  if (head.getUint32(0, true) !== LOCAL) throw bad(entry.name);
  const begin = entry.head + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = await source.read(begin, entry.packed);
  const bytes = entry.stored ? packed : inflated(packed, entry);
  if (bytes.length !== entry.size) throw bad(entry.name);
  if (crc32(bytes) !== entry.sum) throw new WeightsFileError(reason('bad-file.zip-sum', { part: entry.name }));
  return bytes;
}

function inflated(packed: Uint8Array, { name, size }: ZipEntry): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(inflateRawSync(packed, { maxOutputLength: Math.max(1, size) }));
  } catch {
    throw bad(name);
  }
}
