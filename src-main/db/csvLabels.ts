/** What the CSV of a folder says of each file it names, whether that is there or not. */
import type { Db } from './database.ts';

interface CsvLabelRow {
  /** As the CSV writes it. */
  file: string;
  label: string | null;
  group: string | null;
  side: 'train' | 'test' | null;
}

export function csvLabelsTable(db: Db) {
  const all = db.prepare<[string], CsvLabelRow>(
    'SELECT file, label, photo_group AS "group", side FROM csv_labels WHERE dataset_id = ?',
  );
  const clear = db.prepare('DELETE FROM csv_labels WHERE dataset_id = ?');
  const put = db.prepare(
    `INSERT OR REPLACE INTO csv_labels (dataset_id, file, label, photo_group, side)
     VALUES (@datasetId, @file, @label, @group, @side)`,
  );
  return {
    all: (datasetId: string) => all.all(datasetId),
    /** Replaces all that was kept of the folder. */
    replace: db.transaction((datasetId: string, rows: Iterable<CsvLabelRow>) => {
      clear.run(datasetId);
      for (const { file, label, group, side } of rows) put.run({ datasetId, file, label, group, side });
    }),
  };
}
