/**
 * Folders of photos, one row each, and collections of photos of one (collections.ts), which have its place, rules and
 * readings; what is in them is in images.ts.
 */
import type { Dataset } from '../../shared/contract.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { byName } from '../../shared/names.ts';
import { toEnd } from '../../shared/work.ts';
import type { Work } from '../../shared/work.ts';
import type { Db } from './database.ts';
import { collectionCounts } from './collectionCounts.ts';
import { datasetScope } from './collections.ts';
import { Gone } from './identity.ts';
import { allNamed, namingColumn, oneNamed } from './naming.ts';
import type { Kept } from './naming.ts';

export interface DatasetRow {
  id: string;
  name: string;
  /** The name's key and values where the program gave it; null: a person did, or it is the folder's. */
  naming: Reason | null;
  folder: string;
  labelSource: Dataset['labels']['source'];
  labelDepth: number;
  /** 1 where a person chose how labels are found, 0 where the first reading guesses. */
  labelsChosen: number;
  heldOut: number;
  addedAt: number;
  scannedAt: number | null;
  removedAt: number | null;
  /** The rule of its measured values: a part of the configuration's `input`, as JSON. */
  input: string;
  /** What its last reading found of its measured values, as JSON. */
  findings: string;
  /** Its files that are no photos, by kind, as JSON; of a collection none are. */
  passedOver: string;
  /** By what its photos belong together, as JSON. */
  grouping: string;
  /** 1: folders at the top that are named train, val and test are a split. */
  splitFolders: number;
  /** Above 0: its photos may not be in line with its rules yet; counts up with each change of these. */
  unruled: number;
  /** Where it was before it was said to have moved (Moved), as JSON; null: it never was, or that was taken back. */
  moved: string | null;
  /** The folder that a collection is of; null for a folder. */
  parent: string | null;
  /** The tag whose photos a collection is, or null. */
  tag: string | null;
}

/** What takes a move back. */
export interface Moved {
  from: string;
  /** Milliseconds since 1970. */
  at: number;
  /** The last row of images then: those after it came from the new place. */
  row: number;
}

export interface DatasetCounts {
  /** Photos in the folder, excluded ones too. */
  images: number;
  /** Known, but not found at the last reading. */
  away: number;
  excluded: number;
  /** Kept for evaluation, excluded ones left out. */
  heldOut: number;
  skipped: number;
  bytes: number;
  unread: number;
  formats: Record<string, number>;
  classes: { name: string; images: number }[];
}

const columns = `datasets.id, datasets.name, datasets.naming, folders.folder, folders.label_source AS labelSource,
  folders.label_depth AS labelDepth, folders.labels_chosen AS labelsChosen, folders.held_out AS heldOut,
  datasets.added_at AS addedAt, folders.scanned_at AS scannedAt,
  coalesce(datasets.removed_at, folders.removed_at) AS removedAt, folders.input, folders.findings,
  folders.grouping, folders.split_folders AS splitFolders, folders.unruled, folders.moved,
  datasets.passed_over AS passedOver, datasets.parent, datasets.tag`;
const from = 'FROM datasets JOIN datasets AS folders ON folders.id = coalesce(datasets.parent, datasets.id)';
const column = {
  name: 'name',
  naming: 'naming',
  folder: 'folder',
  labelSource: 'label_source',
  labelDepth: 'label_depth',
  labelsChosen: 'labels_chosen',
  heldOut: 'held_out',
  scannedAt: 'scanned_at',
  removedAt: 'removed_at',
  input: 'input',
  findings: 'findings',
  grouping: 'grouping',
  splitFolders: 'split_folders',
  unruled: 'unruled',
  passedOver: 'passed_over',
  moved: 'moved',
} as const;

