/**
 * Photos and the files that could not be read. A photo is a file, its content and a part of it; its id is made of its
 * folder's id and the path it was first found under, so that counted randomness gives the same views in another home.
 * A photo that was moved or touched keeps its id; another content under its name is another photo. Rows are never
 * removed: runs and embeddings name them. Labels and sides are set by the library's rules alone.
 */
import type { Skipped } from '../../shared/contract.ts';
import type { Db } from './database.ts';
import type { photoChanges } from './changes.ts';
import { datasetScope } from './collections.ts';
import { Gone, shortHash } from './identity.ts';
import { imageParts } from './imageParts.ts';
import { imagePages } from './imagePages.ts';
import { imageRules } from './imageRules.ts';

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
  /** What a person should know of it (keys and values of sentences, JSON), or null. */
  notes: string | null;
}

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

/** Rows looked at at a time. */
const rowsAtOnce = 5_000;

interface GroupCounts {
  /** Groups of more than one photo. */
  groups: number;
  /** Photos of the largest, and of all of them. */
  largest: number;
  photos: number;
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

const columns = `id, dataset_id AS datasetId, file, part, parent, bytes, modified, width, height, format, hash, content,
  label, held_out AS heldOut, photo_group AS "group", excluded, gone, rating, notes`;
/** Most photos whose sizes are sampled: enough that their mean is within a few percent of that of all. */
const sampledSizes = 2000;
/** The index of the primary key: by the folder's own a sample would go through the whole folder. */
const byId = 'sqlite_autoindex_images_1';
const namedColumns = 'rowid AS row, id, file, bytes, modified, content, gone';

/** @param changes counts what may have changed a list of photos */
export function imagesTable(db: Db, changes: ReturnType<typeof photoChanges>) {
  const { folderOf, prepare } = datasetScope(db);
  const get = db.prepare<[string], ImageRow>(`SELECT ${columns} FROM images WHERE id = ?`);
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
    `UPDATE images SET width = @width, height = @height, format = @format, hash = @hash, content = coalesce(nullif(@content, ''), content),
       notes = @notes,
       gone = CASE gone WHEN ${Gone.unreadable} THEN ${Gone.here} ELSE gone END WHERE id = @id`,
  );
  const setContent = db.prepare('UPDATE images SET content = ? WHERE id = ?');
  const setExcluded = db.prepare('UPDATE images SET excluded = ? WHERE id = ?');
  const usable = prepare<ImageRow>(
    `SELECT ${columns} FROM images WHERE OF AND gone = 0 AND excluded = 0 ORDER BY file, place`,
  );
  const oneUsable = prepare<{ id: string }>(
    'SELECT id FROM images WHERE OF AND id = @id AND gone = 0 AND excluded = 0',
  );
  const groups = prepare<GroupCounts>(
    `SELECT count(*) AS groups, coalesce(max(n), 0) AS largest, coalesce(sum(n), 0) AS photos FROM
       (SELECT count(*) AS n FROM images WHERE OF AND gone = 0 AND photo_group IS NOT NULL
        GROUP BY photo_group HAVING n > 1)`,
  );
  const present = prepare<ImageRow>(`SELECT ${columns} FROM images WHERE OF AND gone = 0 ORDER BY file, place`);
  const sizes = prepare<{ width: number; height: number }>(
    `SELECT width, height FROM images INDEXED BY ${byId}
     WHERE OF AND id > @first AND id < @last AND gone = 0 AND excluded = 0 AND width > 0 ORDER BY id LIMIT @limit`,
  );
  const some = prepare<ImageRow>(
    `SELECT ${columns} FROM images INDEXED BY ${byId}
     WHERE OF AND id > @first AND id < @last AND gone = 0 AND excluded = 0 ORDER BY id LIMIT @limit`,
  );
  const labels = db.prepare<[string], { id: string; label: string }>(
    'SELECT id, label FROM images WHERE dataset_id = ? AND label IS NOT NULL',
  );
  const grouped = db.prepare<[string], { id: string; group: string }>(
    'SELECT id, coalesce(photo_group, parent) AS "group" FROM images WHERE dataset_id = ? AND (photo_group IS NOT NULL OR parent IS NOT NULL)',
  );
  const labelsBetween = db.prepare<[string, number, number], { id: string; label: string }>(
    // + : by rows; by the folder's index each piece would go through the whole folder
    'SELECT id, label FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND label IS NOT NULL',
  );
  const lastRow = db.prepare<[], number>('SELECT coalesce(max(rowid), 0) FROM images').pluck();
  const unread = db
    .prepare<[string, number, number], number>(
      `SELECT rowid FROM images WHERE +dataset_id = ? AND rowid > ? AND rowid <= ? AND (gone = ${Gone.unreadable}
       OR gone = ${Gone.here} AND (width = 0 OR CASE part WHEN '' THEN content ELSE hash END IS NULL)
       OR gone = ${Gone.divided} AND content IS NULL)`,
    )
    .pluck();
  const putSkipped = db.prepare(
    `INSERT OR REPLACE INTO skipped (dataset_id, file, reason, code, key, "values", bytes, modified)
     VALUES (@datasetId, @file, @reason, @code, @key, @values, @bytes, @modified)`,
  );
  const clearSkipped = db.prepare(
    `DELETE FROM skipped WHERE dataset_id = ? AND (code = 'scan' OR NOT EXISTS (SELECT 1 FROM images
       WHERE images.dataset_id = skipped.dataset_id AND images.file = skipped.file AND gone = ${Gone.unreadable}))`,
  );
  const dropSkipped = db.prepare('DELETE FROM skipped WHERE dataset_id = ? AND file = ?');
  /** Of a collection those that are files of its photos. */
  const skippedOf =
    'FROM skipped WHERE dataset_id = @folder AND (@folder = @datasetId OR file IN (SELECT file FROM images WHERE OF))';
  const skippedPage = prepare<
    Pick<Skipped, 'file' | 'reason' | 'code'> & { key: string | null; values: string | null }
  >(`SELECT file, reason, code, key, "values" ${skippedOf} ORDER BY file LIMIT @limit OFFSET @offset`);
  /** What a row of skipped is made of, but for its folder. */
  const skippedRow = ({ key, values, ...row }: Skipped & { bytes?: number; modified?: number }) => ({
    bytes: null,
    modified: null,
    ...row,
    key: key ?? null,
    values: values ? JSON.stringify(values) : null,
  });
  const skippedCount = prepare<{ n: number }>(`SELECT count(*) AS n ${skippedOf}`);
  const elsewhere = db.prepare<[string], { files: number; bytes: number }>(
    `SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM skipped
     WHERE dataset_id = ? AND key = 'scan.elsewhere'`,
  );
  const elsewhereFiles = db
    .prepare<[string], string>(`SELECT file FROM skipped WHERE dataset_id = ? AND key = 'scan.elsewhere' ORDER BY file`)
    .pluck();
  const skippedOne = db.prepare<[string, string], { file: string }>(
    'SELECT file FROM skipped WHERE dataset_id = ? AND file = ?',
  );

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
    get: (id: string) => get.get(id),
    has: (id: string) => exists.get(id) !== undefined,
    /** What a name stands for: the photo that is there first, then others that were. */
    named: (datasetId: string, file: string) => named.all(datasetId, file),
    /** Photos whose content is known, also those that are gone, in pieces of some milliseconds. */
    *withContent(datasetId: string): Generator<NamedRow[]> {
      for (let row = 0; row < lastRow.get()!; row += rowsAtOnce)
        yield withContent.all(datasetId, row, row + rowsAtOnce);
    },
    /**
     * Row numbers of the photos that the last reading found, unreadable ones too, in pieces of some milliseconds: nearly
     * all are there still.
     */
    *placedPieces(datasetId: string): Generator<number[]> {
      for (let row = 0; row < lastRow.get()!; row += rowsAtOnce)
        yield placedBetween.all(datasetId, row, row + rowsAtOnce);
    },
    byRow: (row: number) => byRow.get(row)!,
    /** Photos found for the first time. */
    add: db.transaction(
      (datasetId: string, found: readonly (FoundFile & { label: string | null; heldOut: boolean })[]) => {
        for (const { heldOut, ...item } of found)
          insert.run({ ...item, id: freshId(datasetId, item), datasetId, heldOut: heldOut ? 1 : 0 });
      },
    ),
    /** Sets name, size and time of photos that were found again. */
    place: db.transaction((photos: readonly (Omit<FoundFile, 'content'> & { id: string })[]) => {
      for (const { id, file, bytes, modified } of photos) place.run({ id, file, bytes, modified });
    }),
    /** Sets what decoding told of each photo; one that was unreadable is used again. */
    setFacts: db.transaction((facts: readonly ReadFacts[]) => {
      for (const item of facts) setFacts.run(item);
    }),
    setContents: db.transaction((contents: readonly { id: string; content: string }[]) => {
      for (const { id, content } of contents) setContent.run(content, id);
    }),
    setGone: db.transaction((ids: Iterable<string>, why: number = Gone.away) => {
      for (const id of ids) setGone.run(why, id);
    }),
    /** Groups of more than one photo that is there: how many, the photos of the largest, and of all of them. */
    groups: (datasetId: string) => groups(datasetId)[0]!,
    setExcluded: db.transaction((ids: readonly string[], excluded: boolean) => {
      for (const id of ids) setExcluded.run(excluded ? 1 : 0, id);
    }),
    /** What is trained on and embedded, in the order of file names. */
    usable: (datasetId: string) => usable(datasetId),
    isUsable: (datasetId: string, id: string) => oneUsable(datasetId, { id }).length > 0,
    /** Everything in the folder, excluded photos too. */
    present: (datasetId: string) => present(datasetId),
    /**
     * Row numbers of what a reading has to open, in pieces of some milliseconds: not decoded yet, without a hash of its content, or
     * unreadable the last time.
     */
    *unread(datasetId: string): Generator<number[]> {
      for (let row = 0; row < lastRow.get()!; row += rowsAtOnce) yield unread.all(datasetId, row, row + rowsAtOnce);
    },
    /** The label of each photo that has one, by id; photos that are gone too. */
    labels: (datasetId: string) => new Map(labels.all(folderOf(datasetId)).map(({ id, label }) => [id, label])),
    /** Of the photos that belong together, by a group or as parts of one file, what they belong to. */
    groupOf: (datasetId: string) => new Map(grouped.all(folderOf(datasetId)).map(({ id, group }) => [id, group])),
    /**
     * The photos that have a label, those that are gone too, in pieces of some milliseconds: the caller lets others have
     * the thread in between.
     */
    *labelPieces(datasetId: string): Generator<{ id: string; label: string }[]> {
      const folder = folderOf(datasetId);
      for (let row = 0; row < lastRow.get()!; row += rowsAtOnce) yield labelsBetween.all(folder, row, row + rowsAtOnce);
    },
    /** Sizes of a sample of photos from all over the folder: it goes by ids, which are hashes of names. */
    sizes(datasetId: string) {
      const folder = folderOf(datasetId);
      return sizes(datasetId, { first: `${folder}-`, last: `${folder}.`, limit: sampledSizes });
    },
    /** At most so many photos from all over the folder, by ids as well, in the order of file names. */
    sample(datasetId: string, limit: number): ImageRow[] {
      const folder = folderOf(datasetId);
      const found = some(datasetId, { first: `${folder}-`, last: `${folder}.`, limit });
      return found.sort((a, b) => (a.file === b.file ? a.part.localeCompare(b.part) : a.file < b.file ? -1 : 1));
    },
    /** The folder that the photos of a data set lie in: a collection's parent, or itself. */
    folderOf,
    ...imagePages(db, columns, changes),
    ...imageParts(db),
    ...imageRules(db),
    /** Adds files that cannot be used; a photo among them is marked unreadable, or away where its file is missing. */
    putSkipped: db.transaction(
      (datasetId: string, files: readonly (Skipped & { bytes?: number; modified?: number; id?: string })[]) => {
        for (const { id, ...item } of files) {
          putSkipped.run({ ...skippedRow(item), datasetId: folderOf(datasetId) });
          if (id) setGone.run(item.code === 'missing' ? Gone.away : Gone.unreadable, id);
        }
      },
    ),
    /** Replaces what the last listing found unusable; photos that were unreadable stay listed. */
    listSkipped: db.transaction((datasetId: string, files: readonly (Omit<Skipped, 'code'> & { bytes?: number })[]) => {
      clearSkipped.run(datasetId);
      for (const item of files) putSkipped.run({ ...skippedRow({ ...item, code: 'scan' }), datasetId });
    }),
    skipped: (datasetId: string, offset: number, limit: number) => ({
      total: skippedCount(datasetId, { folder: folderOf(datasetId) })[0]!.n,
      files: skippedPage(datasetId, { folder: folderOf(datasetId), limit, offset }).map(
        ({ key, values, ...row }): Skipped => ({
          ...row,
          ...(key !== null && values !== null && { key, values: JSON.parse(values) as Skipped['values'] }),
        }),
      ),
    }),
    /** Removes files that could be read after all. */
    takeFromSkipped: db.transaction((datasetId: string, files: readonly string[]) => {
      for (const file of files) dropSkipped.run(datasetId, file);
    }),
    /** How many placeholders of cloud services there are, with their bytes as far as known. */
    elsewhere: (datasetId: string) => elsewhere.get(datasetId)!,
    elsewhereFiles: (datasetId: string) => elsewhereFiles.all(datasetId),
    isSkipped: (datasetId: string, file: string) => skippedOne.get(folderOf(datasetId), file) !== undefined,
  };
}
