/**
 * How large the photos of a folder are, for presets that look at small ones in their own size. A folder that was listed
 * and not read yet is asked by a few of its photos.
 */
import { answered } from '../../files/index.ts';
import { sizeAtOnce } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import type { Library } from '../library/library.ts';
import { photoPath } from '../library/photos.ts';
import type { TrainingPhotos } from './trainingPhotos.ts';

/** Photos that are asked, spread over the folder. */
const ASKED = 9;
/** Seconds that a file's first bytes are waited for; then a decoder is asked, which has its own limit. */
const PATIENCE = 2;

/** The median of the shorter sides, in pixels; undefined where none of those asked can be read. */
export async function typicalSide(
  { pool, closing }: Pick<AppContext, 'pool' | 'closing'>,
  library: Library,
  photos: Pick<TrainingPhotos, 'spread'>,
): Promise<number | undefined> {
  const sides = await Promise.all(
    photos.spread(ASKED).map(async (row) => {
      if (row.width > 0) return Math.min(row.width, row.height);
      const path = photoPath(library.dataset(row.datasetId), row);
      const said = row.part === '' ? await answered(path, () => sizeAtOnce(path), PATIENCE).catch(() => null) : null;
      const read = said ?? (await pool.probe(path, 16, closing).catch(() => null));
      return read && Math.min(read.width, read.height);
    }),
  );
  const known = sides.filter((side) => side !== null).sort((a, b) => a - b);
  return known[known.length >> 1];
}
