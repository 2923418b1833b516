/** Tags as a CSV: a line for each photo and tag. Pure. */
import { csvRecords } from '../../../shared/csv.ts';
import { AppError } from '../errors.ts';
import { columnNames } from '../library/csv.ts';

/**
 * The columns are named file (or path, image and the like, as those of labels) and tag (or keyword, label), or are the first two.
 * @throws AppError bad-request naming the line, CsvError
 */
export function parseTags(text: string): { file: string; tag: string }[] {
  const rows = csvRecords(text.replace(/^\ufeff/, ''));
  if (rows.length === 0) throw new AppError('bad-request.csv-empty');
  const header = rows[0]!.map((cell) => cell.trim().toLowerCase());
  let fileAt = header.findIndex((name) => columnNames.file.includes(name));
  let tagAt = header.findIndex((name) => ['tag', 'tags', 'keyword', 'label'].includes(name));
  const hasHeader = fileAt >= 0 && tagAt >= 0;
  if (!hasHeader) [fileAt, tagAt] = [0, 1];
  return rows.slice(hasHeader ? 1 : 0).flatMap((cells, i) => {
    if (cells.length === 1 && cells[0] === '') return [];
    const [file, tag] = [cells[fileAt]?.trim(), cells[tagAt]?.trim()];
    if (!file || tag === undefined) throw new AppError('bad-request.csv-line', { line: i + (hasHeader ? 2 : 1) });
    return tag === '' ? [] : [{ file, tag: tag.slice(0, 100) }];
  });
}
