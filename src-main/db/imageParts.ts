/**
 * Files that are divided into photos: a row for the whole, which is no photo then, and one for each part, whose id is
 * made of its parent's and the part's. Parts go where their parent goes. Which files are divided, and how, is the
 * library's.
 */
import { LARGE_SIDE } from '../../shared/parts.ts';
import type { Db } from './database.ts';
import { Gone, shortHash } from './identity.ts';
import { rowPieces } from './rowPieces.ts';

/** A whole file, there or not. */
export interface WholeRow {
  id: string;
  file: string;
  bytes: number;
  modified: number;
  gone: number;
  /** The rule it was last divided by; null where it was not looked at yet. */
  divided: string | null;
  /** How many parts it has, those that were left out among them. */
  parts: number;
}

export interface FoundPart {
  part: string;
  width: number;
  height: number;
}

/** Rows looked at at a time where they are written. */
const writtenAtOnce = 500;

export function imageParts(db: Db) {
  const pieces = rowPieces(db);
  const wholes = db.prepare<[string, number, number], WholeRow>(
    `SELECT id, file, bytes, modified, gone, divided,
       empty_tiles + (SELECT count(*) FROM images AS parts WHERE parts.parent = images.id AND parts.place > 0) AS parts
     FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND part = ''
       AND gone IN (${Gone.here}, ${Gone.unreadable}, ${Gone.divided})`,
  );
  // ids of photos begin with the folder's and a hyphen, which comes before the point: without a look at all photos
  const anyParts = db
    .prepare<[object], number>(
      `SELECT EXISTS (SELECT 1 FROM images INDEXED BY images_by_parent WHERE parent > @first AND parent < @end AND place > 0)`,
    )
    .pluck();
  const setDivided = db.prepare('UPDATE images SET divided = ?, gone = ? WHERE id = ?');
  const setUndivided = db.prepare('UPDATE images SET divided = ?, gone = ?, empty_tiles = 0 WHERE id = ?');
  const setWhole = db.prepare(
    `UPDATE images SET divided = @divided, gone = @gone, width = @width, height = @height, format = @format,
       empty_tiles = @empty WHERE id = @id`,
  );
  const put = db.prepare(
    `INSERT INTO images (id, dataset_id, file, bytes, modified, width, height, format, label, held_out, excluded, gone,
       part, parent, place, first_file)
     SELECT @id, dataset_id, file, bytes, modified, @width, @height, @format, label, held_out, excluded, ${Gone.here},
       @part, id, @place, first_file FROM images WHERE id = @parent
     ON CONFLICT (id) DO UPDATE SET place = excluded.place, gone = excluded.gone, width = excluded.width,
       height = excluded.height, format = excluded.format`,
  );
  const dropParts = db.prepare(`UPDATE images SET gone = ${Gone.replaced}, place = 0 WHERE parent = ? AND place > 0`);
  /**
   * Gives parts the name, size and time of their file, and whether it is there. Photos that are no longer a part of it
   * stay as they are.
   */
  const follow = db.prepare<[string, number, number], { id: string }>(
    `UPDATE images SET (file, bytes, modified, first_file, gone) =
       (SELECT file, bytes, modified, first_file, CASE gone WHEN ${Gone.divided} THEN ${Gone.here} ELSE gone END
        FROM images AS whole WHERE whole.id = images.parent)
     WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND parent IS NOT NULL AND place > 0 AND EXISTS (
       SELECT 1 FROM images AS whole WHERE whole.id = images.parent AND (whole.file <> images.file
         OR whole.bytes <> images.bytes OR whole.modified <> images.modified
         OR images.gone <> CASE whole.gone WHEN ${Gone.divided} THEN ${Gone.here} ELSE whole.gone END))
     RETURNING id`,
  );
  const away = db.prepare<[string, number, number], { id: string }>(
    `UPDATE images SET gone = ${Gone.away} WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND part = ''
       AND gone IN (${Gone.here}, ${Gone.divided}) RETURNING id`,
  );
  const divided = db.prepare<[string], { files: number; empty: number }>(
    `SELECT count(*) AS files, coalesce(sum(empty_tiles), 0) AS empty FROM images
     WHERE dataset_id = ? AND gone = ${Gone.divided}`,
  );
  const large = db
    .prepare<[object], number>(
      `SELECT (SELECT count(*) FROM images WHERE dataset_id = @datasetId AND max(width, height) >= ${LARGE_SIDE} AND gone = 0
         AND part = '') + (SELECT count(*) FROM skipped WHERE dataset_id = @datasetId AND key IN ('too-large.pixels',
         'too-large.file', 'too-large.header'))`,
    )
    .pluck();

  /** Lets parts follow their files: away, back, or under another name; in pieces of some milliseconds. */
  function* followingWholes(datasetId: string): Generator<void> {
    for (const _ of pieces(follow, datasetId, writtenAtOnce)) yield;
  }

  return {
    /** Files that are there, divided or not, in the order in which they were found and in pieces of some milliseconds. */
    wholePieces: (datasetId: string): Generator<WholeRow[]> => pieces(wholes, datasetId),
    /** Whether any file of the folder is divided, there or not. */
    anyParts: (datasetId: string) => anyParts.get({ first: `${datasetId}-`, end: `${datasetId}.` }) === 1,
    /**
     * How many whole files have a longer side of at least LARGE_SIDE (shared/parts.ts) or are too large to be read
     * whole.
     */
    large: (datasetId: string) => large.get({ datasetId })!,
    /** How many files are divided, and how many of their tiles were left out. */
    divided: (datasetId: string) => divided.get(datasetId)!,
    /** Marks a file as a photo itself, or as unreadable; parts that it had are photos no longer. */
    keepWhole: (id: string, rule: string, gone: number = Gone.here) => {
      dropParts.run(id);
      setUndivided.run(rule, gone, id);
    },
    /** Marks a file as divided into the parts that it had before. */
    keepDivided: (id: string, rule: string) => void setDivided.run(rule, Gone.divided, id),
    /** Divides a file: `parts` are photos in its place. */
    divide(
      { datasetId, id }: { datasetId: string; id: string },
      rule: string,
      whole: { width: number; height: number; format: string; empty: number },
      parts: readonly FoundPart[],
    ): void {
      dropParts.run(id);
      const { width, height, format, empty } = whole;
      setWhole.run({ id, divided: rule, gone: Gone.divided, width, height, format, empty });
      parts.forEach((part, i) =>
        put.run({ ...part, id: `${datasetId}-${shortHash(`${id}\0${part.part}`)}`, parent: id, place: i + 1, format }),
      );
    },
    /** Marks all of the folder's photos as away, in pieces of some milliseconds; they stay known. */
    *goingAway(datasetId: string): Generator<void> {
      for (const _ of pieces(away, datasetId, writtenAtOnce)) yield;
      yield* followingWholes(datasetId);
    },
    followingWholes,
  };
}
