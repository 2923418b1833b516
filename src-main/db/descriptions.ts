/** Ratings and keywords that other programs wrote into photos, as a reading found them. */
import { byName } from '../../shared/names.ts';
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import { together } from './together.ts';
import { Gone } from './identity.ts';

/** What a photo's file says of it: rating 1 to 5, -1: rejected, null: none. */
interface DescriptionRow {
  id: string;
  rating: number | null;
  keywords: readonly string[];
  /** Milliseconds by the camera's clock; null: not known. */
  taken: number | null;
  camera: string | null;
}

export function descriptionsTable(db: Db) {
  const { prepare } = datasetScope(db);
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
  const forget = db.prepare(
    `UPDATE images SET described = 0 WHERE dataset_id = @datasetId AND part = ''
       AND (file = @stem OR file > @stem || '.' AND file < @stem || '/')`,
  );
  const keywords = db.prepare<[string], { id: string; keyword: string }>(
    'SELECT image_id AS id, keyword FROM json_each(?) JOIN image_keywords ON image_id = value',
  );
  const ratings = prepare<{ rating: number; images: number }>(
    `SELECT rating, count(*) AS images FROM images WHERE OF AND gone = 0 AND rating IS NOT NULL GROUP BY 1 ORDER BY 1 DESC`,
  );
  const everyKeyword = prepare<{ keyword: string; images: number }>(
    `SELECT keyword, count(*) AS images FROM images JOIN image_keywords ON image_id = images.id WHERE OF AND gone = 0
     GROUP BY keyword COLLATE NOCASE`,
  );
  const rated = prepare<{ id: string }>('SELECT id FROM images WHERE OF AND gone = 0 AND rating = @rating');
  const named = prepare<{ id: string }>(
    `SELECT images.id FROM images JOIN image_keywords ON image_id = images.id WHERE OF AND gone = 0
       AND keyword = @keyword COLLATE NOCASE`,
  );
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
      for (const stem of stems) forget.run({ datasetId, stem });
    }),
    /** Keywords of photos, by photo; those that have none are left out. */
    keywords(imageIds: readonly string[]): Map<string, string[]> {
      const found = new Map<string, string[]>();
      for (const [id, rows] of Map.groupBy(keywords.all(JSON.stringify(imageIds)), ({ id }) => id))
        found.set(id, rows.map(({ keyword }) => keyword).sort(byName));
      return found;
    },
    /** How many photos have each rating and each keyword; the most frequent first. */
    found: (datasetId: string) => ({
      ratings: ratings(datasetId),
      keywords: everyKeyword(datasetId).sort((a, b) => b.images - a.images || byName(a.keyword, b.keyword)),
    }),
    rated: (datasetId: string, value: number) => rated(datasetId, { rating: value }).map(({ id }) => id),
    withKeyword: (datasetId: string, keyword: string) => named(datasetId, { keyword }).map(({ id }) => id),
  };
}
