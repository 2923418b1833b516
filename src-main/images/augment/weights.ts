/**
 * The two weight tables of augmentation: antialiased bilinear resampling, as PyTorch's interpolate with
 * antialias=True (and Pillow's BILINEAR), and the Gaussian of torchvision's gaussian_blur.
 */

export interface Resampling {
  /** First input index of each output, [output]. */
  starts: Int32Array;
  /** The inputs from there on, [output, taps]; the same number for every output, padded with zeros. */
  weights: Float32Array;
  taps: number;
}

/**
 * Bilinear resampling of one axis from `input` to `output` samples. The triangle is stretched by the reduction, so
 * that every input counts (antialiasing); it is not shrunk for an enlargement. Each output's weights sum to `sum`.
 * `mirrored` reverses the outputs.
 */
export function resampleWeights(input: number, output: number, mirrored: boolean, sum = 1): Resampling {
  const scale = input / output;
  const support = Math.max(scale, 1);
  const taps = Math.min(input, Math.ceil(support) * 2 + 1);
  const starts = new Int32Array(output);
  const weights = new Float32Array(output * taps);
  const row = new Float64Array(taps);
  for (let i = 0; i < output; i++) {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.trunc(centre + support + 0.5), input) - first;
    let total = 0;
    for (let j = 0; j < count; j++) total += row[j] = Math.max(0, 1 - Math.abs((first + j - centre + 0.5) / support));
    // The padded window must not leave the input: move it back where it would.
    const start = Math.min(first, input - taps);
    const at = mirrored ? output - 1 - i : i;
    starts[at] = start;
    const base = at * taps + first - start;
    for (let j = 0; j < count; j++) weights[base + j] = (row[j]! * sum) / total;
  }
  return { starts, weights, taps };
}

/**
 * The centre and one side of a normalised Gaussian, [radius + 1]: exp(-k² / 2σ²), radius ceil(3σ) pixels (99.7 % of
 * the mass), at most `maxRadius`. What torchvision's gaussian_blur does with kernel_size 2 * radius + 1.
 */
export function gaussianWeights(sigma: number, maxRadius: number): Float32Array {
  const radius = Math.min(Math.ceil(3 * sigma), maxRadius);
  const weights = new Float32Array(radius + 1);
  let total = 0;
  for (let k = 0; k <= radius; k++) total += (weights[k] = Math.exp(-0.5 * (k / sigma) ** 2)) * (k === 0 ? 1 : 2);
  return weights.map((w) => w / total);
}
