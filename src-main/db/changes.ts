/**
 * What may have changed a list of photos: every change of the history but those that trainings make, which write figures
 * several times a second and change no photo.
 */
import type { Db } from './database.ts';

export function photoChanges(db: Db) {
  const total = db.prepare<[], number>('SELECT total_changes()').pluck();
  let apart = 0;
  return {
    /** Never falls; the same number as before: no list has changed. */
    count: (): number => total.get()! - apart,
    /** The table's functions, what they change left out of the count. */
    without<T extends object>(table: T): T {
      const counted = ([name, work]: [string, unknown]): [string, unknown] =>
        typeof work === 'function'
          ? [
              name,
              (...given: unknown[]): unknown => {
                const before = total.get()!;
                try {
                  return (work as (...given: unknown[]) => unknown)(...given);
                } finally {
                  apart += total.get()! - before;
                }
              },
            ]
          : [name, work];
      return Object.fromEntries(Object.entries(table).map(counted)) as T;
    },
  };
}
