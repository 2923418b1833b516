/**
 * One view of one image: crop, jitter, grey, blur, flip, normalise, in the order of the authors' code, in the
 * current thread. What is drawn is parameters.ts; the arithmetic is in wasm/assembly. References, to under 1/255
 * (test/golden/augment.py): torchvision on float tensors, antialias=True, for crop, resize, jitter and grey;
 * torchvision's gaussian_blur with radius ceil(3 sigma), edges reflected, for the blur.
 */
import type { BandImage } from '../bands.ts';
import { IMAGENET_MEAN, IMAGENET_STD } from '../normalize.ts';
import type { Normalisation } from '../normalize.ts';
import type { RgbImage } from '../resize.ts';
import { threadKernels } from './kernels.ts';
import type { ViewParameters } from './parameters.ts';

export const imagenetNormalisation = { mean: IMAGENET_MEAN, std: IMAGENET_STD };
/** Normalises nothing: values stay in [0, 1], for showing. */
export const noNormalisation: Normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };

/** A view that cannot be made. */
export class AugmentError extends Error {
  override readonly name = 'AugmentError';
  readonly code = 'bad-view';
}

/**
 * Writes a view [3, size, size], or of bands [channels, size, size], into `out` from `offset` on. `size` is a multiple
 * of 4 pixels, at least 8. The flips are folded into the resize, the last pass of each plane into the normalisation.
 * @throws AugmentError when the size, the crop or the buffer does not fit.
 */
export function augmentView(
  image: RgbImage | BandImage,
  parameters: ViewParameters,
  size: number,
  out: Float32Array,
  offset = 0,
  normalisation: Normalisation = imagenetNormalisation,
): void {
  if ('channels' in image) return augmentBands(image, parameters, size, out, offset, normalisation);
  check(image, 3, parameters, size, out, offset);
  const kernels = threadKernels();
  const { call } = kernels;
  const { jitter, grayscale, blurSigma } = parameters;
  const count = size * size;
  const workspace = kernels.resize(image, parameters.crop, size, parameters.flip, parameters.verticalFlip);
  const { planes } = workspace;

  for (const step of jitter?.order ?? []) {
    const amount = jitter![step];
    if (step === 'brightness') call.brightness(planes, count * 3, amount);
    else if (step === 'contrast') call.contrast(planes, count, amount);
    else if (step === 'saturation') call.saturation(planes, count, amount);
    else call.hue(planes, count, amount);
  }
  if (grayscale) call.toGrey(planes, count);

  const radius = blurSigma > 0 ? kernels.gaussian(workspace, size, blurSigma) : 0;
  for (let channel = 0; channel < 3; channel++) {
    const plane = grayscale ? planes : planes + channel * count * 4;
    const scale = 1 / normalisation.std[channel]!;
    const shift = -normalisation.mean[channel]! * scale;
    const target = workspace.out + channel * count * 4;
    if (radius > 0) call.blur(plane, size, workspace.gaussian, radius, scale, shift, workspace.blurRow, target);
    else call.normalise(plane, count, scale, shift, target);
  }
  out.set(kernels.floats(workspace.out, count * 3), offset);
}

/** Makes a view of bands that are not colours: of jitter only brightness and contrast, drawn for each band. */
function augmentBands(
  image: BandImage,
  parameters: ViewParameters,
  size: number,
  out: Float32Array,
  offset: number,
  { mean, std }: Normalisation,
): void {
  const { channels } = image;
  check(image, channels, parameters, size, out, offset);
  const kernels = threadKernels();
  const { call } = kernels;
  const { jitter, bands, blurSigma } = parameters;
  const count = size * size;
  const workspace = kernels.resizeBands(image, parameters.crop, size, parameters.flip, parameters.verticalFlip);
  const radius = blurSigma > 0 ? kernels.gaussian(workspace, size, blurSigma) : 0;
  for (let channel = 0; channel < channels; channel++) {
    const plane = workspace.planes + channel * count * 4;
    const factors = bands?.[channel];
    for (const step of factors ? jitter!.order : []) {
      if (step === 'brightness') call.brightness(plane, count, factors!.brightness);
      else if (step === 'contrast') call.bandContrast(plane, count, factors!.contrast);
    }
    const scale = 1 / std[channel]!;
    const shift = -mean[channel]! * scale;
    const target = workspace.out + channel * count * 4;
    if (radius > 0) call.blur(plane, size, workspace.gaussian, radius, scale, shift, workspace.blurRow, target);
    else call.normalise(plane, count, scale, shift, target);
  }
  out.set(kernels.floats(workspace.out, count * channels), offset);
}

function check(
  image: RgbImage | BandImage,
  channels: number,
  { crop }: ViewParameters,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  const { width, height, data } = image;
  if (size < 8 || size % 4 !== 0) throw new AugmentError(`view size ${size}: use a multiple of 4, at least 8`);
  if (data.length < width * height * channels)
    throw new AugmentError(`image of ${width} x ${height} has ${data.length} bytes, not ${width * height * channels}`);
  if (
    crop.x < 0 ||
    crop.y < 0 ||
    crop.width < 1 ||
    crop.height < 1 ||
    crop.x + crop.width > width ||
    crop.y + crop.height > height
  )
    throw new AugmentError(
      `crop ${crop.width} x ${crop.height} at ${crop.x}, ${crop.y} leaves the image of ${width} x ${height}`,
    );
  if (offset < 0 || offset + size * size * channels > out.length)
    throw new AugmentError(
      `a view of ${size * size * channels} values at ${offset} leaves the buffer of ${out.length}`,
    );
}
