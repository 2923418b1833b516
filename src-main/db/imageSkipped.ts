/** Files of a folder that cannot be used, and why: unreadable, no photo, or only in a cloud. */
import type { Skipped } from '../../shared/contract.ts';
import type { Work } from '../../shared/work.ts';
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import { together } from './together.ts';
import { Gone } from './identity.ts';
import { skippedPieces } from './rowPieces.ts';

/** Files looked at at a time, some milliseconds' work. */
const atOnce = 1000;

export function imageSkipped(db: Db) {
  const { folderOf } = datasetScope(db);
  const setGone = db.prepare('UPDATE images SET gone = ? WHERE id = ?');
  const putSkipped = db.prepare(
    `INSERT OR REPLACE INTO skipped (dataset_id, file, reason, code, key, "values", bytes, modified)
     VALUES (@datasetId, @file, @reason, @code, @key, @values, @bytes, @modified)`,
  );
  const skippedAfter = db.prepare<[object], { file: string; isOver: number }>(
    `SELECT file, code = 'scan' OR NOT EXISTS (SELECT 1 FROM images WHERE images.dataset_id = skipped.dataset_id
       AND images.file = skipped.file AND gone = ${Gone.unreadable}) AS isOver
     FROM skipped WHERE dataset_id = @datasetId AND file > @last ORDER BY file LIMIT ${atOnce}`,
  );
  const dropSkipped = db.prepare('DELETE FROM skipped WHERE dataset_id = ? AND file = ?');
  const pieces = skippedPieces(db);
  const skippedCount = db.prepare<[string], number>('SELECT count(*) FROM skipped WHERE dataset_id = ?').pluck();
  type Row = Pick<Skipped, 'file' | 'reason' | 'code'> & { key: string | null; values: string | null };
  const skippedPage = db.prepare<[object], Row>(
    `SELECT file, reason, code, key, "values" FROM skipped WHERE dataset_id = @folder
     ORDER BY file LIMIT @limit OFFSET @offset`,
  );
  const skippedSome = db.prepare<[object], Row>(
    `SELECT file, reason, code, key, "values" FROM skipped
     WHERE dataset_id = @folder AND file IN (SELECT value FROM json_each(@files)) ORDER BY file`,
  );
  /** What a row of skipped is made of, but for its folder. */
  const skippedRow = ({ key, values, ...row }: Skipped & { bytes?: number; modified?: number }) => ({
    bytes: null,
    modified: null,
    ...row,
    key: key ?? null,
    values: values ? JSON.stringify(values) : null,
  });
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

  const shown = ({ key, values, ...row }: Row): Skipped => ({
    ...row,
    ...(key !== null && values !== null && { key, values: JSON.parse(values) as Skipped['values'] }),
  });

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
    /** Adds files that a listing found unusable. */
    putScanned: together(db, (datasetId: string, files: readonly (Omit<Skipped, 'code'> & { bytes?: number })[]) => {
      for (const item of files) putSkipped.run({ ...skippedRow({ ...item, code: 'scan' }), datasetId });
    }),
    /**
     * Files that an earlier listing found unusable, in pieces of some milliseconds: what this one did not find so is to be
     * taken out. Photos that are unreadable stay listed.
     */
    *scannedPieces(datasetId: string): Generator<string[]> {
      for (let last = ''; ;) {
        const found = skippedAfter.all({ datasetId, last });
        if (found.length === 0) return;
        yield found.filter(({ isOver }) => isOver === 1).map(({ file }) => file);
        last = found.at(-1)!.file;
      }
    },
    /**
     * How many there are, and some of them (all where the limit is below 0) in the order of names: of a collection those
     * that are files of its photos, which are looked for in pieces of some milliseconds.
     */
    *skipped(datasetId: string, offset: number, limit: number): Work<{ total: number; files: Skipped[] }> {
      const folder = folderOf(datasetId);
      if (folder === datasetId)
        return { total: skippedCount.get(folder)!, files: skippedPage.all({ folder, limit, offset }).map(shown) };
      const files: string[] = [];
      for (const piece of pieces(datasetId, folder)) {
        for (const file of piece) files.push(file);
        yield;
      }
      const asked = JSON.stringify(files.slice(offset, limit < 0 ? undefined : offset + limit));
      return { total: files.length, files: skippedSome.all({ folder, files: asked }).map(shown) };
    },
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
