/**
 * Counts of a collection's photos. No trigger keeps them, as a photo may be in many collections: its members are gone
 * through, in pieces of some milliseconds between which the caller may let others have the thread.
 */
import { byName } from '../../shared/names.ts';
import type { Work } from '../../shared/work.ts';
import type { Db } from './database.ts';
import type { DatasetCounts } from './datasets.ts';
import { Gone } from './identity.ts';
import { memberPieces, skippedPieces } from './rowPieces.ts';

/** Photos that have these things in common. */
interface PhotoKind {
  gone: number;
  excluded: number;
  unread: number;
  label: string | null;
  format: string;
  images: number;
  bytes: number;
  heldOut: number;
}

export function collectionCounts(db: Db) {
  const members = memberPieces(db);
  const kinds = db.prepare<[object], PhotoKind>(
    `SELECT gone, excluded, width = 0 AS unread, label, format, count(*) AS images,
       sum(iif(part = '', bytes, 0)) AS bytes, sum(held_out) AS heldOut
     FROM images WHERE id IN (SELECT value FROM json_each(@ids)) AND +dataset_id = @folder
       AND gone IN (${Gone.here}, ${Gone.away}) GROUP BY 1, 2, 3, 4, 5`,
  );
  const skippedFiles = skippedPieces(db);

  /** @param folder that the collection is of */
  return function* (datasetId: string, folder: string): Work<DatasetCounts> {
    const all: PhotoKind[] = [];
    for (const ids of members(datasetId, folder)) {
      for (const kind of kinds.all({ ids: JSON.stringify(ids), folder })) all.push(kind);
      yield;
    }
    let skipped = 0;
    for (const files of skippedFiles(datasetId, folder)) {
      skipped += files.length;
      yield;
    }
    return countsOf(all, skipped);
  };
}

/** What a folder's counts are. */
function countsOf(kinds: readonly PhotoKind[], skipped: number): DatasetCounts {
  const sum = (rows: readonly PhotoKind[], of: 'images' | 'bytes' | 'heldOut' = 'images') =>
    rows.reduce((total, row) => total + row[of], 0);
  const here = kinds.filter(({ gone }) => gone === Gone.here);
  const formats = Map.groupBy(
    here.filter(({ format }) => format !== ''),
    ({ format }) => format,
  );
  const labels = Map.groupBy(
    here.filter(({ label, excluded }) => label !== null && excluded === 0),
    ({ label }) => label!,
  );
  return {
    images: sum(here),
    away: sum(kinds) - sum(here),
    excluded: sum(here.filter(({ excluded }) => excluded === 1)),
    heldOut: sum(
      here.filter(({ excluded }) => excluded === 0),
      'heldOut',
    ),
    skipped,
    bytes: sum(here, 'bytes'),
    unread: sum(here.filter(({ unread }) => unread === 1)),
    formats: Object.fromEntries([...formats].map(([format, rows]) => [format, sum(rows)])),
    classes: [...labels].map(([name, rows]) => ({ name, images: sum(rows) })).sort((a, b) => byName(a.name, b.name)),
  };
}
