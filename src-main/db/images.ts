/**
 * Photos and the files that could not be read. A photo's id is a function of its folder's id and its path in
 * it, so that counted randomness gives the same views in another home; a file whose size or time changed is
 * another photo with another id, and the old row stays, marked gone, for what was made from it.
 */
import { createHash } from 'node:crypto';
import type { Skipped } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export interface ImageRow {
  id: string;
  datasetId: string;
  file: string;
  bytes: number;
  modified: number;
  /** 0 until the photo was decoded. */
  width: number;
  height: number;
  format: string;
  /** Perceptual hash, 16 hexadecimal digits. */
  hash: string | null;
  label: string | null;
  heldOut: number;
  excluded: number;
  gone: number;
}

export interface FoundFile {
  file: string;
  bytes: number;
  modified: number;
  label: string | null;
  heldOut: boolean;
}

export interface ReadFacts {
  id: string;
  width: number;
  height: number;
  format: string;
  hash: string | null;
}

export interface ImageFilter {
  label?: string | null;
  search?: string;
  excluded?: boolean;
}

const columns = `id, dataset_id AS datasetId, file, bytes, modified, width, height, format, hash, label,
  held_out AS heldOut, excluded, gone`;

/** 12 characters of base32 hold 60 bits: among a million photos two meet once in two million libraries. */
export const shortHash = (text: string): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 15)}`)
    .toString(32)
    .padStart(12, '0');

export function imagesTable(db: Db) {
  const get = db.prepare<[string], ImageRow>(`SELECT ${columns} FROM images WHERE id = ?`);
  const byFile = db.prepare<[string, string], ImageRow>(
    `SELECT ${columns} FROM images WHERE dataset_id = ? AND file = ? ORDER BY gone, rowid DESC`,
  );
  const insert = db.prepare(
    `INSERT INTO images (id, dataset_id, file, bytes, modified, label, held_out)
     VALUES (@id, @datasetId, @file, @bytes, @modified, @label, @heldOut)`,
  );
  const setGone = db.prepare('UPDATE images SET gone = ? WHERE id = ?');
  const setFacts = db.prepare(
    'UPDATE images SET width = @width, height = @height, format = @format, hash = @hash WHERE id = @id',
  );
  const setLabel = db.prepare('UPDATE images SET label = ? WHERE id = ?');
  const setHeldOut = db.prepare('UPDATE images SET held_out = ? WHERE id = ?');
  const setExcluded = db.prepare('UPDATE images SET excluded = ? WHERE id = ?');
  const usable = db.prepare<[string], ImageRow>(
    `SELECT ${columns} FROM images WHERE dataset_id = ? AND gone = 0 AND excluded = 0 ORDER BY file`,
  );
  const present = db.prepare<[string], ImageRow>(
    `SELECT ${columns} FROM images WHERE dataset_id = ? AND gone = 0 ORDER BY file`,
  );
  const labels = db.prepare<[string], { id: string; label: string }>(
    'SELECT id, label FROM images WHERE dataset_id = ? AND label IS NOT NULL',
  );
  const unread = db.prepare<[string], ImageRow>(
    `SELECT ${columns} FROM images WHERE dataset_id = ? AND gone = 0 AND width = 0 ORDER BY file`,
  );
  const putSkipped = db.prepare(
    `INSERT OR REPLACE INTO skipped (dataset_id, file, reason, code, bytes, modified)
     VALUES (@datasetId, @file, @reason, @code, @bytes, @modified)`,
  );
  const clearSkipped = db.prepare('DELETE FROM skipped WHERE dataset_id = ?');
  const skippedPage = db.prepare<[string, number, number], Skipped>(
    'SELECT file, reason, code FROM skipped WHERE dataset_id = ? ORDER BY file LIMIT ? OFFSET ?',
  );
  const skippedCount = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM skipped WHERE dataset_id = ?');
  const skippedOne = db.prepare<[string, string], { file: string }>(
    'SELECT file FROM skipped WHERE dataset_id = ? AND file = ?',
  );

  /** One found file: the id it has or gets, and whether it still has to be read. */
  function put(datasetId: string, found: FoundFile): { id: string; fresh: boolean } {
    const rows = byFile.all(datasetId, found.file);
    const same = rows.find((row) => row.bytes === found.bytes && row.modified === found.modified);
    for (const row of rows) if (row !== same && !row.gone) setGone.run(1, row.id);
    if (same) {
      if (same.gone) setGone.run(0, same.id);
      if (same.label !== found.label) setLabel.run(found.label, same.id);
      return { id: same.id, fresh: same.width === 0 };
    }
    const key = rows.length === 0 ? found.file : `${found.file}\0${found.bytes}\0${found.modified}`;
    const id = `${datasetId}-${shortHash(key)}`;
    insert.run({ ...found, id, datasetId, heldOut: found.heldOut ? 1 : 0 });
    return { id, fresh: true };
  }

  const where = (filter: ImageFilter) => {
    const parts = ['dataset_id = @datasetId', 'gone = 0'];
    if (filter.label !== undefined) parts.push(filter.label === null ? 'label IS NULL' : 'label = @label');
    if (filter.excluded !== undefined) parts.push(`excluded = ${filter.excluded ? 1 : 0}`);
    if (filter.search) parts.push("file LIKE @search ESCAPE '\\'");
    return parts.join(' AND ');
  };

  return {
    get: (id: string) => get.get(id),
    /** A batch of found files in one transaction; answers their ids in order. */
    putAll: db.transaction((datasetId: string, found: readonly FoundFile[]) =>
      found.map((item) => put(datasetId, item)),
    ),
    setFacts: db.transaction((facts: readonly ReadFacts[]) => {
      for (const item of facts) setFacts.run(item);
    }),
    setGone: db.transaction((ids: Iterable<string>) => {
      for (const id of ids) setGone.run(1, id);
    }),
    setLabels: db.transaction((labels: Iterable<readonly [id: string, label: string | null]>) => {
      for (const [id, label] of labels) setLabel.run(label, id);
    }),
    setHeldOut: db.transaction((split: Iterable<readonly [id: string, heldOut: boolean]>) => {
      for (const [id, heldOut] of split) setHeldOut.run(heldOut ? 1 : 0, id);
    }),
    setExcluded: db.transaction((ids: readonly string[], excluded: boolean) => {
      for (const id of ids) setExcluded.run(excluded ? 1 : 0, id);
    }),
    /** What is trained on and embedded, in the order of file names. */
    usable: (datasetId: string) => usable.all(datasetId),
    /** Everything in the folder, excluded photos too. */
    present: (datasetId: string) => present.all(datasetId),
    unread: (datasetId: string) => unread.all(datasetId),
    /** The label of each photo that has one, by id; photos that are gone too. */
    labels: (datasetId: string) => new Map(labels.all(datasetId).map(({ id, label }) => [id, label])),
    page(datasetId: string, filter: ImageFilter, offset: number, limit: number): { total: number; rows: ImageRow[] } {
      const parameters = {
        datasetId,
        ...(typeof filter.label === 'string' && { label: filter.label }),
        ...(filter.search && { search: `%${filter.search.replace(/[\\%_]/g, '\\$&')}%` }),
      };
      const total = db.prepare(`SELECT count(*) AS n FROM images WHERE ${where(filter)}`).get(parameters) as {
        n: number;
      };
      const rows = db
        .prepare(`SELECT ${columns} FROM images WHERE ${where(filter)} ORDER BY file LIMIT @limit OFFSET @offset`)
        .all({ ...parameters, limit, offset }) as ImageRow[];
      return { total: total.n, rows };
    },
    /** Files that were found but cannot be used; a photo that turned out unreadable is marked gone with it. */
    putSkipped: db.transaction(
      (datasetId: string, files: readonly (Skipped & { bytes?: number; modified?: number; id?: string })[]) => {
        for (const { id, ...item } of files) {
          putSkipped.run({ bytes: null, modified: null, ...item, datasetId });
          if (id) setGone.run(1, id);
        }
      },
    ),
    clearSkipped: (datasetId: string) => void clearSkipped.run(datasetId),
    skipped: (datasetId: string, offset: number, limit: number) => ({
      total: skippedCount.get(datasetId)!.n,
      files: skippedPage.all(datasetId, limit, offset),
    }),
    isSkipped: (datasetId: string, file: string) => skippedOne.get(datasetId, file) !== undefined,
  };
}
