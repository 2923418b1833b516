/**
 * Rows of our own that may be very many, one JSON text a line, written and read a piece at a time: a record
 * (record.ts) of a million rows would hold the thread for seconds and fill its memory. The first line says the
 * version, the last one how many rows there are and the checksum of all before it, so that what would be written can be
 * compared with what is there by its last line alone.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { writeStreamAtomic } from './atomic.ts';
import { crcAfter } from './checksum.ts';

type Pieces<Row> = Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>;

const Head = z.strictObject({ version: z.int().min(1) });
/** Bytes of the last line at most, and bytes read at a time. */
const LAST = 100;
const READ = 256 << 10;

const encoder = new TextEncoder();
const line = (value: object): Uint8Array => encoder.encode(`${JSON.stringify(value)}\n`);
const lastLine = (rows: number, crc: number): string =>
  JSON.stringify({ rows, checksum: (crc >>> 0).toString(16).padStart(8, '0') });

/** Hands the bytes of a file on, a piece at a time, all but its last line, which it returns. */
async function written<Row extends object>(
  version: number,
  pieces: Pieces<Row>,
  append: (bytes: Uint8Array) => Promise<void> | void,
): Promise<string> {
  const head = line({ version });
  let crc = crcAfter(0, head);
  let count = 0;
  await append(head);
  for await (const rows of pieces) {
    const bytes = encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    crc = crcAfter(crc, bytes);
    count += rows.length;
    await append(bytes);
  }
  return lastLine(count, crc);
}

/** Writes rows atomically. @returns the last line, by which they are known. @throws FileError write-failed */
export async function writeLines<Row extends object>(
  path: string,
  version: number,
  pieces: Pieces<Row>,
): Promise<string> {
  let mark = '';
  await writeStreamAtomic(path, async (append) => {
    mark = await written(version, pieces, append);
    await append(encoder.encode(`${mark}\n`));
  });
  return mark;
}

/** The last line that a file of these rows would have. */
export const markOf = <Row extends object>(version: number, pieces: Pieces<Row>): Promise<string> =>
  written(version, pieces, () => {});

/** The last line of a file; null where there is none. */
export async function markIn(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null);
  try {
    if (!file) return null;
    const { size } = await file.stat();
    const end = Buffer.alloc(Math.min(LAST, size));
    await file.read(end, 0, end.length, size - end.length);
    return end.toString('utf8').trimEnd().split('\n').at(-1) ?? null;
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

/** The rows of a whole file of this version, some thousand at a time; none where it is missing, damaged or of another. */
export async function* readLines(path: string, version: number): AsyncGenerator<unknown[]> {
  const mark = await markIn(path);
  const file = mark === null ? null : await open(path).catch(() => null);
  if (!file) return;
  try {
    if (!(await isWhole(file, version, mark!))) return;
    let rest = Buffer.alloc(0);
    let isFirst = true;
    for await (const bytes of bytesOf(file)) {
      const all = Buffer.concat([rest, bytes]);
      const end = all.lastIndexOf(10) + 1;
      rest = all.subarray(end);
      const lines = all
        .toString('utf8', 0, end)
        .split('\n')
        .slice(isFirst ? 1 : 0, -1);
      if (lines.at(-1) === mark) lines.pop();
      isFirst = false;
      yield lines.map((text): unknown => JSON.parse(text));
    }
  } finally {
    await file.close();
  }
}

async function isWhole(file: FileHandle, version: number, mark: string): Promise<boolean> {
  const { size } = await file.stat();
  let left = size - mark.length - 1;
  let crc = 0;
  let rows = -1; // the head is none
  let head: Buffer | null = null;
  for await (const bytes of bytesOf(file)) {
    const body = bytes.subarray(0, Math.max(0, left));
    head ??= Buffer.from(body.subarray(0, Math.max(0, body.indexOf(10))));
    crc = crcAfter(crc, body);
    for (const byte of body) if (byte === 10) rows++;
    left -= body.length;
  }
  try {
    return lastLine(rows, crc) === mark && Head.parse(JSON.parse(String(head))).version === version;
  } catch {
    return false;
  }
}

/** The bytes from the beginning on; each piece is its own memory. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const bytes = Buffer.alloc(READ);
    const { bytesRead } = await file.read(bytes, 0, READ, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield bytes.subarray(0, bytesRead);
  }
}
