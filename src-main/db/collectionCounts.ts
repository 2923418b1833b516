/**
 * Counts of a collection's photos. No trigger keeps them, as a photo may be in many collections: its members are gone
 * through, in pieces of some milliseconds between which the caller may let others have the thread.
 */
import type { Db } from './database.ts';
import type { DatasetCounts } from './datasets.ts';
import { Gone } from './identity.ts';

/** Members gone through at a time: some milliseconds. */
const AT_ONCE = 2000;

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
  // a photo that is listed and has the tag as well stands twice, one after the other
  const members = db
    .prepare<[object], string>(
      `SELECT image_id FROM collection_members WHERE dataset_id = @datasetId AND image_id > @last AND image_id < @end
       ORDER BY image_id LIMIT ${AT_ONCE}`,
    )
    .pluck();
  const kinds = db.prepare<[object], PhotoKind>(
    `SELECT gone, excluded, width = 0 AS unread, label, format, count(*) AS images,
       sum(iif(part = '', bytes, 0)) AS bytes, sum(held_out) AS heldOut
     FROM images WHERE id IN (SELECT value FROM json_each(@ids)) AND +dataset_id = @folder
       AND gone IN (${Gone.here}, ${Gone.away}) GROUP BY 1, 2, 3, 4, 5`,
  );
  const skipped = db
    .prepare<[object], number>(
      `SELECT count(*) FROM skipped WHERE dataset_id = @folder AND EXISTS
         (SELECT 1 FROM images WHERE images.dataset_id = @folder AND images.file = skipped.file AND EXISTS
           (SELECT 1 FROM collection_members WHERE collection_members.dataset_id = @datasetId AND image_id = images.id))`,
    )
    .pluck();

  /** @param folder that the collection is of */
  return function* (datasetId: string, folder: string): Generator<void, DatasetCounts> {
    const all: PhotoKind[] = [];
    // ids of photos begin with the folder's and a hyphen, which comes before the point
    for (let last = `${folder}-`; ;) {
      const ids = members.all({ datasetId, last, end: `${folder}.` });
      if (ids.length === 0) break;
      for (const kind of kinds.all({ ids: JSON.stringify(ids), folder })) all.push(kind);
      last = ids.at(-1)!;
      yield;
    }
    return countsOf(all, skipped.get({ datasetId, folder })!);
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
    classes: [...labels]
      .map(([name, rows]) => ({ name, images: sum(rows) }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))), // as a folder's are
  };
}
