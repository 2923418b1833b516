/** Tags as a CSV: a line for each photo and tag. */
import { csvLine, csvRecords } from '../../../shared/csv.ts';
import { photoName } from '../../../shared/parts.ts';
import type { Store } from '../../db/index.ts';
import { AppError } from '../errors.ts';
import { columnNames } from '../library/csv.ts';
import { mapped, sorted } from '../unhurried.ts';
import type { Work } from '../unhurried.ts';

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

/** A line for each photo of a folder and each tag that it has, in the order of files; also photos that are gone. */
export function* tagLines(
  tags: Pick<Store['tags'], 'all' | 'pieces'>,
  datasetId: string,
): Work<{ csv: string; rows: number }> {
  const found: { file: string; part: string; place: number; tag: string }[] = [];
  for (const { id, name } of tags.all())
    for (const piece of tags.pieces(id, datasetId)) {
      for (const { file, part, place } of piece) found.push({ file, part, place, tag: name });
      yield;
    }
  // a photo's tags stay in their own order
  const rows = yield* sorted(found, (a, b) => (a.file === b.file ? a.place - b.place : a.file < b.file ? -1 : 1));
  const lines = yield* mapped(rows, ({ file, part, tag }) => csvLine([photoName(file, part), tag]));
  return { csv: csvLine(['file', 'tag']) + lines.join(''), rows: rows.length };
}
