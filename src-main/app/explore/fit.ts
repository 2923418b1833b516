/**
 * A logistic regression on a few hundred rows: what an answer waits for while the rest of a tag is looked for. Which rows
 * count how much is head.ts's.
 */

const iterations = 100;

export interface Row {
  x: Float64Array;
  /** 1 with the tag, 0 without. */
  y: number;
  weight: number;
}

/**
 * A logistic regression with weight decay, by accelerated gradient steps whose size supposes rows of a length of about
 * one.
 */
export function fit(
  rows: readonly Row[],
  d: number,
  { most = iterations, decay: by }: { most?: number; decay: number },
): { w: Float64Array; b: number } {
  const step = 1 / (0.5 + by);
  let w = new Float64Array(d);
  let b = 0;
  const v = new Float64Array(d);
  let c = 0;
  const gradient = new Float64Array(d);
  for (let i = 0; i < most; i++) {
    gradient.fill(0);
    const bias = addGradient(rows, v, c, gradient);
    const momentum = i / (i + 3);
    const next = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      next[j] = v[j]! - step * (gradient[j]! + by * v[j]!);
      v[j] = next[j]! + momentum * (next[j]! - w[j]!);
    }
    const nextBias = c - step * bias;
    c = nextBias + momentum * (nextBias - b);
    [w, b] = [next, nextBias];
  }
  return { w, b };
}

/**
 * Adds the gradient of the loss of all rows at a direction and offset. Four rows at a time, as a processor adds four sums
 * in the time of one; each sum is in the order of its terms, as if row came after row.
 * @returns that of the offset
 */
function addGradient(rows: readonly Row[], v: Float64Array, c: number, gradient: Float64Array): number {
  const d = v.length;
  const errorOf = ({ y, weight }: Row, z: number) => weight * (1 / (1 + Math.exp(-z)) - y);
  let bias = 0;
  let at = 0;
  for (; at + 4 <= rows.length; at += 4) {
    const [one, two, three, four] = [rows[at]!, rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
    const [x1, x2, x3, x4] = [one.x, two.x, three.x, four.x];
    let [z1, z2, z3, z4] = [c, c, c, c];
    for (let j = 0; j < d; j++) {
      const by = v[j]!;
      z1 += by * x1[j]!;
      z2 += by * x2[j]!;
      z3 += by * x3[j]!;
      z4 += by * x4[j]!;
    }
    const [e1, e2, e3, e4] = [errorOf(one, z1), errorOf(two, z2), errorOf(three, z3), errorOf(four, z4)];
    bias = bias + e1 + e2 + e3 + e4;
    for (let j = 0; j < d; j++) gradient[j] = gradient[j]! + e1 * x1[j]! + e2 * x2[j]! + e3 * x3[j]! + e4 * x4[j]!;
  }
  for (; at < rows.length; at++) {
    const row = rows[at]!;
    const { x } = row;
    let z = c;
    for (let j = 0; j < d; j++) z += v[j]! * x[j]!;
    const error = errorOf(row, z);
    bias += error;
    for (let j = 0; j < d; j++) gradient[j]! += error * x[j]!;
  }
  return bias;
}

export const dot = (w: Float64Array, x: Float64Array, b: number): number => {
  let sum = b;
  for (let j = 0; j < x.length; j++) sum += w[j]! * x[j]!;
  return sum;
};
