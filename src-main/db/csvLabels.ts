/** What the CSV of a folder says of each file it names, whether that is there or not. */
import type { Db } from './database.ts';

export function csvLabelsTable(db: Db) {
  const all = db.prepare<[string], { file: string; label: string | null }>(
    'SELECT file, label FROM csv_labels WHERE dataset_id = ?',
  );
  const clear = db.prepare('DELETE FROM csv_labels WHERE dataset_id = ?');
  const put = db.prepare('INSERT OR REPLACE INTO csv_labels (dataset_id, file, label) VALUES (?, ?, ?)');
  return {
    /** [file, label], files as the CSV writes them. */
    all: (datasetId: string) => all.all(datasetId).map(({ file, label }) => [file, label] as const),
    /** Replaces all that was kept of the folder. */
    replace: db.transaction((datasetId: string, labels: Iterable<readonly [file: string, label: string | null]>) => {
      clear.run(datasetId);
      for (const [file, label] of labels) put.run(datasetId, file, label);
    }),
  };
}
