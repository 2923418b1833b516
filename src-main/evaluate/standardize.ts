/** Per-channel standardisation of features, fitted on the training rows and applied to both (rows.ts). */
import { pieces } from './rows.ts';
import type { FeatureRows } from './rows.ts';

export interface Standardization {
  mean: Float64Array; // [d]
  /** 1 / standard deviation, 1 for a channel that does not vary [d]. */
  scale: Float64Array;
}

/** Mean and standard deviation (dividing by n) of each channel. */
export function fitStandardization(rows: FeatureRows): Standardization {
  const { n, d } = rows;
  const mean = new Float64Array(d);
  for (const { values } of pieces(rows)) for (let at = 0; at < values.length; at++) mean[at % d]! += values[at]! / n;
  const variance = new Float64Array(d);
  for (const { values } of pieces(rows))
    for (let at = 0; at < values.length; at++) variance[at % d]! += (values[at]! - mean[at % d]!) ** 2 / n;
  const scale = variance.map((v, j) =>
    Math.sqrt(v) > 1e-7 * Math.max(1e-12, Math.abs(mean[j]!)) ? 1 / Math.sqrt(v) : 1,
  );
  return { mean, scale };
}
