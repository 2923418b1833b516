/** What the settings do to a photo, to look at: two views of it by the code path that training uses. */
import type { AugmentConfig } from '../../../shared/config.ts';
import { shownBands } from '../bands.ts';
import type { BandImage } from '../bands.ts';
import type { RgbImage } from '../resize.ts';
import { augmentView, noNormalisation } from './augmentView.ts';
import { drawParameters } from './parameters.ts';

/**
 * Two views of one image as interleaved RGB bytes [size, size, 3]; of bands the first three are shown. Another `seed`
 * gives another pair. `size` is a multiple of 4 pixels; use the run's imageSize: blur is measured in pixels of the
 * view.
 */
export function augmentedPair(
  image: RgbImage | BandImage,
  augment: AugmentConfig,
  seed: number,
  size: number,
): [Uint8Array, Uint8Array] {
  const bands = 'channels' in image ? image.channels : undefined;
  const planes = new Float32Array((bands ?? 3) * size * size);
  const asItIs = bands ? { mean: new Array<number>(bands).fill(0), std: new Array<number>(bands).fill(1) } : undefined;
  const view = (index: number): Uint8Array => {
    const parameters = drawParameters(augment, seed, 0, 'preview', index, image.width, image.height, bands);
    augmentView(image, parameters, size, planes, 0, asItIs ?? noNormalisation);
    return interleave(planes, size, shownBands(bands ?? 3));
  };
  return [view(0), view(1)];
}

/**
 * Planes [channels, size, size] in [0, 1] as RGB bytes [size, size, 3]. `shown`: the planes that become red, green and
 * blue.
 */
function interleave(planes: Float32Array, size: number, shown: readonly number[]): Uint8Array {
  const count = size * size;
  const bytes = new Uint8ClampedArray(count * 3); // rounds and clamps
  for (let i = 0; i < count; i++)
    for (let channel = 0; channel < 3; channel++) bytes[i * 3 + channel] = planes[shown[channel]! * count + i]! * 255;
  return new Uint8Array(bytes.buffer);
}
