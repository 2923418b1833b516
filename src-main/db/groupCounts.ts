/** How many groups there are among a data set's photos, in pieces of some milliseconds. */
import type { Work } from '../../shared/work.ts';
import type { photoChanges } from './changes.ts';
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import { memberPieces } from './rowPieces.ts';

/** Of groups of more than one photo that is there. */
export interface GroupCounts {
  /** How many there are. */
  groups: number;
  /** Photos of the largest, and of all of them. */
  largest: number;
  photos: number;
}

/** Photos that are counted before others may have the thread: of one group there may be a million. */
const photosAtOnce = 5000;

/** Groups of more than one photo that is there; kept until something of them changes. */
export function groupCounts(db: Db, changes: ReturnType<typeof photoChanges>) {
  const { folderOf } = datasetScope(db);
  const members = memberPieces(db);
  /** The first photos by their groups; row is the last of each. Within a group they stand by their rows, as the index has them. */
  const [firstPhotos, photosAfter, restOfGroup] = [
    'photo_group IS NOT NULL',
    'photo_group > @name',
    'photo_group = @name AND rowid > @row',
  ].map((which) =>
    db.prepare<[object], { name: string; n: number; row: number }>(
      `SELECT name, count(*) AS n, max(row) AS row FROM
         (SELECT photo_group AS name, rowid AS row FROM images
          WHERE dataset_id = @datasetId AND gone = 0 AND ${which} ORDER BY photo_group, rowid LIMIT ${photosAtOnce})
       GROUP BY name ORDER BY name`,
    ),
  );
  /** How many photos each group of a folder has, in pieces. */
  function* groupSizes(datasetId: string): Generator<number[]> {
    let groups = firstPhotos!.all({ datasetId });
    while (groups.length > 0) {
      const { name, ...last } = groups.pop()!; // may have more than this piece holds
      yield groups.map(({ n }) => n);
      let size = last.n;
      for (let { row } = last; ;) {
        const [more] = restOfGroup!.all({ datasetId, name, row });
        if (!more) break;
        size += more.n;
        row = more.row;
        yield [];
      }
      yield [size];
      groups = photosAfter!.all({ datasetId, name });
    }
  }
  const memberGroups = db.prepare<[object], { name: string; n: number }>(
    `SELECT photo_group AS name, count(*) AS n FROM images
     WHERE id IN (SELECT value FROM json_each(@ids)) AND +dataset_id = @folder AND gone = 0 AND photo_group IS NOT NULL
     GROUP BY photo_group`,
  );
  /** The same of a collection: its members come in the order of their ids, so none is known before all are gone through. */
  function* memberGroupSizes(datasetId: string, folder: string): Generator<number[]> {
    const sizes = new Map<string, number>();
    for (const ids of members(datasetId, folder)) {
      for (const { name, n } of memberGroups.all({ ids: JSON.stringify(ids), folder }))
        sizes.set(name, (sizes.get(name) ?? 0) + n);
      yield [];
    }
    yield [...sizes.values()];
  }
  const counted = new Map<string, { changes: number; counts: GroupCounts }>();
  return function* (datasetId: string): Work<GroupCounts> {
    const folder = folderOf(datasetId);
    const by = ['there', 'group', ...(folder === datasetId ? [] : (['held', 'tags'] as const))] as const;
    const now = () => changes([datasetId, folder], by);
    for (let tries = 0; ; tries++) {
      const before = now();
      const known = counted.get(datasetId);
      if (known?.changes === before) return known.counts;
      const counts = { groups: 0, largest: 0, photos: 0 };
      const sizes = folder === datasetId ? groupSizes(datasetId) : memberGroupSizes(datasetId, folder);
      for (const piece of sizes) {
        for (const n of piece) {
          if (n < 2) continue;
          counts.groups++;
          counts.largest = Math.max(counts.largest, n);
          counts.photos += n;
        }
        yield;
      }
      const isStill = now() === before;
      if (isStill) counted.set(datasetId, { changes: before, counts });
      if (isStill || tries === 3) return counts; // of photos that change all the time nobody knows better
    }
  };
}
