/**
 * Photos as readings of their folder find them: what a name or a content stands for, what is new, what has moved or has
 * gone, and what opening a file told.
 */
import type { Db } from './database.ts';
import { together } from './together.ts';
import { Gone, shortHash } from './identity.ts';
import { rowPieces } from './rowPieces.ts';

/** A file as a reading finds it. */
export interface FoundFile {
  file: string;
  bytes: number;
  modified: number;
  content: string | null;
}

/** What a file's name already stands for. */
export interface NamedRow {
  row: number;
  id: string;
  file: string;
  bytes: number;
  modified: number;
  content: string | null;
  gone: number;
}

export interface ReadFacts {
  id: string;
  width: number;
  height: number;
  format: string;
  hash: string | null;
  content: string;
  notes: string | null;
}

const namedColumns = 'rowid AS row, id, file, bytes, modified, content, gone';

export function imageReading(db: Db) {
  const pieces = rowPieces(db);
  const exists = db.prepare<[string]>('SELECT 1 FROM images WHERE id = ?').pluck();
  const named = db.prepare<[string, string], NamedRow>(
    `SELECT ${namedColumns} FROM images WHERE dataset_id = ? AND file = ? AND part = '' ORDER BY gone, rowid DESC`,
  );
  const withContent = db.prepare<[string, number, number], NamedRow>(
    `SELECT ${namedColumns} FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND part = ''
       AND content IS NOT NULL`,
  );
  const placedBetween = db
    .prepare<[string, number, number], number>(
      `SELECT rowid FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND part = ''
         AND gone IN (${Gone.here}, ${Gone.unreadable}, ${Gone.divided})`,
    )
    .pluck();
  const knownBetween = db.prepare<[string, number, number], Pick<NamedRow, 'row' | 'gone'>>(
    `SELECT rowid AS row, gone FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND part = ''
       AND gone IN (${Gone.here}, ${Gone.away}, ${Gone.divided})`,
  );
  const lastRow = db.prepare<[], number>('SELECT coalesce(max(rowid), 0) FROM images').pluck();
  const byRow = db.prepare<[number], NamedRow>(`SELECT ${namedColumns} FROM images WHERE rowid = ?`);
  const insert = db.prepare(
    `INSERT INTO images (id, dataset_id, file, bytes, modified, content, label, held_out)
     VALUES (@id, @datasetId, @file, @bytes, @modified, @content, @label, @heldOut)`,
  );
  const place = db.prepare(
    `UPDATE images SET first_file = CASE WHEN file = @file THEN first_file ELSE coalesce(first_file, file) END,
       file = @file, bytes = @bytes, modified = @modified,
       described = described AND bytes = @bytes AND modified = @modified AND file = @file,
       gone = CASE gone WHEN ${Gone.divided} THEN gone ELSE ${Gone.here} END WHERE id = @id`,
  );
  const setGone = db.prepare('UPDATE images SET gone = ? WHERE id = ?');
  const setFacts = db.prepare(
    `UPDATE images SET width = @width, height = @height, format = @format, hash = @hash,
       content = coalesce(nullif(@content, ''), content), notes = @notes,
       gone = CASE gone WHEN ${Gone.unreadable} THEN ${Gone.here} ELSE gone END WHERE id = @id`,
  );
  const setContent = db.prepare('UPDATE images SET content = ? WHERE id = ?');
  const unread = db
    .prepare<[string, number, number], number>(
      `SELECT rowid FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND (gone = ${Gone.unreadable}
       OR gone = ${Gone.here} AND (width = 0 OR CASE part WHEN '' THEN content ELSE hash END IS NULL)
       OR gone = ${Gone.divided} AND content IS NULL)`,
    )
    .pluck();

  /**
   * The id of a file that is found for the first time: made of its name alone where that is free, else of its size and
   * time too.
   */
  function freshId(datasetId: string, { file, bytes, modified }: FoundFile): string {
    for (let salt = 0; ; salt++) {
      const key = [file, ...(salt > 0 ? [bytes, modified] : []), ...(salt > 1 ? [salt] : [])].join('\0');
      const id = `${datasetId}-${shortHash(key)}`;
      if (exists.get(id) === undefined) return id;
    }
  }

  return {
    /** What a name stands for: the photo that is there first, then others that were. */
    named: (datasetId: string, file: string) => named.all(datasetId, file),
    /** Photos whose content is known, also those that are gone, in pieces of some milliseconds. */
    withContent: (datasetId: string): Generator<NamedRow[]> => pieces(withContent, datasetId),
    /**
     * Row numbers of the photos that the last reading found, unreadable ones too, in pieces of some milliseconds: nearly
     * all are there still.
     */
    placedPieces: (datasetId: string): Generator<number[]> => pieces(placedBetween, datasetId),
    /** Photos that are there or away, in pieces of some milliseconds. */
    knownPieces: (datasetId: string): Generator<Pick<NamedRow, 'row' | 'gone'>[]> => pieces(knownBetween, datasetId),
    byRow: (row: number) => byRow.get(row)!,
    /** Of all folders: photos that are found for the first time from here on come after it. */
    lastRow: () => lastRow.get()!,
    /** Photos found for the first time. */
    add: together(
      db,
      (datasetId: string, found: readonly (FoundFile & { label: string | null; heldOut: boolean })[]) => {
        for (const { heldOut, ...item } of found)
          insert.run({ ...item, id: freshId(datasetId, item), datasetId, heldOut: heldOut ? 1 : 0 });
      },
    ),
    /** Sets name, size and time of photos that were found again. */
    place: together(db, (photos: readonly (Omit<FoundFile, 'content'> & { id: string })[]) => {
      for (const { id, file, bytes, modified } of photos) place.run({ id, file, bytes, modified });
    }),
    /** Sets what decoding told of each photo; one that was unreadable is used again. */
    setFacts: together(db, (facts: readonly ReadFacts[]) => {
      for (const item of facts) setFacts.run(item);
    }),
    setContents: together(db, (contents: readonly { id: string; content: string }[]) => {
      for (const { id, content } of contents) setContent.run(content, id);
    }),
    setGone: together(db, (ids: Iterable<string>, why: number = Gone.away) => {
      for (const id of ids) setGone.run(why, id);
    }),
    /**
     * Row numbers of what a reading has to open, in pieces of some milliseconds: not decoded yet, without a hash of its
     * content, or unreadable the last time.
     */
    unread: (datasetId: string): Generator<number[]> => pieces(unread, datasetId),
  };
}
