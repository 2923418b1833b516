/**
 * CSV as RFC 4180 has it: comma, CRLF, quotes doubled inside quotes. Read are other separators and line breaks too.
 * Files are src-main/export's and app's.
 */

export class CsvError extends Error {
  override readonly name = 'CsvError';
  readonly code = 'bad-file';
}

/** What UTF-8 cannot hold (halves of surrogate pairs) becomes the replacement character. */
export function csvField(value: string): string {
  const text = value.toWellFormed();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvLine = (fields: readonly string[]): string => fields.map(csvField).join(',') + '\r\n';

/**
 * The records of a text, each as its fields; an empty line is one empty field.
 * @param separator one character
 * @throws CsvError on a quote that stays open
 */
export function* csvRecords(text: string, separator = ','): Generator<string[]> {
  const ending = new RegExp(`[${separator}\\r\\n]`, 'g');
  for (let at = 0; at < text.length;) {
    const fields: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (let from = at + 1; ; from = at + 1) {
          const quote = text.indexOf('"', from);
          if (quote < 0) throw new CsvError('the CSV ends inside a quoted field: add the missing quotation mark');
          field += text.slice(from, quote);
          at = quote + 1;
          if (text[at] !== '"') break;
          field += '"';
        }
      }
      ending.lastIndex = at;
      const end = ending.exec(text)?.index ?? text.length;
      fields.push(field + text.slice(at, end));
      at = end;
      if (text[at] !== separator) break;
      at++;
    }
    yield fields;
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
}
