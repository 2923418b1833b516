/** The other view of a probe photo: for alignment and neighbour agreement, the same at every probe and after a resume. */
import type { RunConfig } from '../../shared/config.ts';
import type { ImageCache } from '../images/index.ts';
import { augmentView, drawParameters } from '../images/index.ts';

/** View number of the fixed second views: training uses the first few. */
const SECOND_VIEW = 1000;

/** The fixed augmented view of each photo [n, 3, S, S], normalised: a function of the seed and the id. */
export function secondViews(
  { augment, imageSize, seed }: Pick<RunConfig, 'augment' | 'imageSize' | 'seed'>,
  cache: ImageCache,
  ids: readonly string[],
): Float32Array {
  const length = 3 * imageSize ** 2;
  const out = new Float32Array(ids.length * length);
  for (const [i, id] of ids.entries()) {
    const photo = cache.trainingImage(cache.indexOf(id));
    const drawn = drawParameters(augment, seed, 0, id, SECOND_VIEW, photo.width, photo.height);
    augmentView(photo, drawn, imageSize, out, i * length);
  }
  return out;
}
