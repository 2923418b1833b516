/** Small systems of equations. */

/**
 * The solution of a symmetric system; null where it has none.
 * @param upper [n, n], of which the upper half is read
 * @param right [n]
 */
export function solved(upper: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  const matrix = Float64Array.from(upper);
  const out = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!;
    matrix[i * n + i]! *= 1 + 1e-9;
  }
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(matrix[r * n + i]!) > Math.abs(matrix[pivot * n + i]!)) pivot = r;
    if (!(Math.abs(matrix[pivot * n + i]!) > 1e-9)) return null;
    for (let c = 0; c < n && pivot !== i; c++)
      [matrix[i * n + c], matrix[pivot * n + c]] = [matrix[pivot * n + c]!, matrix[i * n + c]!];
    [out[i], out[pivot]] = [out[pivot]!, out[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = matrix[r * n + i]! / matrix[i * n + i]!;
      for (let c = i; c < n; c++) matrix[r * n + c]! -= factor * matrix[i * n + c]!;
      out[r]! -= factor * out[i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) out[i]! -= matrix[i * n + c]! * out[c]!;
    out[i]! /= matrix[i * n + i]!;
  }
  return out;
}
