/** Tags as a CSV: a line for each photo and tag. */
import { csvLine, csvPieces, guarded, unguarded } from '../../../shared/csv.ts';
import { photoName } from '../../../shared/parts.ts';
import type { Store } from '../../db/index.ts';
import { AppError } from '../errors.ts';
import { columnNamed } from '../library/csv.ts';
import { mapped, sorted } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';

/**
 * The columns are named file (or path, image and the like, as those of labels) and tag (or keyword, label), or are the
 * first two.
 * @throws AppError bad-request naming the line, CsvError
 */
export function* parseTags(text: string): Work<{ file: string; tag: string }[]> {
  const out: { file: string; tag: string }[] = [];
  let [fileAt, tagAt] = [0, 1];
  let records = 0;
  for (const piece of csvPieces(text.replace(/^\ufeff/, ''))) {
    for (const cells of piece) {
      if (++records === 1) {
        const header = cells.map((cell) => cell.trim().toLowerCase());
        const named = columnNamed('file', header);
        const of = header.findIndex((name) => ['tag', 'tags', 'keyword', 'label'].includes(name));
        if (named >= 0 && of >= 0) {
          [fileAt, tagAt] = [named, of];
          continue;
        }
      }
      if (cells.length === 1 && cells[0] === '') continue;
      const [file, tag] = [cells[fileAt]?.trim(), cells[tagAt]?.trim()];
      if (!file || tag === undefined) throw new AppError('bad-request.csv-line', { line: records });
      if (tag !== '') out.push({ file: unguarded(file), tag: cut(unguarded(tag)) });
    }
    yield;
  }
  if (records === 0) throw new AppError('bad-request.csv-empty');
  return out;
}

/** As long as a tag may be, no letter cut in two. */
const cut = (tag: string): string => (tag.length > 100 ? tag.slice(0, 100).replace(/[\ud800-\udbff]$/, '') : tag);

/** A line for each photo of a folder and each tag that it has, in the order of files; also photos that are gone. @param guard no cell is one that a spreadsheet computes */
export function* tagLines(
  tags: Pick<Store['tags'], 'all' | 'pieces'>,
  datasetId: string,
  guard: boolean,
): Work<{ csv: string; rows: number }> {
  const found: { file: string; part: string; place: number; tag: string }[] = [];
  for (const { id, name } of tags.all())
    for (const piece of tags.pieces(id, datasetId)) {
      for (const { file, part, place } of piece) found.push({ file, part, place, tag: name });
      yield;
    }
  // a photo's tags stay in their own order
  const rows = yield* sorted(found, (a, b) => (a.file === b.file ? a.place - b.place : a.file < b.file ? -1 : 1));
  const lines = yield* mapped(rows, ({ file, part, tag }) => {
    const cells = [photoName(file, part), tag];
    return csvLine(guard ? cells.map(guarded) : cells);
  });
  return { csv: csvLine(['file', 'tag']) + lines.join(''), rows: rows.length };
}
