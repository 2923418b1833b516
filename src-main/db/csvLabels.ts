/**
 * What the CSV of a folder says of each file it names, whether that is there or not. A CSV is kept a few lines at a time
 * under a number of its own, and read by nobody until its folder takes that number: who reads finds the one before or
 * this one, whole, and so does who comes back after it was cut short.
 */
import type { Work } from '../../shared/work.ts';
import type { Db } from './database.ts';
import { together } from './together.ts';

interface CsvLabelRow {
  /** As the CSV writes it. */
  file: string;
  label: string | null;
  group: string | null;
  side: 'train' | 'test' | null;
}

/** Lines read, written or taken away at a time: some milliseconds. */
const atOnce = 1000;

export function csvLabelsTable(db: Db) {
  const present = db.prepare<[string], number>('SELECT csv_import FROM datasets WHERE id = ?').pluck();
  const last = db.prepare<[string], number | null>('SELECT max(import) FROM csv_labels WHERE dataset_id = ?').pluck();
  const after = db.prepare<[string, number, string], CsvLabelRow>(
    `SELECT file, label, photo_group AS "group", side FROM csv_labels WHERE dataset_id = ? AND import = ? AND file > ?
     ORDER BY file LIMIT ${atOnce}`,
  );
  const put = db.prepare(
    `INSERT OR REPLACE INTO csv_labels (dataset_id, import, file, label, photo_group, side)
     VALUES (@datasetId, @number, @file, @label, @group, @side)`,
  );
  const putAll = together(db, (datasetId: string, number: number, rows: readonly CsvLabelRow[]) => {
    for (const { file, label, group, side } of rows) put.run({ datasetId, number, file, label, group, side });
  });
  const use = db.prepare('UPDATE datasets SET csv_import = ? WHERE id = ?');
  // by two questions, as each stops at the first line
  const [lower, higher] = ['<', '>'].map((than) =>
    db
      .prepare<[string, number], number>(
        `SELECT import FROM csv_labels WHERE dataset_id = ? AND import ${than} ? ORDER BY import LIMIT 1`,
      )
      .pluck(),
  );
  const takeAway = db.prepare('DELETE FROM csv_labels WHERE dataset_id = ? AND import = ? AND file <= ?');

  /** Keeps lines, of which the last of a file counts, and answers the number to `use` them by. */
  function* keep(datasetId: string, rows: readonly CsvLabelRow[]): Work<number> {
    const number = Math.max(last.get(datasetId) ?? 0, present.get(datasetId) ?? 0) + 1;
    for (let from = 0; from < rows.length; from += atOnce) {
      putAll(datasetId, number, rows.slice(from, from + atOnce));
      yield;
    }
    return number;
  }

  return {
    /** What is kept of the folder, as one import has it; in pieces of some milliseconds. */
    *all(datasetId: string): Work<CsvLabelRow[]> {
      for (;;) {
        const number = present.get(datasetId) ?? 0;
        const found: CsvLabelRow[] = [];
        for (let file = ''; ;) {
          const rows = after.all(datasetId, number, file);
          if (rows.length === 0) break;
          for (const row of rows) found.push(row);
          yield;
          file = rows.at(-1)!.file;
        }
        if ((present.get(datasetId) ?? 0) === number) return found;
      }
    },
    keep,
    /** From here on the folder's lines are those that were kept by this number. */
    use: (datasetId: string, number: number) => void use.run(number, datasetId),
    /** Takes away, in pieces, what the folder does not use: of the CSV before, and of one that was cut short. */
    *clear(datasetId: string): Work<void> {
      for (;;) {
        const number = present.get(datasetId) ?? 0;
        const other = lower!.get(datasetId, number) ?? higher!.get(datasetId, number);
        if (other === undefined) return;
        takeAway.run(datasetId, other, after.all(datasetId, other, '').at(-1)!.file);
        yield;
      }
    },
  };
}
