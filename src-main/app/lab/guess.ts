/**
 * What photos are of, guessed from them as far as that can be: whether they have an up, and whether that is as plain as
 * where one thing fills each of them. Whether colours tell them apart is for a person to say.
 */
import type { PhotoKind } from '../../../shared/lab/photoKind.ts';
import { sourceOf } from '../../images/index.ts';
import { shareTold } from '../../search/index.ts';
import type { AppContext } from '../context.ts';
import type { Library } from '../library/library.ts';
import { ruleOf } from '../library/measuring.ts';
import { photoPath } from '../library/photos.ts';
import type { TrainingPhotos } from '../runs/trainingPhotos.ts';

/** Photos that are looked at, spread over the folder, and the side at which. */
const ASKED = 400;
const SIDE = 16;
/** Fewer say nothing: with 100 of them a half is between .4 and .6. */
const FEWEST = 200;
/**
 * Shares of told photos below which there is no up, and above which it is plain: docs/lab.md has those of the trial's
 * situations, .48 to .54, .61 to .69, and .74 to .77.
 */
const NO_UP = 0.55;
const PLAIN = 0.72;

export const kindOfShare = (share: number): PhotoKind => (share < NO_UP ? 'noUp' : share > PLAIN ? 'upright' : 'any');

/** 'any' where there are too few photos to guess from. */
export async function guessKind(
  { pool, closing }: Pick<AppContext, 'pool' | 'closing'>,
  library: Library,
  photos: Pick<TrainingPhotos, 'count' | 'spread'>,
): Promise<PhotoKind> {
  if (photos.count < FEWEST) return 'any';
  const pictures = await Promise.all(
    photos.spread(ASKED).map((row) => {
      const dataset = library.dataset(row.datasetId);
      const rule = { ...ruleOf(dataset), channels: 'colour' as const, depth: 8 };
      return pool.query(sourceOf(photoPath(dataset, row), row.part), SIDE, closing, rule).catch(() => null);
    }),
  );
  const read = pictures.filter((picture) => picture !== null);
  return read.length < FEWEST ? 'any' : kindOfShare(shareTold(read, SIDE));
}
