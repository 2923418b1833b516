/** Tags of photos, and what was rejected for one. Photos keep their ids through moves and rescans, and so their tags. */
import type { Reason } from '../../shared/contract/wire.ts';
import { byName } from '../../shared/names.ts';
import type { Work } from '../../shared/work.ts';
import { collectionLists, datasetScope } from './collections.ts';
import { Gone } from './identity.ts';
import type { Db } from './database.ts';
import { allNamed, namingColumn, oneNamed } from './naming.ts';
import type { Addition, Kept } from './naming.ts';
import { memberPieces } from './rowPieces.ts';
import { together } from './together.ts';

export interface TagRow {
  id: string;
  /** Of one that the program named, in the language of who asked for it then: labels follow from it. */
  name: string;
  naming: Reason | null;
  color: string;
  key: number | null;
  createdAt: number;
}

/** Ids of the photos that were otherwise before, and of those whose rejection was taken back. */
export interface Tagging {
  changed: string[];
  rejected: string[];
}

/** A photo that has a tag, and its place in the order of files. */
interface TaggedRow {
  id: string;
  file: string;
  part: string;
  place: number;
}

/** Photos read at a time, some milliseconds' work. */
const atOnce = 500;
const countedAtOnce = 1000;

/** Those with a key first, by it, the others by name. A label that is taken from tags is the first of a photo's. */
const inOrder = (a: Pick<TagRow, 'key' | 'name'>, b: Pick<TagRow, 'key' | 'name'>): number =>
  (a.key ?? Infinity) === (b.key ?? Infinity) ? byName(a.name, b.name) : (a.key ?? Infinity) - (b.key ?? Infinity);

const columns = 'id, name, naming, color, key, created_at AS createdAt';
const here = `images.gone = ${Gone.here}`;

/*
 * Photos by a JSON array of their ids: one statement for all of them. Of a statement for each, every one keeps the pages
 * that it changes until the transaction inside a transaction ends, which takes longer than all the rest.
 */
const putting = (table: string): string =>
  `INSERT OR IGNORE INTO ${table} (tag_id, image_id)
   SELECT ?, images.id FROM json_each(?) CROSS JOIN images ON images.id = value RETURNING image_id`;
const taking = (table: string): string =>
  `DELETE FROM ${table} WHERE tag_id = ? AND image_id IN (SELECT value FROM json_each(?)) RETURNING image_id`;

