/** Principal components with their directions: some dozens of a few hundred dimensions. */
import { gramMatrix } from '../../search/eigenvalues.ts';
import { leadingEigenvectors } from '../../search/eigenvectors.ts';

export interface Principal {
  mean: Float64Array; // [d]
  /** Unit rows, by falling variance [count, d]. */
  directions: Float64Array;
  variances: Float64Array; // [count]
}

/** Directions whose variance is less than this share of the first one's hold nothing but rounding. */
const NOTHING = 1e-10;

/**
 * Mean, leading directions and their variances.
 * @param rows [n, d]; fewer than `count` directions come back where the rows have fewer
 */
export function fitPrincipal(rows: Float32Array, n: number, d: number, count: number): Principal {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += rows[i * d + j]!;
  for (let j = 0; j < d; j++) mean[j]! /= n;
  // Of photos by photos or of numbers by numbers, whichever is the smaller matrix: both have the same eigenvalues.
  const byPhoto = n < d;
  const centred = new Float64Array(n * d);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) centred[byPhoto ? i * d + j : j * n + i] = rows[i * d + j]! - mean[j]!;
  const size = byPhoto ? n : d;
  const products = gramMatrix(centred, size, byPhoto ? d : n);
  for (let i = 0; i < products.length; i++) products[i]! /= n;
  const { values, vectors } = leadingEigenvectors(products, size, count);

  const largest = values[0] ?? 0;
  const kept = largest > 0 ? values.filter((x) => x > NOTHING * largest) : new Float64Array(0);
  if (!byPhoto) return { mean, directions: vectors.slice(0, kept.length * d), variances: kept };
  const directions = new Float64Array(kept.length * d);
  kept.forEach((value, k) => {
    const scale = 1 / Math.sqrt(n * value);
    for (let i = 0; i < n; i++) {
      const part = scale * vectors[k * n + i]!;
      for (let j = 0; j < d; j++) directions[k * d + j]! += part * centred[i * d + j]!;
    }
  });
  return { mean, directions, variances: kept };
}

/** Scores [n, count] of rows [n, d] on the directions. */
export function project({ mean, directions, variances }: Principal, rows: Float32Array): Float32Array {
  const d = mean.length;
  const n = rows.length / d;
  const count = variances.length;
  const out = new Float32Array(n * count);
  const centred = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) centred[j] = rows[i * d + j]! - mean[j]!;
    for (let k = 0; k < count; k++) out[i * count + k] = dot(directions, k * d, centred, 0, d);
  }
  return out;
}

/** Scores [n, count], each divided by its standard deviation. */
export function whitenedOf({ variances }: Principal, scores: Float32Array): Float32Array {
  const scales = variances.map((variance) => 1 / Math.sqrt(variance));
  return scores.map((score, at) => scales[at % scales.length]! * score);
}

function dot(a: Float64Array, at: number, b: Float64Array, bt: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (; j + 3 < d; j += 4) {
    s0 += a[at + j]! * b[bt + j]!;
    s1 += a[at + j + 1]! * b[bt + j + 1]!;
    s2 += a[at + j + 2]! * b[bt + j + 2]!;
    s3 += a[at + j + 3]! * b[bt + j + 3]!;
  }
  for (; j < d; j++) s0 += a[at + j]! * b[bt + j]!;
  return s0 + s1 + s2 + s3;
}