export function datasetsTable(db: Db) {
  const all = db.prepare<[], Kept<DatasetRow>>(
    `SELECT ${columns} ${from} WHERE coalesce(datasets.removed_at, folders.removed_at) IS NULL
     ORDER BY datasets.added_at, datasets.id`,
  );
  const get = db.prepare<[string], Kept<DatasetRow>>(`SELECT ${columns} ${from} WHERE datasets.id = ?`);
  const removedBetween = db.prepare<[number, number], Kept<Pick<DatasetRow, 'id' | 'name' | 'naming' | 'parent'>>>(
    `SELECT datasets.id, datasets.name, datasets.naming, datasets.parent ${from}
     WHERE datasets.removed_at BETWEEN ? AND ? AND (datasets.parent IS NULL OR folders.removed_at IS NULL) ORDER BY datasets.removed_at`,
  );
  const movedBetween = db.prepare<
    [number, number],
    Kept<Pick<DatasetRow, 'id' | 'name' | 'naming' | 'folder'> & { from: string }>
  >(
    `SELECT id, name, naming, folder, moved ->> 'from' AS "from" FROM datasets
     WHERE removed_at IS NULL AND moved ->> 'at' BETWEEN ? AND ? ORDER BY moved ->> 'at'`,
  );
  const byFolder = db.prepare<[string], Kept<DatasetRow>>(`SELECT ${columns} ${from} WHERE datasets.folder = ?`);
  const insert = db.prepare(`INSERT INTO datasets (id, name, folder, added_at) VALUES (@id, @name, @folder, @addedAt)`);
  // image_counts has a row for each kind of photo and is kept by triggers: counting a million takes seconds.
  const totals = db.prepare<[string], { images: number; excluded: number; bytes: number; unread: number }>(
    `SELECT coalesce(sum(images * (gone = ${Gone.here})), 0) AS images,
       coalesce(sum(images * excluded * (gone = ${Gone.here})), 0) AS excluded, coalesce(sum(bytes), 0) AS bytes,
       coalesce(sum(images * unread * (gone = ${Gone.here})), 0) AS unread
     FROM image_counts WHERE dataset_id = ? AND gone IN (${Gone.here}, ${Gone.divided})`,
  );
  const away = db.prepare<[string], { n: number }>(
    `SELECT coalesce(sum(images), 0) AS n FROM image_counts WHERE dataset_id = ? AND gone = ${Gone.away}`,
  );
  const heldOut = db.prepare<[string], { n: number }>(
    `SELECT count(*) AS n FROM images INDEXED BY images_held_out
     WHERE dataset_id = ? AND held_out = 1 AND gone = ${Gone.here} AND excluded = 0`,
  );
  const skipped = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM skipped WHERE dataset_id = ?');
  const formats = db.prepare<[string], { format: string; n: number }>(
    `SELECT format, sum(images) AS n FROM image_counts WHERE dataset_id = ? AND gone = 0 AND format <> ''
     GROUP BY format HAVING n > 0 ORDER BY n DESC`,
  );
  const classes = db.prepare<[string], { name: string; images: number }>(
    `SELECT label AS name, sum(images) AS images FROM image_counts
     WHERE dataset_id = ? AND gone = 0 AND excluded = 0 AND labelled = 1 GROUP BY label HAVING sum(images) > 0`,
  );
  const { folderOf } = datasetScope(db);
  const ofCollection = collectionCounts(db);
  /** In pieces of some milliseconds, where nothing keeps them. */
  function* counting(id: string): Work<DatasetCounts> {
    const folder = folderOf(id);
    if (folder !== id) return yield* ofCollection(id, folder);
    return {
      ...totals.get(id)!,
      away: away.get(id)!.n,
      heldOut: heldOut.get(id)!.n,
      skipped: skipped.get(id)!.n,
      formats: Object.fromEntries(formats.all(id).map((row) => [row.format, row.n])),
      classes: classes.all(id).sort((a, b) => byName(a.name, b.name)),
    };
  }
  return {
    all: allNamed<[], DatasetRow>(all),
    get: oneNamed<[string], DatasetRow>(get),
    byFolder: oneNamed<[string], DatasetRow>(byFolder),
    /** Taken out from one moment to another, the latest last. */
    removedBetween: allNamed(removedBetween),
    /** Said to have moved from one moment to another, the latest last. */
    movedBetween: allNamed(movedBetween),
    insert: (row: { id: string; name: string; folder: string; addedAt: number }) => void insert.run(row),
    update(id: string, patch: Partial<Pick<DatasetRow, keyof typeof column>>) {
      for (const [key, value] of Object.entries(patch)) {
        const kept = key === 'naming' ? namingColumn(patch) : value;
        db.prepare(`UPDATE datasets SET ${column[key as keyof typeof column]} = ? WHERE id = ?`).run(kept, id);
      }
    },
    /** What there is, in pieces of some milliseconds: the caller lets others have the thread in between. */
    counting,
    counts: (id: string): DatasetCounts => toEnd(counting(id)),
  };
}
