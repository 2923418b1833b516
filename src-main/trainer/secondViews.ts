/** The other view of a probe photo: for alignment and neighbour agreement, the same at every probe and after a resume. */
import type { RunConfig } from '../../shared/config.ts';
import { inputShape } from '../../shared/input.ts';
import { augmentView, drawParameters } from '../images/augment/index.ts';
import type { ImageCache } from '../images/cache/imageCache.ts';
import { normalisationOf } from '../images/normalize.ts';

/** View number of the fixed second views: training uses the first few. */
const SECOND_VIEW = 1000;

/** The fixed augmented view of each photo [n, C, S, S], normalised: a function of the seed and the id. */
export function secondViews(
  { augment, input, imageSize, seed }: Pick<RunConfig, 'augment' | 'input' | 'imageSize' | 'seed'>,
  cache: ImageCache,
  ids: readonly string[],
): Float32Array {
  const { channels, colour } = inputShape(input);
  const normalisation = normalisationOf(input);
  const length = channels * imageSize ** 2;
  const out = new Float32Array(ids.length * length);
  for (const [i, id] of ids.entries()) {
    const photo = cache.trainingImage(cache.indexOf(id));
    const bands = colour ? undefined : channels;
    const drawn = drawParameters(augment, seed, 0, id, SECOND_VIEW, photo.width, photo.height, bands);
    augmentView(photo, drawn, imageSize, out, i * length, normalisation);
  }
  return out;
}
