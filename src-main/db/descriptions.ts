/** Ratings and keywords that other programs wrote into photos, as a reading found them. */
import { byName } from '../../shared/names.ts';
import type { Work } from '../../shared/work.ts';
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import { together } from './together.ts';
import { Gone } from './identity.ts';
import { memberPieces, rowPieces } from './rowPieces.ts';

/** What a photo's file says of it: rating 1 to 5, -1: rejected, null: none. */
interface DescriptionRow {
  id: string;
  rating: number | null;
  keywords: readonly string[];
  /** Milliseconds by the camera's clock; null: not known. */
  taken: number | null;
  camera: string | null;
}

interface Counted<T> {
  value: T;
  images: number;
}
interface Found {
  ratings: { rating: number; images: number }[];
  keywords: { keyword: string; images: number }[];
}

/** Rows that are counted, and photos that are read, before others may have the thread: some milliseconds. */
const countedAtOnce = 1500;
const readAtOnce = 1000;

/** As SQLite's NOCASE has it: of the letters of English alone. */
const inLowerCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
/** As SQLite orders texts. */
const before = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function descriptionsTable(db: Db) {
  const waiting = db.prepare<[string, string], { id: string; file: string }>(
    `SELECT id, file FROM images WHERE dataset_id = ? AND described = 0 AND gone = ${Gone.here} AND part = ''
       AND file > ? ORDER BY file LIMIT 1000`,
  );
  const setRating = db.prepare(
    'UPDATE images SET rating = @rating, taken = @taken, camera = @camera, described = 1 WHERE id = @id',
  );
  const clear = db.prepare('DELETE FROM image_keywords WHERE image_id = ?');
  const put = db.prepare('INSERT OR IGNORE INTO image_keywords (image_id, keyword) VALUES (?, ?)');
  // photo.jpg.xmp is of photo.jpg, and photo.xmp of whatever photo.* there is
  // by two questions: of both in one SQLite goes through the whole folder
  const forgotten = ['file = @stem', `file > @stem || '.' AND file < @stem || '/'`].map((called) =>
    db.prepare(`UPDATE images SET described = 0 WHERE dataset_id = @datasetId AND part = '' AND ${called}`),
  );
  const keywords = db.prepare<[string], { id: string; keyword: string }>(
    'SELECT image_id AS id, keyword FROM json_each(?) JOIN image_keywords ON image_id = value',
  );
  const { folderOf } = datasetScope(db);
  const pieces = rowPieces(db);
  const members = memberPieces(db);
  const anyRating = db.prepare<[string]>(
    'SELECT 1 FROM images WHERE dataset_id = ? AND rating IS NOT NULL AND gone = 0 LIMIT 1',
  );
  const anyKeyword = db.prepare<[]>('SELECT 1 FROM image_keywords LIMIT 1');
  const counting = (photos: string) => ({
    rating: `SELECT rating AS value, count(*) AS images FROM ${photos} AND rating IS NOT NULL GROUP BY rating`,
    keyword: `SELECT min(keyword) AS value, count(*) AS images FROM ${photos.replace(
      'WHERE',
      'CROSS JOIN image_keywords ON image_id = images.id WHERE',
    )} GROUP BY keyword COLLATE NOCASE`,
  });
  const between = counting('images WHERE +dataset_id = ? AND images.rowid > ? AND images.rowid <= ? AND gone = 0');
  const among = counting(
    'json_each(@ids) CROSS JOIN images ON images.id = json_each.value WHERE dataset_id = @folder AND gone = 0',
  );
  /** How many photos of a data set have each value, in pieces of some milliseconds. */
  function* countsOf<T extends string | number>(datasetId: string, of: 'rating' | 'keyword'): Generator<Counted<T>[]> {
    const folder = folderOf(datasetId);
    if (of === 'rating' ? anyRating.get(folder) === undefined : anyKeyword.get() === undefined) return;
    if (folder === datasetId)
      return yield* pieces(db.prepare<[string, number, number], Counted<T>>(between[of]), folder, countedAtOnce);
    const some = db.prepare<[object], Counted<T>>(among[of]);
    for (const ids of members(datasetId, folder)) yield some.all({ ids: JSON.stringify(ids), folder });
  }

  const ratedAfter = db.prepare<[object], { row: number; id: string }>(
    `SELECT rowid AS row, id FROM images
     WHERE dataset_id = @folder AND rating = @rating AND rowid > @last ORDER BY rowid LIMIT ${readAtOnce}`,
  );
  const namedAfter = db
    .prepare<[object], string>(
      `SELECT image_id FROM image_keywords WHERE keyword = @keyword COLLATE NOCASE AND image_id > @last AND image_id < @end
       ORDER BY image_id LIMIT ${readAtOnce}`,
    )
    .pluck();
  const held = `AND EXISTS (SELECT 1 FROM collection_members
    WHERE collection_members.dataset_id = @datasetId AND image_id = images.id)`;
  const [hereOf, hereOfCollection] = ['', held].map((condition) =>
    db
      .prepare<[object], string>(
        `SELECT images.id FROM json_each(@ids) CROSS JOIN images ON images.id = json_each.value
         WHERE dataset_id = @folder AND gone = 0 ${condition}`,
      )
      .pluck(),
  );
  /** Those of some photos of a folder that are there, and in the collection where one is asked about. */
  const here = (datasetId: string, folder: string, ids: readonly string[]): string[] =>
    (folder === datasetId ? hereOf! : hereOfCollection!).all({
      ids: JSON.stringify(ids),
      folder,
      ...(folder !== datasetId && { datasetId }),
    });

  return {
    /** Photos of a folder whose description is not read yet, in pieces of some milliseconds. */
    *waiting(folderId: string): Generator<{ id: string; file: string }[]> {
      for (let last = ''; ;) {
        const rows = waiting.all(folderId, last);
        if (rows.length === 0) return;
        yield rows;
        last = rows.at(-1)!.file;
      }
    },
    set: together(db, (rows: readonly DescriptionRow[]) => {
      for (const { id, rating: value, keywords: words, taken, camera } of rows) {
        setRating.run({ id, rating: value, taken, camera });
        clear.run(id);
        for (const word of words) put.run(id, word);
      }
    }),
    /** For files beside photos that have changed, by their names without .xmp: what they are of is read again. */
    forget: together(db, (datasetId: string, stems: readonly string[]) => {
      for (const stem of stems) for (const those of forgotten) those.run({ datasetId, stem });
    }),
    /** Keywords of photos, by photo; those that have none are left out. */
    keywords(imageIds: readonly string[]): Map<string, string[]> {
      const found = new Map<string, string[]>();
      for (const [id, rows] of Map.groupBy(keywords.all(JSON.stringify(imageIds)), ({ id }) => id))
        found.set(id, rows.map(({ keyword }) => keyword).sort(byName));
      return found;
    },
    /**
     * How many photos have each rating and each keyword, in whichever case; the most stars and the most frequent first. In
     * pieces of some milliseconds.
     */
    *finding(datasetId: string): Work<Found> {
      const ratings = new Map<number, number>();
      for (const piece of countsOf<number>(datasetId, 'rating')) {
        for (const { value, images } of piece) ratings.set(value, (ratings.get(value) ?? 0) + images);
        yield;
      }
      const keywords = new Map<string, { keyword: string; images: number }>();
      for (const piece of countsOf<string>(datasetId, 'keyword')) {
        for (const { value, images } of piece) {
          const key = inLowerCase(value);
          const known = keywords.get(key);
          const keyword = known && before(known.keyword, value) < 0 ? known.keyword : value;
          keywords.set(key, { keyword, images: (known?.images ?? 0) + images });
        }
        yield;
      }
      return {
        ratings: [...ratings].map(([rating, images]) => ({ rating, images })).sort((a, b) => b.rating - a.rating),
        keywords: [...keywords.values()].sort((a, b) => b.images - a.images || byName(a.keyword, b.keyword)),
      };
    },
    /** Ids of the photos that are there and have so many stars, in pieces of some milliseconds. */
    *ratedPieces(datasetId: string, rating: number): Generator<string[]> {
      const folder = folderOf(datasetId);
      for (let last = 0; ;) {
        const rows = ratedAfter.all({ folder, rating, last });
        if (rows.length === 0) return;
        yield here(
          datasetId,
          folder,
          rows.map(({ id }) => id),
        );
        last = rows.at(-1)!.row;
      }
    },
    /** The same of a keyword, in whichever case. */
    *keywordPieces(datasetId: string, keyword: string): Generator<string[]> {
      const folder = folderOf(datasetId);
      // ids of photos begin with the folder's and a hyphen, which comes before the point
      for (let last = `${folder}-`; ;) {
        const ids = namedAfter.all({ keyword, last, end: `${folder}.` });
        if (ids.length === 0) return;
        yield here(datasetId, folder, [...new Set(ids)]);
        last = ids.at(-1)!;
      }
    },
  };
}
