/**
 * CSV as RFC 4180 has it: comma, CRLF, quotes doubled inside quotes. Read, by papaparse, are other separators and line
 * breaks too. Files are src-main/export's and app's.
 */
import Papa from 'papaparse';
import { KeyedError } from './errors.ts';

export class CsvError extends KeyedError<'bad-file.quote' | 'bad-file.not-csv'> {
  override readonly name = 'CsvError';
}

/** What UTF-8 cannot hold (halves of surrogate pairs) becomes the replacement character. */
function csvField(value: string): string {
  const text = value.toWellFormed();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvLine = (fields: readonly string[]): string => fields.map(csvField).join(',') + '\r\n';

/** A text that a spreadsheet would compute, behind an apostrophe, which it takes for "as it stands". */
export const guarded = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/**
 * The records of a text, each as its fields; an empty line is one empty field. Without a separator it is guessed from
 * the first lines as a parser reads them, so that one inside quotes does not count.
 * @throws CsvError on a quote that stays open, or that is closed before its field ends, and on what is no text at all
 */
export function csvRecords(text: string, separator?: string): string[][] {
  if (notText.test(text)) throw new CsvError('bad-file.not-csv');
  const even = oneLineBreak(text);
  const { data, errors } = Papa.parse<string[]>(even, { delimiter: separator ?? csvSeparator(even) });
  if (errors.some(({ type }) => type === 'Quotes')) throw new CsvError('bad-file.quote');
  if (/[\r\n]$/.test(text)) data.pop(); // nothing follows the last line
  return data;
}

/** Characters that no table has and nearly every other file: a picture, a workbook, text of two bytes a character. */
// eslint-disable-next-line no-control-regex
const notText = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/** The parser wants one kind of line break; two programs' lines in one file have two. Those inside quotes stay. */
const oneLineBreak = (text: string): string =>
  new Set(text.match(/\r\n|\r|\n/g)).size < 2
    ? text
    : text.replace(/"(?:[^"]|"")*"|\r\n?/g, (found) => (found.startsWith('"') ? found : '\n'));

const separators = [',', ';', '\t'];

const csvSeparator = (text: string): string =>
  Papa.parse(text, { delimitersToGuess: separators, skipEmptyLines: true, preview: 10 }).meta.delimiter;
