/** Many statements that happen together or not at all. */
import type { Db } from './database.ts';

/**
 * `work` as a transaction, or as a part of the one that is open: no savepoint of its own, for which SQLite keeps the pages
 * that each statement changes until the savepoint ends (listing photos took three and a half times as long). So a fault
 * is the whole transaction's: nobody catches it inside.
 */
export function together<A extends unknown[], R>(db: Db, work: (...args: A) => R): (...args: A) => R {
  const alone = db.transaction(work);
  return (...args) => (db.inTransaction ? work(...args) : alone(...args));
}
