/** Files of a folder that cannot be used, and why: unreadable, no photo, or only in a cloud. */
import type { Skipped } from '../../shared/contract.ts';
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import { together } from './together.ts';
import { Gone } from './identity.ts';

export function imageSkipped(db: Db) {
  const { folderOf, prepare } = datasetScope(db);
  const setGone = db.prepare('UPDATE images SET gone = ? WHERE id = ?');
  const putSkipped = db.prepare(
    `INSERT OR REPLACE INTO skipped (dataset_id, file, reason, code, key, "values", bytes, modified)
     VALUES (@datasetId, @file, @reason, @code, @key, @values, @bytes, @modified)`,
  );
  const clearSkipped = db.prepare(
    `DELETE FROM skipped WHERE dataset_id = ? AND (code = 'scan' OR NOT EXISTS (SELECT 1 FROM images
       WHERE images.dataset_id = skipped.dataset_id AND images.file = skipped.file AND gone = ${Gone.unreadable}))`,
  );
  const dropSkipped = db.prepare('DELETE FROM skipped WHERE dataset_id = ? AND file = ?');
  /** Of a collection those that are files of its photos. */
  const skippedOf =
    'FROM skipped WHERE dataset_id = @folder AND (@folder = @datasetId OR file IN (SELECT file FROM images WHERE OF))';
  const skippedPage = prepare<
    Pick<Skipped, 'file' | 'reason' | 'code'> & { key: string | null; values: string | null }
  >(`SELECT file, reason, code, key, "values" ${skippedOf} ORDER BY file LIMIT @limit OFFSET @offset`);
  /** What a row of skipped is made of, but for its folder. */
  const skippedRow = ({ key, values, ...row }: Skipped & { bytes?: number; modified?: number }) => ({
    bytes: null,
    modified: null,
    ...row,
    key: key ?? null,
    values: values ? JSON.stringify(values) : null,
  });
  const skippedCount = prepare<{ n: number }>(`SELECT count(*) AS n ${skippedOf}`);
  const elsewhere = db.prepare<[string], { files: number; bytes: number }>(
    `SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM skipped
     WHERE dataset_id = ? AND key = 'scan.elsewhere'`,
  );
  const elsewhereFiles = db
    .prepare<[string], string>(`SELECT file FROM skipped WHERE dataset_id = ? AND key = 'scan.elsewhere' ORDER BY file`)
    .pluck();
  /** Reasons that lie in the computer and not in the file: it may be as it was, and readable all the same. */
  const kept = db.prepare<[string, string]>(
    `SELECT 1 FROM skipped WHERE dataset_id = ? AND file = ? AND key IN
       ('unreadable.permission', 'unreadable.disk', 'unreadable.handles', 'unreadable.locked')`,
  );
  const skippedOne = db.prepare<[string, string], { file: string }>(
    'SELECT file FROM skipped WHERE dataset_id = ? AND file = ?',
  );

  return {
    /** Adds files that cannot be used; a photo among them is marked unreadable, or away where its file is missing. */
    putSkipped: together(
      db,
      (datasetId: string, files: readonly (Skipped & { bytes?: number; modified?: number; id?: string })[]) => {
        for (const { id, ...item } of files) {
          putSkipped.run({ ...skippedRow(item), datasetId: folderOf(datasetId) });
          if (id) setGone.run(item.code === 'missing' ? Gone.away : Gone.unreadable, id);
        }
      },
    ),
    /** Replaces what the last listing found unusable; photos that were unreadable stay listed. */
    listSkipped: together(db, (datasetId: string, files: readonly (Omit<Skipped, 'code'> & { bytes?: number })[]) => {
      clearSkipped.run(datasetId);
      for (const item of files) putSkipped.run({ ...skippedRow({ ...item, code: 'scan' }), datasetId });
    }),
    skipped: (datasetId: string, offset: number, limit: number) => ({
      total: skippedCount(datasetId, { folder: folderOf(datasetId) })[0]!.n,
      files: skippedPage(datasetId, { folder: folderOf(datasetId), limit, offset }).map(
        ({ key, values, ...row }): Skipped => ({
          ...row,
          ...(key !== null && values !== null && { key, values: JSON.parse(values) as Skipped['values'] }),
        }),
      ),
    }),
    /** Removes files that could be read after all. */
    takeFromSkipped: together(db, (datasetId: string, files: readonly string[]) => {
      for (const file of files) dropSkipped.run(datasetId, file);
    }),
    /** How many placeholders of cloud services there are, with their bytes as far as known. */
    elsewhere: (datasetId: string) => elsewhere.get(datasetId)!,
    elsewhereFiles: (datasetId: string) => elsewhereFiles.all(datasetId),
    /** Whether a file could not be read for a reason that may have passed though the file is the same. */
    mayBeReadable: (datasetId: string, file: string) => kept.get(datasetId, file) !== undefined,
    isSkipped: (datasetId: string, file: string) => skippedOne.get(folderOf(datasetId), file) !== undefined,
  };
}
