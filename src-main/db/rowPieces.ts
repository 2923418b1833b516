/** Photos of a folder in the order in which they were found, a few at a time. */
import type { Db } from './database.ts';

/** Rows looked at at a time: some milliseconds. */
const AT_ONCE = 5_000;

export function rowPieces(db: Db) {
  const lastRow = db.prepare<[], number>('SELECT coalesce(max(rowid), 0) FROM images').pluck();
  /**
   * What a query finds in each piece, so that the caller can let others have the thread in between.
   * @param between of a folder, after a row and up to another: it says +dataset_id and so goes by rows, as by the
   * folder's index each piece would go through the whole folder
   */
  return function* <T>(
    between: { all(folder: string, after: number, upTo: number): T[] },
    folder: string,
  ): Generator<T[]> {
    for (let row = 0; row < lastRow.get()!; row += AT_ONCE) yield between.all(folder, row, row + AT_ONCE);
  };
}
