/** The part of a folder that a run is trained on, where its setting `photos` asks for one. */
import type { RunConfig } from '../../../shared/config.ts';
import type { JobImage } from '../../../shared/contract/job.ts';
import type { Store } from '../../db/index.ts';
import type { Pieces } from '../compute/lists.ts';
import type { Library } from '../library/library.ts';
import { unhurriedPieces } from '../unhurried.ts';

/** How many of a folder's photos a run sees. @param images those that are not held out */
export const photosUsed = ({ photos }: Pick<RunConfig, 'photos'>, images: number): number =>
  Math.min(photos ?? images, images);

/**
 * The photos of a run: all, or so many of those that are not held out, evenly over the list, which is in the order of
 * their places, so that every subfolder gives its share. Those that are held out stay.
 * @param count of those that are not held out
 */
export function partOf(config: Pick<RunConfig, 'photos'>, count: number, images: Pieces<JobImage>): Pieces<JobImage> {
  const wanted = photosUsed(config, count);
  if (wanted === count) return images;
  return async function* () {
    let place = 0;
    for await (const piece of images())
      yield piece.filter(({ heldOut }) => {
        if (heldOut) return true;
        const taken = Math.floor(((place + 1) * wanted) / count) > Math.floor((place * wanted) / count);
        place++;
        return taken;
      });
  };
}

/** The same of a folder. */
export async function partOfFolder(
  config: Pick<RunConfig, 'photos'>,
  { store, library, datasetId }: { store: Store; library: Library; datasetId: string },
): Promise<Pieces<JobImage>> {
  const images = await library.photos.jobImages(datasetId);
  if (config.photos === null) return images;
  let count = 0;
  for await (const piece of unhurriedPieces(store.images.sidePieces(datasetId)))
    for (const { heldOut } of piece) if (heldOut === 0) count++;
  return partOf(config, count, images);
}
