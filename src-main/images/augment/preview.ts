/** What the settings do to a photo, to look at: two views of it by the code path that training uses. */
import type { AugmentConfig } from '../../../shared/config.ts';
import type { RgbImage } from '../resize.ts';
import { augmentView, noNormalisation } from './augmentView.ts';
import { drawParameters } from './parameters.ts';

/**
 * Two views of one image as interleaved RGB bytes [size, size, 3]. Another `seed` gives another pair.
 * `size` is a multiple of 4 pixels; use the run's imageSize: blur is measured in pixels of the view.
 */
export function augmentedPair(
  image: RgbImage,
  augment: AugmentConfig,
  seed: number,
  size: number,
): [Uint8Array, Uint8Array] {
  const planes = new Float32Array(3 * size * size);
  const view = (index: number): Uint8Array => {
    const parameters = drawParameters(augment, seed, 0, 'preview', index, image.width, image.height);
    augmentView(image, parameters, size, planes, 0, noNormalisation);
    return interleave(planes, size);
  };
  return [view(0), view(1)];
}

/** Planes [3, size, size] in [0, 1] as RGB bytes [size, size, 3]. */
function interleave(planes: Float32Array, size: number): Uint8Array {
  const count = size * size;
  const bytes = new Uint8ClampedArray(count * 3); // rounds and clamps
  for (let i = 0; i < count; i++)
    for (let channel = 0; channel < 3; channel++) bytes[i * 3 + channel] = planes[channel * count + i]! * 255;
  return new Uint8Array(bytes.buffer);
}
