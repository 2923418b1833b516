/**
 * Principal components with their directions, where eigenvalues.ts gives the spectrum alone. Orthogonal iteration on the
 * covariance: some dozens of directions of a few hundred dimensions, in a second.
 */
import { gramMatrix } from '../eigenvalues.ts';

export interface Principal {
  mean: Float64Array; // [d]
  /** Unit rows, by falling variance [count, d]. */
  directions: Float64Array;
  variances: Float64Array; // [count]
}

/** Vectors iterated beyond those asked for: the last one asked for converges as fast as the gap behind these is wide. */
const SPARE = 40;
const ITERATIONS = 16;
/** Directions of less variance than this share of the first hold nothing but rounding. */
const NOTHING = 1e-10;

/** @param rows [n, d]; fewer than `count` directions come back where the rows have fewer. */
export function fitPrincipal(rows: Float32Array, n: number, d: number, count: number): Principal {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += rows[i * d + j]! / n;
  const columns = new Float64Array(d * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) columns[j * n + i] = rows[i * d + j]! - mean[j]!;
  const covariance = gramMatrix(columns, d, n); // the lower triangle
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) covariance[j * d + i] = covariance[i * d + j] = covariance[i * d + j]! / n;

  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  if (!(trace > 0)) return { mean, directions: new Float64Array(0), variances: new Float64Array(0) };
  const size = Math.min(count + SPARE, d);
  // A fixed start with something of every direction.
  let vectors: Float64Array = Float64Array.from({ length: size * d }, (_, i) =>
    Math.sin(1 + 12.9898 * i + 1e-4 * i * i),
  );
  orthonormalize(vectors, size, d);
  for (let t = 0; t < ITERATIONS; t++) {
    vectors = times(vectors, covariance, size, d);
    orthonormalize(vectors, size, d);
  }
  return ritz(vectors, covariance, size, d, count, mean);
}

/** Scores [n, count] of rows [n, d] on the directions, each divided by its standard deviation where `whiten`. */
export function project({ mean, directions, variances }: Principal, rows: Float32Array, whiten: boolean): Float32Array {
  const d = mean.length;
  const n = rows.length / d;
  const count = variances.length;
  const out = new Float32Array(n * count);
  const centred = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) centred[j] = rows[i * d + j]! - mean[j]!;
    for (let k = 0; k < count; k++) {
      const scale = whiten ? 1 / Math.sqrt(variances[k]!) : 1;
      out[i * count + k] = scale * dot(directions, k * d, centred, 0, d);
    }
  }
  return out;
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

/** Rows [size, d] times a symmetric matrix [d, d]. */
function times(rows: Float64Array, matrix: Float64Array, size: number, d: number): Float64Array {
  const out = new Float64Array(size * d);
  for (let i = 0; i < size; i++) for (let j = 0; j < d; j++) out[i * d + j] = dot(rows, i * d, matrix, j * d, d);
  return out;
}

/** Gram-Schmidt, twice: once loses orthogonality among nearly parallel rows. A row that vanishes becomes zero. */
function orthonormalize(rows: Float64Array, size: number, d: number): void {
  for (let i = 0; i < size; i++) {
    const before = Math.sqrt(dot(rows, i * d, rows, i * d, d));
    for (let pass = 0; pass < 2; pass++)
      for (let k = 0; k < i; k++) {
        const along = dot(rows, i * d, rows, k * d, d);
        for (let j = 0; j < d; j++) rows[i * d + j]! -= along * rows[k * d + j]!;
      }
    const norm = Math.sqrt(dot(rows, i * d, rows, i * d, d));
    const scale = norm > 1e-12 * before && norm > 0 ? 1 / norm : 0;
    for (let j = 0; j < d; j++) rows[i * d + j]! *= scale;
  }
}

/** Rayleigh and Ritz: the best directions within the span of `vectors`, by the eigenvectors of a small matrix. */
function ritz(
  vectors: Float64Array,
  covariance: Float64Array,
  size: number,
  d: number,
  count: number,
  mean: Float64Array,
): Principal {
  const image = times(vectors, covariance, size, d);
  const small = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) small[i * size + j] = dot(image, i * d, vectors, j * d, d);
  const turned = jacobi(small, size);
  const order = [...turned.values.keys()].sort((a, b) => turned.values[b]! - turned.values[a]!);
  const floor = NOTHING * Math.max(0, turned.values[order[0]!]!);
  const kept = order.slice(0, count).filter((k) => turned.values[k]! > floor);
  const directions = new Float64Array(kept.length * d);
  kept.forEach((k, row) => {
    for (let i = 0; i < size; i++) {
      const part = turned.vectors[i * size + k]!;
      for (let j = 0; j < d; j++) directions[row * d + j]! += part * vectors[i * d + j]!;
    }
  });
  return { mean, directions, variances: Float64Array.from(kept, (k) => turned.values[k]!) };
}

/** Cyclic Jacobi on a small symmetric matrix [n, n], which is used up: eigenvectors in the columns. */
function jacobi(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const square = a[i * n + j]! ** 2;
        all += square;
        if (i !== j) off += square;
      }
    if (off <= 1e-24 * all) break;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        if (apq === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const x = a[k * n + p]!;
          const y = a[k * n + q]!;
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const x = a[p * n + k]!;
          const y = a[q * n + k]!;
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const u = vectors[k * n + p]!;
          const v = vectors[k * n + q]!;
          vectors[k * n + p] = c * u - s * v;
          vectors[k * n + q] = s * u + c * v;
        }
      }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}
