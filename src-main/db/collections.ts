/**
 * Collections: data sets that are photos of a folder, by a tag or a list. They have no photos of their own; what the
 * other tables ask of "the photos of a data set" is put here as a condition, one for a folder and one for a collection.
 */
import type { Statement } from 'better-sqlite3';
import type { Db } from './database.ts';
import { namingColumn } from './naming.ts';
import type { Addition } from './naming.ts';
import { together } from './together.ts';

/** A condition on a row of images: it is of the data set @datasetId. */
const OF_FOLDER = 'images.dataset_id = @datasetId';
const OF_COLLECTION = `images.dataset_id = (SELECT parent FROM datasets WHERE id = @datasetId)
  AND images.id IN (SELECT image_id FROM collection_members WHERE collection_members.dataset_id = @datasetId)`;

/** How to ask for photos of a data set, whichever kind it is. */
export function datasetScope(db: Db) {
  const parentOf = db.prepare<[string], string | null>('SELECT parent FROM datasets WHERE id = ?').pluck();
  const folderOf = (datasetId: string): string => parentOf.get(datasetId) ?? datasetId;
  const condition = (datasetId: string): string => (folderOf(datasetId) === datasetId ? OF_FOLDER : OF_COLLECTION);
  return {
    /** The folder that the photos lie in: a collection's parent, or the data set itself. */
    folderOf,
    /** The condition for rows of images; its parameter is @datasetId. */
    condition,
    /** A query with OF in the place of the condition. */
    prepare<Row>(sql: string): (datasetId: string, parameters?: object) => Row[] {
      const made = new Map<string, Statement<[object], Row>>();
      return (datasetId, parameters = {}) => {
        const of = condition(datasetId);
        const query = made.get(of) ?? db.prepare<[object], Row>(sql.replace('OF', of));
        made.set(of, query);
        return query.all({ ...parameters, datasetId });
      };
    },
  };
}

/** Photos that collections hold by a list, and which collections follow a tag. */
export function collectionLists(db: Db) {
  return {
    followers: db.prepare<[string], string>('SELECT id FROM datasets WHERE tag = ?').pluck(),
    /** Photos by a JSON array of their ids. */
    put: db.prepare<[string, string]>(
      `INSERT OR IGNORE INTO collection_images (dataset_id, image_id)
       SELECT ?, images.id FROM json_each(?) CROSS JOIN images ON images.id = value`,
    ),
    take: db.prepare<[string, string]>(
      'DELETE FROM collection_images WHERE dataset_id = ? AND image_id IN (SELECT value FROM json_each(?))',
    ),
  };
}

interface CollectionRow extends Addition {
  id: string;
  name: string;
  addedAt: number;
  parent: string;
  tag: string | null;
}

/** When a collection was taken out that is being made: before anything was. */
const BEING_MADE = 1;

export function collectionsTable(db: Db) {
  const insert = db.prepare(
    `INSERT INTO datasets (id, name, naming, folder, added_at, parent, tag, removed_at)
     VALUES (@id, @name, @naming, 'collection:' || @id, @addedAt, @parent, @tag, @removedAt)`, // folder is unique: a folder's is a path
  );
  const show = db.prepare('UPDATE datasets SET removed_at = NULL WHERE id = ?');
  const drop = db.prepare(`DELETE FROM datasets WHERE parent IS NOT NULL AND removed_at = ${BEING_MADE}`);
  const { followers, put } = collectionLists(db);
  const ofFolder = db
    .prepare<[string], string>('SELECT id FROM datasets WHERE parent = ? AND removed_at IS NULL')
    .pluck();
  const byTag = db.prepare<[string, string], string>('SELECT id FROM datasets WHERE parent = ? AND tag = ?').pluck();
  const setTag = db.prepare('UPDATE datasets SET tag = ? WHERE tag = ?');
  const setTagOf = db.prepare('UPDATE datasets SET tag = ? WHERE id = ? AND tag IS NOT NULL');
  return {
    /** Photos of a folder under a name: those with the tag, or those given. */
    insert: together(db, (row: CollectionRow, imageIds: readonly string[]) => {
      insert.run({ ...row, naming: namingColumn(row), removedAt: null });
      put.run(row.id, JSON.stringify(imageIds.toSorted())); // in the order in which they are kept
    }),
    /** The same of many photos: nobody sees it until all are put there, in pieces, and it is shown. */
    begin: (row: CollectionRow) => void insert.run({ ...row, naming: namingColumn(row), removedAt: BEING_MADE }),
    put: (id: string, imageIds: readonly string[]) => void put.run(id, JSON.stringify(imageIds)),
    show: (id: string) => void show.run(id),
    /** Takes out those that were never shown. */
    dropUnshown: () => void drop.run(),
    ofFolder: (folderId: string) => ofFolder.all(folderId),
    /** The collection of a tag in a folder, also one that was taken out of the library. */
    byTag: (folderId: string, tagId: string) => byTag.get(folderId, tagId),
    /** When one tag becomes another. @returns ids of the collections that followed the first */
    followInstead(tagId: string, into: string): string[] {
      const ids = followers.all(tagId);
      setTag.run(into, tagId);
      return ids;
    },
    /** When that is taken back. */
    followThat: (collections: readonly string[], tagId: string) => {
      for (const id of collections) setTagOf.run(tagId, id);
    },
  };
}
