/** Photos of a folder in the order in which they were found, and of a collection in that of their ids, a few at a time. */
import type { Db } from './database.ts';

/** Rows looked at at a time: some milliseconds. */
const ROWS_PER_PIECE = 5_000;
/** Members gone through at a time: some milliseconds. */
const MEMBERS_AT_ONCE = 1_000;
/** Files that cannot be used that are looked at at a time, likewise. */
const SKIPPED_AT_ONCE = 500;

export function rowPieces(db: Db) {
  const lastRow = db.prepare<[], number>('SELECT coalesce(max(rowid), 0) FROM images').pluck();
  /**
   * What a query finds in each piece, so that the caller can let others have the thread in between.
   * @param between of a folder, after a row and up to another: it says +dataset_id and so goes by rows, as by the
   * folder's index each piece would go through the whole folder
   * @param atOnce rows of a piece: fewer where they are written
   */
  return function* <T>(
    between: { all(folder: string, after: number, upTo: number): T[] },
    folder: string,
    atOnce = ROWS_PER_PIECE,
  ): Generator<T[]> {
    for (let row = 0; row < lastRow.get()!; row += atOnce) yield between.all(folder, row, row + atOnce);
  };
}

/** Ids of the photos that a collection lists or whose tag it follows, those that are gone too, each once. */
export function memberPieces(db: Db) {
  // a photo that is listed and has the tag as well stands twice, one after the other
  const members = db
    .prepare<[object], string>(
      `SELECT image_id FROM collection_members WHERE dataset_id = @datasetId AND image_id > @last AND image_id < @end
       ORDER BY image_id LIMIT ${MEMBERS_AT_ONCE}`,
    )
    .pluck();
  /** @param folder that the collection is of: ids of its photos begin with its own and a hyphen, which comes before the point */
  return function* (datasetId: string, folder: string): Generator<string[]> {
    for (let last = `${folder}-`; ;) {
      const ids = members.all({ datasetId, last, end: `${folder}.` });
      if (ids.length === 0) return;
      yield [...new Set(ids)];
      last = ids.at(-1)!;
    }
  };
}

/** Files of a folder that cannot be used and are files of a collection's photos, in the order of their names. */
export function skippedPieces(db: Db) {
  const after = db
    .prepare<[object], string>(
      `SELECT file FROM skipped WHERE dataset_id = @folder AND file > @last ORDER BY file LIMIT ${SKIPPED_AT_ONCE}`,
    )
    .pluck();
  const held = db
    .prepare<[object], string>(
      `SELECT value FROM json_each(@files) WHERE EXISTS
         (SELECT 1 FROM images WHERE images.dataset_id = @folder AND images.file = value AND EXISTS
           (SELECT 1 FROM collection_members WHERE collection_members.dataset_id = @datasetId AND image_id = images.id))`,
    )
    .pluck();
  return function* (datasetId: string, folder: string): Generator<string[]> {
    for (let last = ''; ;) {
      const files = after.all({ folder, last });
      if (files.length === 0) return;
      yield held.all({ files: JSON.stringify(files), folder, datasetId });
      last = files.at(-1)!;
    }
  };
}
