/** A CSV that says something of photos: which column is what, and what each line says. Pure. */
import type { CsvColumns } from '../../../shared/contract.ts';
import { csvPieces, unguarded } from '../../../shared/csv.ts';
import { AppError } from '../errors.ts';
import { comparable } from './labels.ts';
import { testFolders } from './sides.ts';
import type { Work } from '../../../shared/work.ts';

export interface CsvRow {
  /** As paths are compared. */
  file: string;
  label: string | null;
  group: string | null;
  side: 'train' | 'test' | null;
}

/**
 * By these names a column is known (comparableName). Of several that a table has, the first here is taken: what a screen
 * observed before what was done to it, and the wider group before those within it, as more is alike in it.
 */
const columnNames: Record<keyof Omit<CsvColumns, 'header'>, readonly string[]> = {
  file: ['file', 'filename', 'filepath', 'path', 'image', '文件', '文件名'],
  label: ['label', 'class', 'category', 'species', 'phenotype', 'diagnosis', 'condition', 'treatment', '类别', '标签'],
  group: ['group', 'patient', 'subject', 'animal', 'individual', 'plate', 'well', 'site', 'sequence', '分组'],
  split: ['split', 'set', 'subset', 'partition', '划分'],
};

/** A column's name without what tables add to it: “Metadata_Plate”, “patient ID”, “image_path”, “Class name”. */
const comparableName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/^metadata /, '')
    .replace(/ (id|name|path)$/, '');

/** Where a table that begins with these cells has it; -1: nowhere by its name. */
export function columnNamed(kind: keyof typeof columnNames, cells: readonly string[]): number {
  const names = cells.map(comparableName);
  return columnNames[kind].map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
}

/**
 * What a CSV says: comma, semicolon or tab. Columns that are not given are known by their names, or are file and label
 * where the first line names none.
 * @throws AppError bad-request naming the line, CsvError
 */
export function* readCsv(
  text: string,
  given?: CsvColumns,
): Work<{ header: string[]; examples: string[][]; columns: CsvColumns; rows: CsvRow[] }> {
  const first: string[][] = [];
  let columns = given;
  let records = 0;
  const rows: CsvRow[] = [];
  for (const piece of csvPieces(text.replace(/^\ufeff/, ''))) {
    for (const cells of piece) {
      if (first.length < HEAD) first.push(cells);
      columns ??= guessed(cells);
      if (++records === 1 && columns.header) continue;
      const row = rowOf(cells, columns);
      if (row === 'incomplete') throw new AppError('bad-request.csv-line', { line: records });
      if (row) rows.push(row);
    }
    yield;
  }
  if (!columns || records === 0) throw new AppError('bad-request.csv-empty');
  const { header: hasHeader } = columns;
  const width = Math.max(...first.map((cells) => cells.length));
  return {
    header: Array.from({ length: width }, (_, at) => (hasHeader && first[0]![at]?.trim()) || String(at + 1)),
    examples: first.slice(hasHeader ? 1 : 0).slice(0, HEAD - 1),
    columns,
    rows,
  };
}

/** Records that say how wide a table is, and are shown. */
const HEAD = 4;

/** What a line says; null: it is empty. */
function rowOf(cells: readonly string[], columns: CsvColumns): CsvRow | 'incomplete' | null {
  if (cells.length === 1 && cells[0] === '') return null;
  const cell = (at: number | null) => unguarded((at === null ? '' : cells[at]?.trim()) ?? '') || null;
  const file = unguarded(cells[columns.file] ?? '');
  if (!file || (columns.label !== null && cells[columns.label] === undefined)) return 'incomplete';
  const side = cell(columns.split)?.toLowerCase() ?? null;
  return {
    file: comparable(file),
    label: cell(columns.label),
    group: cell(columns.group),
    side: side === null ? null : testFolders.includes(side) ? 'test' : 'train',
  };
}

function guessed(first: readonly string[]): CsvColumns {
  const at = (kind: keyof typeof columnNames) => {
    const found = columnNamed(kind, first);
    return found < 0 ? null : found;
  };
  const [file, label, group, split] = [at('file'), at('label'), at('group'), at('split')];
  if (file === null || (label ?? group ?? split) === null)
    return { file: 0, label: 1, group: null, split: null, header: false };
  return { file, label, group, split, header: true };
}
