/** CSV files, written and read back; a record is shared/csv.ts. File names may hold commas, quotes and newlines. */
import { createReadStream } from 'node:fs';
import { csvLine, csvRecords } from '../../shared/csv.ts';
import { writeStreamAtomic } from '../files/index.ts';

const PIECE = 1 << 20;

/** The shortest decimal that reads back as the same float32. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  for (let digits = 7; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

/** The number that floatText wrote. */
export const parseFloatText = (text: string): number =>
  text === 'nan' ? NaN : text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);

/** Writes text lines atomically, a megabyte at a time. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const encoder = new TextEncoder();
  await writeStreamAtomic(path, async (append) => {
    let piece = '';
    for (const line of lines) {
      piece += line;
      if (piece.length < PIECE) continue;
      await append(encoder.encode(piece));
      piece = '';
    }
    await append(encoder.encode(piece));
  });
}

/** Writes a header and rows atomically. @throws FileError write-failed */
export function writeCsv(path: string, header: readonly string[], rows: Iterable<readonly string[]>): Promise<void> {
  function* lines() {
    yield csvLine(header);
    for (const row of rows) yield csvLine(row);
  }
  return writeLines(path, lines());
}

/**
 * The lines of a UTF-8 file of any size, without their ends. With `quoted`, a line break inside double quotes does
 * not end a line.
 */
export async function* readLines(path: string, quoted: boolean): AsyncGenerator<string> {
  let rest = '';
  let inside = false;
  for await (const chunk of createReadStream(path, {
    encoding: 'utf8',
    highWaterMark: PIECE,
  }) as AsyncIterable<string>) {
    let start = 0;
    const text = rest + chunk;
    for (let at = rest.length; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22 && quoted) inside = !inside;
      else if (code === 0x0a && !inside) {
        const end = at > start && text.charCodeAt(at - 1) === 0x0d ? at - 1 : at;
        yield text.slice(start, end);
        start = at + 1;
      }
    }
    rest = text.slice(start);
  }
  if (rest !== '') yield rest;
}

/** The records of a CSV file, the header first. @throws CsvError on an open quote */
export async function* readCsv(path: string): AsyncGenerator<string[]> {
  for await (const line of readLines(path, true)) yield csvRecords(line, ',')[0] ?? [''];
}
