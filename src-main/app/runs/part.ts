/** The part of a folder that a run is trained on, where its setting `photos` asks for one. */
import type { RunConfig } from '../../../shared/config.ts';
import type { JobImage } from '../../../shared/contract/job.ts';

/** How many of a folder's photos a run sees. @param images those that are not held out */
export const photosUsed = ({ photos }: Pick<RunConfig, 'photos'>, images: number): number =>
  Math.min(photos ?? images, images);

/**
 * The photos of a run: all, or so many of those that are not held out, evenly over the list, which is in the order of
 * their places, so that every subfolder gives its share. Those that are held out stay.
 */
export function partOf(config: Pick<RunConfig, 'photos'>, images: JobImage[]): JobImage[] {
  const count = images.filter(({ heldOut }) => !heldOut).length;
  const wanted = photosUsed(config, count);
  if (wanted === count) return images;
  let place = 0;
  return images.filter(({ heldOut }) => {
    if (heldOut) return true;
    const taken = Math.floor(((place + 1) * wanted) / count) > Math.floor((place * wanted) / count);
    place++;
    return taken;
  });
}
