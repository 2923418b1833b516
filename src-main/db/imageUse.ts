/** Photos as what is done with them needs them: all that are used, a sample, their labels, and what belongs together. */
import { toEnd } from '../../shared/work.ts';
import type { Work } from '../../shared/work.ts';
import { datasetScope } from './collections.ts';
import type { photoChanges } from './changes.ts';
import type { Db } from './database.ts';
import { groupCounts } from './groupCounts.ts';
import type { GroupCounts } from './groupCounts.ts';
import type { ImageRow } from './images.ts';
import { memberPieces, rowPieces } from './rowPieces.ts';

/** Most photos whose sizes are sampled: enough that their mean is within a few percent of that of all. */
const sampledSizes = 2000;
/** Most photos that are looked at for them: of a folder that was only listed none has a size, of others many are out. */
const lookedAt = 3 * sampledSizes;
/** Photos that are looked at before others may have the thread: some milliseconds, as they lie all over the file. */
const sizesAtOnce = 1000;
/** The index of the primary key: by the folder's own a sample would go through the whole folder. */
const byId = 'sqlite_autoindex_images_1';

/** @param columns of images, as an ImageRow has them */
export function imageUse(db: Db, columns: string, changes: ReturnType<typeof photoChanges>) {
  const { folderOf, prepare } = datasetScope(db);
  const pieces = rowPieces(db);
  const setExcluded = db
    .prepare<[number, string, number], string>(
      'UPDATE images SET excluded = ? WHERE id IN (SELECT value FROM json_each(?)) AND excluded <> ? RETURNING id',
    )
    .pluck();
  const usable = prepare<ImageRow>(
    `SELECT ${columns} FROM images WHERE OF AND gone = 0 AND excluded = 0 ORDER BY file, place`,
  );
  const oneUsable = prepare<{ id: string }>(
    'SELECT id FROM images WHERE OF AND id = @id AND gone = 0 AND excluded = 0',
  );
  const countingGroups = groupCounts(db, changes);
  const present = prepare<ImageRow>(`SELECT ${columns} FROM images WHERE OF AND gone = 0 ORDER BY file, place`);
  const sizes = prepare<{ id: string; width: number; height: number; isUsed: number }>(
    `SELECT id, width, height, width > 0 AND gone = 0 AND excluded = 0 AS isUsed FROM images INDEXED BY ${byId}
     WHERE OF AND id > @first AND id < @last ORDER BY id LIMIT ${sizesAtOnce}`,
  );
  const ids = db
    .prepare<[object], string>(
      `SELECT id FROM images INDEXED BY ${byId} WHERE id > @last AND id < @end ORDER BY id LIMIT ${sizesAtOnce}`,
    )
    .pluck();
  const usableAmong = db.prepare<[object], ImageRow>(
    `SELECT ${columns} FROM images WHERE id IN (SELECT value FROM json_each(@ids)) AND +dataset_id = @folder
       AND gone = 0 AND excluded = 0 ORDER BY id LIMIT @limit`,
  );
  const members = memberPieces(db);
  /** Ids of the folder's photos, those that are gone too, in their order and in pieces of some milliseconds. */
  function* idsOfFolder(folder: string): Generator<string[]> {
    for (let last = `${folder}-`; ;) {
      const found = ids.all({ last, end: `${folder}.` });
      if (found.length === 0) return;
      yield found;
      last = found.at(-1)!;
    }
  }
  const labelsBetween = db.prepare<[string, number, number], { id: string; label: string }>(
    'SELECT id, label FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND label IS NOT NULL',
  );
  const groupsBetween = db.prepare<[string, number, number], { id: string; group: string }>(
    `SELECT id, coalesce(photo_group, parent) AS "group" FROM images
     WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND (photo_group IS NOT NULL OR parent IS NOT NULL)`,
  );

  return {
    countingGroups,
    /** The same at once. */
    groups: (datasetId: string): GroupCounts => toEnd(countingGroups(datasetId)),
    /** @returns ids of those that were otherwise before */
    setExcluded: (ids: readonly string[], excluded: boolean): string[] =>
      setExcluded.all(Number(excluded), JSON.stringify(ids), Number(excluded)),
    /** What is trained on and embedded, in the order of file names. */
    usable: (datasetId: string) => usable(datasetId),
    isUsable: (datasetId: string, id: string) => oneUsable(datasetId, { id }).length > 0,
    /** Everything in the folder, excluded photos too. */
    present: (datasetId: string) => present(datasetId),
    /**
     * The photos that have a label, those that are gone too, in pieces of some milliseconds: the caller lets others have
     * the thread in between.
     */
    labelPieces: (datasetId: string): Generator<{ id: string; label: string }[]> =>
      pieces(labelsBetween, folderOf(datasetId)),
    /** Of the photos that belong together, by a group or as parts of one file, what they belong to; likewise. */
    groupPieces: (datasetId: string): Generator<{ id: string; group: string }[]> =>
      pieces(groupsBetween, folderOf(datasetId)),
    /**
     * Sizes of a sample of photos from all over the folder, in pieces: it goes by ids, which are hashes of names.
     */
    *sizes(datasetId: string): Generator<{ width: number; height: number }[]> {
      const folder = folderOf(datasetId);
      let first = `${folder}-`;
      let missing = sampledSizes;
      for (let looked = 0; looked < lookedAt && missing > 0; looked += sizesAtOnce) {
        const rows = sizes(datasetId, { first, last: `${folder}.` });
        if (rows.length === 0) return;
        const used = rows.filter(({ isUsed }) => isUsed === 1).slice(0, missing);
        yield used.map(({ width, height }) => ({ width, height }));
        missing -= used.length;
        first = rows.at(-1)!.id;
      }
    },
    /**
     * At most so many photos from all over the folder, by ids as well, in the order of file names. In pieces, as nearly all
     * may have been taken out.
     */
    *sampling(datasetId: string, limit: number): Work<ImageRow[]> {
      const folder = folderOf(datasetId);
      const found: ImageRow[] = [];
      for (const piece of folder === datasetId ? idsOfFolder(folder) : members(datasetId, folder)) {
        for (const row of usableAmong.all({ ids: JSON.stringify(piece), folder, limit: limit - found.length }))
          found.push(row);
        if (found.length === limit) break;
        yield;
      }
      return found.sort((a, b) => (a.file === b.file ? a.part.localeCompare(b.part) : a.file < b.file ? -1 : 1));
    },
  };
}
