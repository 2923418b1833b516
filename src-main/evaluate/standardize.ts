/** Per-channel standardisation of features, fitted on the training rows and applied to both. */

export interface Standardization {
  mean: Float64Array; // [d]
  /** 1 / standard deviation, 1 for a channel that does not vary [d]. */
  scale: Float64Array;
}

/** Mean and standard deviation (dividing by n) of each channel of features [n, d]. */
export function fitStandardization(features: Float32Array, n: number, d: number): Standardization {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += features[i * d + j]! / n;
  const variance = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) variance[j]! += (features[i * d + j]! - mean[j]!) ** 2 / n;
  const scale = variance.map((v, j) =>
    Math.sqrt(v) > 1e-7 * Math.max(1e-12, Math.abs(mean[j]!)) ? 1 / Math.sqrt(v) : 1,
  );
  return { mean, scale };
}

/** (x - mean) * scale of each row, as a new array. */
export function standardize(features: Float32Array, { mean, scale }: Standardization): Float32Array {
  const d = mean.length;
  return features.map((x, at) => (x - mean[at % d]!) * scale[at % d]!);
}