export function tagsTable(db: Db) {
  const all = db.prepare<[], Kept<TagRow & { images: number }>>(
    `SELECT ${columns}, (SELECT coalesce(sum(images), 0) FROM tag_counts WHERE tag_id = tags.id) AS images
     FROM tags`,
  );
  const get = db.prepare<[string], Kept<TagRow>>(`SELECT ${columns} FROM tags WHERE id = ?`);
  const named = db.prepare<[string], Kept<TagRow>>(`SELECT ${columns} FROM tags WHERE name = ? COLLATE NOCASE`);
  const insert = db.prepare(
    'INSERT INTO tags (id, name, naming, color, key, created_at) VALUES (@id, @name, @naming, @color, @key, @createdAt)',
  );
  const update = db.prepare(
    'UPDATE tags SET name = @name, naming = @naming, color = @color, key = @key WHERE id = @id',
  );
  const freeKey = db.prepare('UPDATE tags SET key = NULL WHERE key = ? AND id <> ?');
  const remove = db.prepare('DELETE FROM tags WHERE id = ?');
  const put = {
    image_tags: db.prepare<[string, string], string>(putting('image_tags')).pluck(),
    tag_rejections: db.prepare<[string, string], string>(putting('tag_rejections')).pluck(),
  };
  const take = {
    image_tags: db.prepare<[string, string], string>(taking('image_tags')).pluck(),
    tag_rejections: db.prepare<[string, string], string>(taking('tag_rejections')).pluck(),
  };
  const lists = collectionLists(db);
  const tagsOf = db.prepare<[string], string>('SELECT tag_id FROM image_tags WHERE image_id = ?').pluck();
  const ordering = db.prepare<[], Pick<TagRow, 'id' | 'key' | 'name'>>('SELECT id, key, name FROM tags');
  const tagsOfEach = db.prepare<[string], { id: string; tag: string }>(
    'SELECT image_id AS id, tag_id AS tag FROM json_each(?) JOIN image_tags ON image_id = value',
  );
  const foldersOf = db
    .prepare<[string], string>('SELECT dataset_id FROM tag_counts WHERE tag_id = ? AND images > 0 ORDER BY dataset_id')
    .pluck();
  const { folderOf, prepare } = datasetScope(db);
  /** Photos with the tag, also those that are gone: they may come back. */
  const everyImage = db.prepare<[string], string>('SELECT image_id FROM image_tags WHERE tag_id = ?').pluck();
  const some = db.prepare<[string], string>(`SELECT image_id FROM image_tags WHERE tag_id = ? LIMIT ${atOnce}`).pluck();
  const rejectedAfter = db
    .prepare<[string, string], string>(
      `SELECT image_id FROM tag_rejections WHERE tag_id = ? AND image_id > ? ORDER BY image_id LIMIT ${countedAtOnce}`,
    )
    .pluck();
  const tagged = db.prepare<[object], TaggedRow>(
    `SELECT images.id, file, part, place FROM image_tags JOIN images ON images.id = image_id
     WHERE tag_id = @tagId AND image_id > @last AND image_id < @end AND +dataset_id = @folder
     ORDER BY image_id LIMIT ${atOnce}`,
  );
  const countsOf = db.prepare<[string], { tag: string; images: number }>(
    'SELECT tag_id AS tag, images FROM tag_counts WHERE dataset_id = ? AND images > 0',
  );
  const members = memberPieces(db);
  const countsAmong = db.prepare<[object], { tag: string; images: number }>(
    `SELECT tag_id AS tag, count(*) AS images FROM json_each(@ids) CROSS JOIN images ON images.id = value
       JOIN image_tags ON image_id = images.id
     WHERE dataset_id = @folder AND ${here} GROUP BY 1`,
  );
  const having = 'image_tags WHERE tag_id = @tagId AND image_id > @last AND image_id < @end';
  const byImage = `ORDER BY image_id LIMIT ${countedAtOnce}`;
  const countOf = db.prepare<[object], number>(`SELECT count(*) FROM ${having}`).pluck();
  const keptCount = db
    .prepare<[string, string], number>('SELECT images FROM tag_counts WHERE tag_id = ? AND dataset_id = ?')
    .pluck();
  const isHere = 'EXISTS (SELECT 1 FROM images WHERE images.id = image_id AND gone = 0)';
  const isHeld =
    'EXISTS (SELECT 1 FROM collection_members AS held WHERE held.dataset_id = @collection AND held.image_id = image_tags.image_id)';
  const tagIds = [having, `${having} AND ${isHere}`, `${having} AND ${isHere} AND ${isHeld}`].map((of) =>
    db.prepare<[object], string>(`SELECT image_id FROM ${of} ${byImage}`).pluck(),
  );
  const oneIn = prepare<{ id: string }>(
    `SELECT images.id FROM image_tags JOIN images ON images.id = image_id
     WHERE tag_id = @tagId AND OF AND ${here} LIMIT 1`,
  );

  /** @returns ids of those that changed, each once */
  const set = (table: keyof typeof put, tagId: string, imageIds: readonly string[], on: boolean): string[] =>
    (on ? put : take)[table].all(tagId, JSON.stringify(imageIds));
  const clearKey = ({ id, key }: Pick<TagRow, 'id' | 'key'>) => void (key !== null && freeKey.run(key, id));
  const everyTag = allNamed<[], TagRow & { images: number }>(all);
  return {
    /** All tags, with how many photos that are there have each; those with a key first. */
    all: () => everyTag().sort(inOrder),
    get: oneNamed<[string], TagRow>(get),
    named: oneNamed<[string], TagRow>(named),
    insert: together(db, (row: Omit<TagRow, 'naming'> & Addition) => {
      clearKey(row);
      insert.run({ ...row, naming: namingColumn(row) });
    }),
    /** Changes a tag. A key belongs to one tag: another that had it loses it. */
    update: together(db, (row: TagRow) => {
      clearKey(row);
      update.run({ ...row, naming: namingColumn(row) });
    }),
    remove: (id: string) => void remove.run(id),
    /**
     * Puts the tag on photos, which takes back its rejection, or takes it off. Collections that follow it have by the tag
     * from then on what they had by a list. @returns what undoes it
     */
    tag: together(db, (tagId: string, imageIds: readonly string[], on: boolean): Tagging => {
      const rejected = on ? set('tag_rejections', tagId, imageIds, false) : [];
      if (on) for (const id of lists.followers.all(tagId)) lists.take.run(id, JSON.stringify(imageIds));
      return { changed: set('image_tags', tagId, imageIds, on), rejected };
    }),
    /** Takes off a tag that comes to its end: the collections that follow it keep these photos as a list. */
    release: together(db, (tagId: string, imageIds: readonly string[]): void => {
      for (const id of lists.followers.all(tagId)) lists.put.run(id, JSON.stringify(imageIds));
      set('image_tags', tagId, imageIds, false);
    }),
    /** Rejects the tag for photos, or takes that back. @returns ids of those that changed */
    reject: (tagId: string, imageIds: readonly string[], on: boolean): string[] =>
      set('tag_rejections', tagId, imageIds, on),
    of: (imageId: string) => tagsOf.all(imageId),
    /** Ids of the tags of photos in their order, by photo; those that have none are left out. */
    ofEach(imageIds: readonly string[]): Map<string, string[]> {
      const found = Map.groupBy(tagsOfEach.all(JSON.stringify(imageIds)), ({ id }) => id);
      if (found.size === 0) return new Map();
      const places = new Map(
        ordering
          .all()
          .sort(inOrder)
          .map(({ id }, place) => [id, place]),
      );
      const sorted = (rows: readonly { tag: string }[]) =>
        rows.map(({ tag }) => tag).sort((a, b) => places.get(a)! - places.get(b)!);
      return new Map([...found].map(([id, rows]) => [id, sorted(rows)]));
    },
    /** Ids of the folders in which photos that are there have the tag. */
    folders: (tagId: string) => foldersOf.all(tagId),
    /** Ids of some photos with the tag, also of those that are gone; none where no photo has it. */
    some: (tagId: string) => some.all(tagId),
    /** Ids of all photos with the tag, also those that are gone. */
    everyImage: (tagId: string) => everyImage.all(tagId),
    /** Ids of the photos that were said not to have the tag, in their order and in pieces of some milliseconds. */
    *rejectedPieces(tagId: string): Generator<string[]> {
      for (let last = ''; ;) {
        const found = rejectedAfter.all(tagId, last);
        if (found.length === 0) return;
        yield found;
        last = found.at(-1)!;
      }
    },
    /** The photos of a folder that have the tag, also those that are gone, by id and in pieces of some milliseconds. */
    *pieces(tagId: string, datasetId: string): Generator<TaggedRow[]> {
      const folder = folderOf(datasetId);
      // ids of photos begin with the folder's and a hyphen, which comes before the point
      for (let last = `${folder}-`; ;) {
        const found = tagged.all({ tagId, last, end: `${folder}.`, folder });
        if (found.length === 0) return;
        yield found;
        last = found.at(-1)!.id;
      }
    },
    /**
     * How many photos of the data set that are there have each tag; those that none has are left out. A collection's are
     * gone through, in pieces of some milliseconds, as a photo may be in many.
     */
    *counts(datasetId: string): Work<Map<string, number>> {
      const folder = folderOf(datasetId);
      if (folder === datasetId) return new Map(countsOf.all(folder).map(({ tag, images: count }) => [tag, count]));
      const found = new Map<string, number>();
      for (const ids of members(datasetId, folder)) {
        for (const { tag, images: count } of countsAmong.all({ ids: JSON.stringify(ids), folder }))
          found.set(tag, (found.get(tag) ?? 0) + count);
        yield;
      }
      return found;
    },
    /**
     * Ids of the photos of the data set that are there and have the tag, by id, in pieces of some milliseconds. Photos are
     * looked at one by one only where some are gone, or a collection is asked about.
     */
    *here(tagId: string, datasetId: string): Generator<string[]> {
      const folder = folderOf(datasetId);
      const range = { tagId, last: `${folder}-`, end: `${folder}.` };
      const areAllHere = (keptCount.get(tagId, folder) ?? 0) === countOf.get(range);
      const read = tagIds[folder !== datasetId ? 2 : areAllHere ? 0 : 1]!;
      const given = { ...range, ...(folder !== datasetId && { collection: datasetId }) };
      for (let last = range.last; ;) {
        const found = read.all({ ...given, last });
        if (found.length === 0) return;
        yield found;
        last = found.at(-1)!;
      }
    },
    /** Whether a photo of the data set that is there has the tag. */
    isIn: (tagId: string, datasetId: string) => oneIn(datasetId, { tagId }).length > 0,
  };
}
