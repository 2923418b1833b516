/** CSV as RFC 4180 has it: comma, CRLF, quotes doubled inside quotes. Writing files is src-main/export's and app's. */

/** What UTF-8 cannot hold (halves of surrogate pairs) becomes the replacement character. */
export function csvField(value: string): string {
  const text = value.toWellFormed();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvLine = (fields: readonly string[]): string => fields.map(csvField).join(',') + '\r\n';
