/**
 * CSV as RFC 4180 has it: comma, CRLF, quotes doubled inside quotes. Read, by papaparse, are other separators and line
 * breaks too. Files are src-main/export's and app's.
 */
import Papa from 'papaparse';
import { KeyedError } from './errors.ts';

export class CsvError extends KeyedError<'bad-file.quote' | 'bad-file.not-csv' | 'bad-file.not-utf8'> {
  override readonly name = 'CsvError';
}

/** What UTF-8 cannot hold (halves of surrogate pairs) becomes the replacement character. */
function csvField(value: string): string {
  const text = value.toWellFormed();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvLine = (fields: readonly string[]): string => fields.map(csvField).join(',') + '\r\n';

/**
 * A text that a spreadsheet would compute, behind an apostrophe, which it takes for "as it stands"; one that begins so by
 * itself gets another, so that `unguarded` gives back every text.
 */
export const guarded = (text: string): string => (/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** A text that was guarded, as it was. */
export const unguarded = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

/** A CSV as a file for spreadsheets, which take its letters for those of their country unless a mark says Unicode. */
export const markedCsv = (text: string): string => (/[\u0080-\uffff]/.test(text) ? `\ufeff${text}` : text);

/**
 * The text of a file: UTF-8, or UTF-16 where a mark at its beginning says so. Letters of another encoding would be taken
 * for others, in labels without a word.
 * @throws CsvError
 */
export function csvText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isMarked = (a: number, b: number) => first === a && second === b;
  const encoding = isMarked(0xff, 0xfe) ? 'utf-16le' : isMarked(0xfe, 0xff) ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const isText = !notText.test(new TextDecoder('latin1').decode(bytes.subarray(0, HEAD)));
    throw new CsvError(isText ? 'bad-file.not-utf8' : 'bad-file.not-csv');
  }
}

/**
 * The records of a text, each as its fields; an empty line is one empty field. Without a separator it is guessed from
 * the first lines as a parser reads them, so that one inside quotes does not count.
 * @throws CsvError on a quote that stays open, or that is closed before its field ends, and on what is no text at all
 */
export const csvRecords = (text: string, separator?: string): string[][] =>
  [...csvPieces(text, separator, Infinity)].flat();

/** Characters that are read at a time: some milliseconds. */
const CHARACTERS_PER_PIECE = 1 << 17;
/** Characters that are looked through at a time: a millisecond or two. */
const LOOKED_AT = 1 << 20;
/** From so many the separator is guessed. */
const HEAD = 1 << 18;

/**
 * The same, so many characters at a time, for whom others wait: of a million lines all at once take seconds.
 * @throws CsvError, where it comes to what is none
 */
export function* csvPieces(text: string, separator?: string, atOnce = CHARACTERS_PER_PIECE): Generator<string[][]> {
  for (let from = 0; from < text.length; from += LOOKED_AT) {
    if (notText.test(text.slice(from, from + LOOKED_AT))) throw new CsvError('bad-file.not-csv');
    yield [];
  }
  const delimiter = separator ?? csvSeparator(oneLineBreak(text.slice(0, HEAD)));
  for (let from = 0; from < text.length;) {
    const to = from + atOnce < text.length ? recordsEnd(text, from, from + atOnce, delimiter) : text.length;
    const piece = oneLineBreak(text.slice(from, to));
    const { data, errors } = Papa.parse<string[]>(piece, { delimiter });
    if (errors.some(({ type }) => type === 'Quotes')) throw new CsvError('bad-file.quote');
    if (/[\r\n]$/.test(piece)) data.pop(); // nothing follows its last line
    yield data;
    from = to;
  }
}

/** Where the first record that goes to `least` or beyond it ends. */
function recordsEnd(text: string, from: number, least: number, delimiter: string): number {
  // a quote that is never closed is a field's first character, and is told when the record is read
  const field = new RegExp(`(?:"[^"]*(?:""[^"]*)*")?[^${delimiter}\\r\\n]*(${delimiter}|\\r\\n?|\\n|$)`, 'y');
  for (let at = from; ;) {
    field.lastIndex = at;
    const ended = field.exec(text)![1]!;
    at = field.lastIndex;
    if (ended === '' || (ended !== delimiter && at >= least)) return at;
  }
}

/** Characters that no table has and nearly every other file: a picture, a workbook, text of two bytes a character. */
// eslint-disable-next-line no-control-regex
const notText = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

const breaks = [/\r\n/, /\r(?!\n)/, /(?<!\r)\n/];

/** The parser wants one kind of line break; two programs' lines in one file have two. Those inside quotes stay. */
const oneLineBreak = (text: string): string =>
  !text.includes('\r') || breaks.filter((one) => one.test(text)).length < 2
    ? text
    : text.replace(/"(?:[^"]|"")*"|\r\n?/g, (found) => (found.startsWith('"') ? found : '\n'));

const separators = [',', ';', '\t'];

const csvSeparator = (text: string): string =>
  Papa.parse(text, { delimitersToGuess: separators, skipEmptyLines: true, preview: 10 }).meta.delimiter;
