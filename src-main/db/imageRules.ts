/** What the library's rules for labels, groups and sides go by, and what they decide of each photo. */
import type { Db } from './database.ts';
import { together } from './together.ts';
import { datasetScope } from './collections.ts';

/** What the rules for labels and sides go by, and what they decide. */
export interface RuledRow {
  id: string;
  file: string;
  part: string;
  /** The name it was first found under. */
  firstFile: string;
  label: string | null;
  heldOut: number;
  group: string | null;
  gone: number;
  /** When it was taken, milliseconds by the camera's own clock, and the camera; null: not known. */
  taken: number | null;
  camera: string | null;
}

/** Photos read at a time, some milliseconds' work. */
const atOnce = 500;

export function imageRules(db: Db) {
  const { folderOf } = datasetScope(db);
  const after = db.prepare<[object], RuledRow & { row: number; place: number }>(
    `SELECT rowid AS row, place, id, file, part, coalesce(first_file, file) AS firstFile, label, held_out AS heldOut,
       photo_group AS "group", gone, taken, camera FROM images
     WHERE dataset_id = @folder AND file >= @file AND (file > @file OR (place, rowid) > (@place, @row))
     ORDER BY file, place, rowid LIMIT ${atOnce}`,
  );
  const setRuled = db.prepare(
    'UPDATE images SET label = @label, held_out = @heldOut, photo_group = @group WHERE id = @id',
  );
  const fileFrom = db
    .prepare<[string, string], string>(
      'SELECT file FROM images WHERE dataset_id = ? AND gone = 0 AND file >= ? ORDER BY file, place LIMIT 1',
    )
    .pluck();

  /** Every photo of the folder, also those that are gone, in the order of names and in pieces of some milliseconds. */
  function* ruledPieces(datasetId: string): Generator<RuledRow[]> {
    const folder = folderOf(datasetId);
    for (let last = { file: '', place: -1, row: -1 }; ;) {
      const { file, place, row } = last;
      const found = after.all({ folder, file, place, row });
      if (found.length === 0) return;
      yield found;
      last = found.at(-1)!;
    }
  }

  return {
    ruledPieces,
    ruled: (datasetId: string): RuledRow[] => [...ruledPieces(datasetId)].flat(),
    setRuled: together(db, (rows: readonly Pick<RuledRow, 'id' | 'label' | 'heldOut' | 'group'>[]) => {
      for (const { id, label, heldOut, group } of rows) setRuled.run({ id, label, heldOut, group });
    }),
    /** Files that are there, one of each folder at the top, and each that lies in none. */
    *tops(datasetId: string): Generator<string> {
      const folder = folderOf(datasetId);
      for (let file = fileFrom.get(folder, ''); file !== undefined;) {
        yield file;
        const end = file.indexOf('/');
        // 0 comes after the slash: what follows all names in that folder
        file = fileFrom.get(folder, end < 0 ? `${file}\u0001` : `${file.slice(0, end)}0`);
      }
    },
  };
}
