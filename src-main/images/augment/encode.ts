/** What happens to a view (parameters.ts) as numbers, for a device that makes the views itself. */
import { BLENDS, VIEW_PARAMETERS, ViewParameter } from '../../../shared/viewParameters.ts';
import type { ViewParameters } from './parameters.ts';
import { gaussianWeights } from './weights.ts';

/** Writes the numbers of a view of `size` pixels into `out` from `offset` on. */
export function encodeParameters(
  { crop, flip, verticalFlip, jitter, grayscale, blurSigma }: ViewParameters,
  size: number,
  out: Float32Array,
  offset = 0,
): void {
  const numbers = out.subarray(offset, offset + VIEW_PARAMETERS).fill(0);
  const set = (position: number, ...values: number[]) => numbers.set(values, position);
  set(ViewParameter.cropX, crop.x, crop.y, crop.width, crop.height, Number(flip), Number(verticalFlip));
  for (const first of [ViewParameter.blendsBefore, ViewParameter.blendsAfter])
    for (let slot = 0; slot < BLENDS; slot++) numbers[first + 3 * slot] = 1; // a blend that changes nothing
  const order = jitter?.order ?? [];
  const turn = order.indexOf('hue');
  let [before, after] = [ViewParameter.blendsBefore as number, ViewParameter.blendsAfter as number];
  for (const [position, step] of order.entries()) {
    if (step === 'hue') continue;
    const at = turn < 0 || position < turn ? before : after;
    if (at === before) before += 3;
    else after += 3;
    set(at, jitter![step], Number(step === 'contrast'), Number(step === 'saturation'));
  }
  numbers[ViewParameter.hue] = turn < 0 ? 0 : jitter!.hue;
  numbers[ViewParameter.grayscale] = Number(grayscale);
  const weights = blurSigma > 0 ? gaussianWeights(blurSigma, size - 1) : Float32Array.of(1);
  set(ViewParameter.blurRadius, weights.length - 1, blurSigma > 0 ? 1 / (2 * blurSigma ** 2) : 0, weights[0]!);
}
