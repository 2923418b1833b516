/** What the CSV of a folder says of each file it names, whether that is there or not. */
import type { Db } from './database.ts';
import { together } from './together.ts';

interface CsvLabelRow {
  /** As the CSV writes it. */
  file: string;
  label: string | null;
  group: string | null;
  side: 'train' | 'test' | null;
}

/** Lines read at a time. */
const atOnce = 2000;

export function csvLabelsTable(db: Db) {
  const after = db.prepare<[string, string], CsvLabelRow>(
    `SELECT file, label, photo_group AS "group", side FROM csv_labels WHERE dataset_id = ? AND file > ?
     ORDER BY file LIMIT ${atOnce}`,
  );
  const clear = db.prepare('DELETE FROM csv_labels WHERE dataset_id = ?');
  const put = db.prepare(
    `INSERT OR REPLACE INTO csv_labels (dataset_id, file, label, photo_group, side)
     VALUES (@datasetId, @file, @label, @group, @side)`,
  );
  return {
    /** What is kept of the folder, in pieces of some milliseconds. */
    *pieces(datasetId: string): Generator<CsvLabelRow[]> {
      for (let last = ''; ;) {
        const rows = after.all(datasetId, last);
        if (rows.length === 0) return;
        yield rows;
        last = rows.at(-1)!.file;
      }
    },
    /** Replaces all that was kept of the folder. */
    replace: together(db, (datasetId: string, rows: Iterable<CsvLabelRow>) => {
      clear.run(datasetId);
      for (const { file, label, group, side } of rows) put.run({ datasetId, file, label, group, side });
    }),
  };
}
