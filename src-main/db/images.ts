/**
 * Photos and the files that could not be read. A photo is a file, its content and a part of it; its id is made of its
 * folder's id and the path it was first found under, so that counted randomness gives the same views in another home.
 * A photo that was moved or touched keeps its id; another content under its name is another photo. Rows are never
 * removed: runs and embeddings name them. Labels and sides are set by the library's rules alone.
 */
import type { photoChanges } from './changes.ts';
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import { imagePages } from './imagePages.ts';
import { imageParts } from './imageParts.ts';
import { imageReading } from './imageReading.ts';
import { imageRules } from './imageRules.ts';
import { imageSkipped } from './imageSkipped.ts';
import { imageUse } from './imageUse.ts';

export interface ImageRow {
  id: string;
  datasetId: string;
  file: string;
  /** Which part of the file it is (shared/parts.ts); '' for the whole. */
  part: string;
  /** Id of the whole file that it is a part of. */
  parent: string | null;
  bytes: number;
  modified: number;
  /** Pixels, upright; 0 until the photo was decoded. */
  width: number;
  height: number;
  format: string;
  /** Perceptual hash, 16 hexadecimal digits. */
  hash: string | null;
  /** Hash of the file's bytes, null until it was read. */
  content: string | null;
  label: string | null;
  heldOut: number;
  /** What it belongs to with other photos; null: it stands alone. */
  group: string | null;
  excluded: number;
  gone: number;
  /** Stars, 1 to 5; null: none, or not read. */
  rating: number | null;
  /** Milliseconds by the clock of the camera, which knows no time zone, and the camera; null: not known. */
  taken: number | null;
  camera: string | null;
  /** What a person should know of it (keys and values of sentences, JSON), or null. */
  notes: string | null;
}

const columns = `id, dataset_id AS datasetId, file, part, parent, bytes, modified, width, height, format, hash, content,
  label, held_out AS heldOut, photo_group AS "group", excluded, gone, rating, taken, camera,
  notes`;

/** Photos by a JSON array of their ids, in its order. */
const asked = `FROM (SELECT key AS asked_at, value AS asked FROM json_each(?)) CROSS JOIN images ON id = asked
  ORDER BY asked_at`;

/** @param changes counts what may have changed a list of photos */
export function imagesTable(db: Db, changes: ReturnType<typeof photoChanges>) {
  const { folderOf } = datasetScope(db);
  const get = db.prepare<[string], ImageRow>(`SELECT ${columns} FROM images WHERE id = ?`);
  const some = db.prepare<[string], ImageRow>(`SELECT ${columns} ${asked}`);
  const known = db.prepare<[string], Pick<ImageRow, 'id' | 'datasetId' | 'excluded'>>(
    `SELECT id, dataset_id AS datasetId, excluded ${asked}`,
  );
  const exists = db.prepare<[string]>('SELECT 1 FROM images WHERE id = ?').pluck();
  return {
    get: (id: string) => get.get(id),
    /** Photos in the order asked for; what is none is left out. */
    some: (ids: readonly string[]) => some.all(JSON.stringify(ids)),
    /** The same with what an act on them goes by. */
    known: (ids: readonly string[]) => known.all(JSON.stringify(ids)),
    has: (id: string) => exists.get(id) !== undefined,
    /** The folder that the photos of a data set lie in: a collection's parent, or itself. */
    folderOf,
    ...imageReading(db),
    ...imageUse(db, columns, changes),
    ...imagePages(db, columns, changes),
    ...imageParts(db),
    ...imageRules(db),
    ...imageSkipped(db),
  };
}
