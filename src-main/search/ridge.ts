/**
 * Classes by ridge regression on their indicators: in closed form, so that a hundred of them take a moment, and with few
 * examples as good as a logistic regression.
 */
import { setImmediate as breathe } from 'node:timers/promises';

export interface Ridge {
  /** A direction for each class [classes, d]. */
  directions: Float32Array;
  /** What is added to each class's product [classes]. */
  offsets: Float32Array;
}

/** So many rows of a matrix of hundreds are gone through before others may have the thread: some milliseconds. */
const ROWS = 16;

/** Weight of the squared directions, for rows of length one. */
const decay = 0.3;

/**
 * @param rows of length one [n, d]
 * @param labels of the rows, 0 to classes - 1 [n]
 */
export async function fitRidge(
  rows: Float32Array,
  labels: ArrayLike<number>,
  d: number,
  classes: number,
): Promise<Ridge> {
  const n = labels.length;
  // in the rows' own space, whose side is n: (K + decay I) a = Y, with a constant of one beside the features
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 1;
      for (let t = 0; t < d; t++) sum += rows[i * d + t]! * rows[j * d + t]!;
      gram[i * n + j] = sum + (i === j ? decay : 0);
    }
    if (i % ROWS === 0) await breathe();
  }
  const solved = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) solved[i * classes + labels[i]!] = 1;
  await solveInPlace(gram, n, solved, classes);
  const directions = new Float32Array(classes * d);
  const offsets = new Float32Array(classes);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < classes; c++) {
      const weight = solved[i * classes + c]!;
      offsets[c]! += weight;
      for (let t = 0; t < d; t++) directions[c * d + t]! += weight * rows[i * d + t]!;
    }
  return { directions, offsets };
}

/** Solves A X = B by Cholesky; A [n, n] by its lower half, B [n, m] becomes X. */
async function solveInPlace(a: Float64Array, n: number, b: Float64Array, m: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let t = 0; t < j; t++) sum -= a[i * n + t]! * a[j * n + t]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
    if (i % ROWS === 0) await breathe();
  }
  for (let c = 0; c < m; c++) {
    if (c % ROWS === 0) await breathe();
    for (let i = 0; i < n; i++) {
      let sum = b[i * m + c]!;
      for (let t = 0; t < i; t++) sum -= a[i * n + t]! * b[t * m + c]!;
      b[i * m + c] = sum / a[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = b[i * m + c]!;
      for (let t = i + 1; t < n; t++) sum -= a[t * n + i]! * b[t * m + c]!;
      b[i * m + c] = sum / a[i * n + i]!;
    }
  }
}

/** Scores that are compared before others may have the thread: some milliseconds. */
const AT_A_TIME = 1_000_000;

/** The class of each row by the products of the directions with it [classes, n], and how unsure that is, 0 to 1. */
export async function classified(
  { offsets }: Pick<Ridge, 'offsets'>,
  products: Float32Array,
  n: number,
): Promise<{ labels: Int32Array; doubt: Float32Array }> {
  const labels = new Int32Array(n);
  const doubt = new Float32Array(n);
  const piece = Math.ceil(AT_A_TIME / offsets.length);
  for (let from = 0; from < n; from += piece) {
    const to = Math.min(n, from + piece);
    for (let i = from; i < to; i++) {
      let [first, second] = [-Infinity, -Infinity];
      for (let c = 0; c < offsets.length; c++) {
        const score = products[c * n + i]! + offsets[c]!;
        if (score > first) {
          second = first;
          first = score;
          labels[i] = c;
        } else if (score > second) second = score;
      }
      doubt[i] = 1 - Math.min(1, first - second);
    }
    await breathe();
  }
  return { labels, doubt };
}
