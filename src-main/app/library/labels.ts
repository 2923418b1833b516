/** Labels of a CSV, and the held-out split: pure functions of text and file names. */
import { createHash } from 'node:crypto';
import { csvRecords } from '../../../shared/csv.ts';
import { AppError } from '../errors.ts';

/**
 * Whether a photo is held out: a hash of its file's name against the share, so that the split is the same in every
 * home and a photo never changes sides when others come or when the share grows.
 */
export function isHeldOut(file: string, fraction: number): boolean {
  if (fraction <= 0) return false;
  return createHash('sha256').update(`held-out\0${file}`).digest().readUInt32LE() / 2 ** 32 < fraction;
}

/**
 * File -> label from CSV text: comma, semicolon or tab; the columns are named file (or path, filename, image) and
 * label (or class, category), or are the first two where there is no such header.
 * @throws AppError bad-request naming the line, CsvError
 */
export function parseLabels(text: string): Map<string, string | null> {
  const content = text.replace(/^\ufeff/, '');
  const rows = csvRecords(content);
  if (rows.length === 0) throw new AppError('bad-request.csv-empty');
  const header = rows[0]!.map((cell) => cell.trim().toLowerCase());
  let fileAt = header.findIndex((name) => ['file', 'path', 'filename', 'image'].includes(name));
  let labelAt = header.findIndex((name) => ['label', 'class', 'category'].includes(name));
  const hasHeader = fileAt >= 0 && labelAt >= 0;
  if (!hasHeader) [fileAt, labelAt] = [0, 1];
  const labels = new Map<string, string | null>();
  rows.slice(hasHeader ? 1 : 0).forEach((row, i) => {
    if (row.length === 1 && row[0] === '') return;
    const file = row[fileAt];
    const label = row[labelAt];
    if (!file || label === undefined) throw new AppError('bad-request.csv-line', { line: i + (hasHeader ? 2 : 1) });
    labels.set(comparable(file), label.trim() === '' ? null : label.trim());
  });
  return labels;
}

/**
 * A path in the form in which paths are compared: separators and Unicode forms differ between programs that write CSV.
 */
export const comparable = (file: string): string =>
  file.trim().replaceAll('\\', '/').replace(/^\.\//, '').normalize('NFC');
