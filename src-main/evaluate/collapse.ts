/**
 * Is a representation collapsing? Numbers on features [n, d], as the monitor shows them; what they mean together is
 * the verdict's business. Features that hold NaN or infinity give NaN, never a number that looks healthy.
 */
import { gramMatrix, symmetricEigenvalues } from '../search/index.ts';

/** Rows divided by their norm in double precision (a zero row stays zero), or null where one is not finite. */
function unitRows(features: Float32Array, n: number, d: number): Float64Array | null {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let j = 0; j < d; j++) squares += features[i * d + j]! ** 2;
    if (!Number.isFinite(squares)) return null;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = 0; j < d; j++) out[i * d + j] = features[i * d + j]! * scale;
  }
  return out;
}

/**
 * sqrt(d) times the mean over channels of the standard deviation over images of x / ||x|| (paper, Sec. 4.1, Fig. 2):
 * 1 for isotropic features of zero mean, 0 for a constant. The standard deviation divides by n. NaN without rows or where
 * a feature [n, d] is not finite.
 */
export function stdRatio(features: Float32Array, n: number, d: number): number {
  const unit = unitRows(features, n, d);
  if (!unit || n === 0) return NaN;
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += unit[i * d + j]! / n;
  const variance = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) variance[j]! += (unit[i * d + j]! - mean[j]!) ** 2 / n;
  let sum = 0;
  for (let j = 0; j < d; j++) sum += Math.sqrt(variance[j]!);
  return (Math.sqrt(d) * sum) / d;
}

/**
 * Effective rank (Roy and Vetterli 2007): exp of the entropy of the normalised singular values of the centred
 * features; from 1, also for constant features, to min(n - 1, d). Computed from the Gram matrix of the smaller side
 * in double precision, so directions weaker than about 1e-7 of the strongest count as absent. NaN without rows or where a
 * feature [n, d] is not finite.
 */
export function effectiveRank(features: Float32Array, n: number, d: number): number {
  if (n === 0) return NaN;
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += features[i * d + j]! / n;
  if (!mean.every(Number.isFinite)) return NaN;
  const byImage = n <= d;
  const side = byImage ? n : d;
  const other = byImage ? d : n;
  const rows = new Float64Array(n * d); // [side, other]
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) rows[byImage ? i * d + j : j * n + i] = features[i * d + j]! - mean[j]!;
  const gram = gramMatrix(rows, side, other);
  if (!gram.every(Number.isFinite)) return NaN;
  const eigenvalues = symmetricEigenvalues(gram, side);
  const floor = Math.max(eigenvalues[0]!, 0) * side * Number.EPSILON;
  const singular = Array.from(
    eigenvalues.filter((x) => x > floor),
    Math.sqrt,
  );
  const total = singular.reduce((a, b) => a + b, 0);
  if (total === 0) return 1;
  let entropy = 0;
  for (const value of singular) entropy -= (value / total) * Math.log(value / total);
  return Math.exp(entropy);
}

/**
 * Mean squared distance, 0 to 4, of the normalised features [n, d] of two views of the same n photos (Wang and Isola 2020,
 * alpha 2): 0 when views agree. NaN without photos or where a feature is not finite.
 */
export function alignment(first: Float32Array, second: Float32Array, n: number, d: number): number {
  const a = unitRows(first, n, d);
  const b = unitRows(second, n, d);
  if (!a || !b || n === 0) return NaN;
  let sum = 0;
  for (let i = 0; i < n * d; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / n;
}

/**
 * log of the mean over pairs of exp(-2 ||f(x) - f(y)||^2) of normalised features (Wang and Isola 2020, t 2): 0 when
 * all are alike, about -4 when spread evenly over the sphere. NaN of fewer than two rows [n, d], or where a feature is not
 * finite.
 */
export function uniformity(features: Float32Array, n: number, d: number): number {
  const unit = unitRows(features, n, d);
  if (!unit || n < 2) return NaN;
  const gram = gramMatrix(unit, n, d);
  let sum = 0;
  for (let i = 1; i < n; i++)
    for (let j = 0; j < i; j++)
      sum += Math.exp(-2 * Math.max(0, gram[i * n + i]! + gram[j * n + j]! - 2 * gram[i * n + j]!));
  return Math.log((2 * sum) / (n * (n - 1)));
}
