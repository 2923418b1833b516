/**
 * The leading eigenvectors of a symmetric matrix: the tridiagonal form of eigenvalues.ts, inverse iteration there, and
 * the reflections turned back (Golub and Van Loan, Matrix Computations, 8.3). For some dozens of vectors of a matrix
 * of some hundred rows, where all of them would be thrown away and powers of the matrix converge slowly.
 */
import { implicitQL, tridiagonalize } from './eigenvalues.ts';

/**
 * Steps of inverse iteration for one vector: the second is already right to the last digits, the third is for
 * eigenvalues that coincide.
 */
const SOLUTIONS = 3;

/**
 * @param matrix lower triangle [n, n], used up
 * @returns the `count` largest eigenvalues, falling, and their unit eigenvectors as rows [count, n]
 */
export function leadingEigenvectors(
  matrix: Float64Array,
  n: number,
  count: number,
): { values: Float64Array; vectors: Float64Array } {
  const { diagonal, below } = tridiagonalize(matrix, n);
  const sorted = Float64Array.from(diagonal);
  implicitQL(sorted, below);
  const values = sorted.sort().reverse().slice(0, count);
  const vectors = new Float64Array(values.length * n);
  const scale = Math.max(Math.abs(values[0] ?? 0), Number.MIN_VALUE);
  values.forEach((value, k) => {
    // Equal eigenvalues would all give the same vector: each is solved for a hair below the one before.
    const vector = vectors.subarray(k * n, (k + 1) * n);
    for (let i = 0; i < n; i++) vector[i] = Math.sin(1 + 12.9898 * (i + 1) * (k + 1));
    for (let turn = 0; turn < SOLUTIONS; turn++) {
      solveShifted(diagonal, below, value - k * Number.EPSILON * scale, Number.EPSILON * scale, vector);
      // Once keeps it from turning to the ones before, twice makes it upright on them to the last digits.
      const passes = turn === SOLUTIONS - 1 ? 2 : 1;
      for (let pass = 0; pass < passes; pass++) takeAway(vector, vectors, k);
      normalize(vector);
    }
  });
  for (let k = 0; k < values.length; k++) turnBack(matrix, n, vectors.subarray(k * n, (k + 1) * n));
  return { values, vectors };
}

/** Solves (T - shift I) x = b by elimination with row exchanges; `b` becomes x. A zero pivot counts as `tiny`. */
function solveShifted(diagonal: Float64Array, below: Float64Array, shift: number, tiny: number, b: Float64Array): void {
  const n = diagonal.length;
  const u0 = new Float64Array(n); // the upper triangle's diagonal and the two beside it
  const u1 = new Float64Array(n);
  const u2 = new Float64Array(n);
  let here = diagonal[0]! - shift;
  let right = n > 1 ? below[1]! : 0;
  for (let i = 0; i < n - 1; i++) {
    const under = below[i + 1]!;
    const nextHere = diagonal[i + 1]! - shift;
    const nextRight = i + 2 < n ? below[i + 2]! : 0;
    if (Math.abs(under) > Math.abs(here)) {
      const factor = here / under;
      u0[i] = under;
      u1[i] = nextHere;
      u2[i] = nextRight;
      [b[i], b[i + 1]] = [b[i + 1]!, b[i]! - factor * b[i + 1]!];
      here = right - factor * nextHere;
      right = -factor * nextRight;
    } else {
      const pivot = Math.abs(here) > tiny ? here : tiny;
      const factor = under / pivot;
      u0[i] = pivot;
      u1[i] = right;
      b[i + 1]! -= factor * b[i]!;
      here = nextHere - factor * right;
      right = nextRight;
    }
  }
  u0[n - 1] = Math.abs(here) > tiny ? here : tiny;
  for (let i = n - 1; i >= 0; i--)
    b[i] = (b[i]! - (i + 1 < n ? u1[i]! * b[i + 1]! : 0) - (i + 2 < n ? u2[i]! * b[i + 2]! : 0)) / u0[i]!;
  // Growth near an eigenvalue is by design; it must not overflow.
  normalize(b);
}

/** Applies the reflections that made the matrix tridiagonal, the last one first. */
function turnBack(reflections: Float64Array, n: number, vector: Float64Array): void {
  for (let k = 1; k < n; k++) {
    const row = k * n;
    let squares = 0;
    let inner = 0;
    for (let j = 0; j < k; j++) {
      const v = reflections[row + j]!;
      squares += v * v;
      inner += v * vector[j]!;
    }
    if (squares === 0) continue;
    const factor = (2 * inner) / squares;
    for (let j = 0; j < k; j++) vector[j]! -= factor * reflections[row + j]!;
  }
}

/** Takes the first `count` of the unit rows out of the vector, one after another; sums by fours, as each addition waits for the one before. */
function takeAway(vector: Float64Array, units: Float64Array, count: number): void {
  const n = vector.length;
  for (let at = 0; at < count * n; at += n) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let i = 0;
    for (; i + 3 < n; i += 4) {
      a += vector[i]! * units[at + i]!;
      b += vector[i + 1]! * units[at + i + 1]!;
      c += vector[i + 2]! * units[at + i + 2]!;
      d += vector[i + 3]! * units[at + i + 3]!;
    }
    for (; i < n; i++) a += vector[i]! * units[at + i]!;
    const along = a + b + (c + d);
    for (let j = 0; j < n; j++) vector[j]! -= along * units[at + j]!;
  }
}

function normalize(vector: Float64Array): void {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  if (largest === 0) return;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i] = vector[i]! / largest) ** 2;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
}
