/**
 * The leading principal components of a covariance matrix, by block power iteration and Rayleigh-Ritz. The block is
 * wider than what is asked for, so that convergence does not hang on the gap right behind it.
 */

const EXTRA = 6;

/** Orthonormalises the rows of `block` [m, d] in place (modified Gram-Schmidt, twice). */
function orthonormalize(block: Float64Array[], d: number): void {
  for (let pass = 0; pass < 2; pass++)
    for (let i = 0; i < block.length; i++) {
      const row = block[i]!;
      for (let j = 0; j < i; j++) {
        let inner = 0;
        for (let t = 0; t < d; t++) inner += row[t]! * block[j]![t]!;
        for (let t = 0; t < d; t++) row[t]! -= inner * block[j]![t]!;
      }
      let norm = 0;
      for (let t = 0; t < d; t++) norm += row[t]! ** 2;
      norm = Math.sqrt(norm);
      if (norm > 1e-300) for (let t = 0; t < d; t++) row[t]! /= norm;
      else row.fill(0);
    }
}

function multiply(covariance: Float64Array, d: number, row: Float64Array): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += covariance[i * d + j]! * row[j]!;
    out[i] = sum;
  }
  return out;
}

/** Eigenvectors of a small symmetric matrix by Jacobi rotations, as rows, largest eigenvalue first. */
function jacobi(a: number[][]): { values: number[]; vectors: number[][] } {
  const m = a.length;
  const v: number[][] = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < m; p++) for (let q = p + 1; q < m; q++) off += a[p]![q]! ** 2;
    if (off < 1e-300) break;
    for (let p = 0; p < m; p++)
      for (let q = p + 1; q < m; q++) {
        if (a[p]![q] === 0) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let i = 0; i < m; i++) {
          const x = a[i]![p]!;
          const y = a[i]![q]!;
          a[i]![p] = c * x - s * y;
          a[i]![q] = s * x + c * y;
        }
        for (let i = 0; i < m; i++) {
          const x = a[p]![i]!;
          const y = a[q]![i]!;
          a[p]![i] = c * x - s * y;
          a[q]![i] = s * x + c * y;
        }
        for (let i = 0; i < m; i++) {
          const x = v[p]![i]!;
          const y = v[q]![i]!;
          v[p]![i] = c * x - s * y;
          v[q]![i] = s * x + c * y;
        }
      }
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]! || i - j);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => v[i]!) };
}

/**
 * The `count` leading eigenvectors of `covariance` [d, d] as rows, the sign such that the element largest in size is
 * positive, and their eigenvalues. Where the matrix has fewer directions the rest are zero.
 */
export function leadingComponents(
  covariance: Float64Array,
  d: number,
  count: number,
): { vectors: Float64Array[]; values: number[] } {
  const size = Math.min(d, count + EXTRA);
  // A fixed start that no structured matrix is orthogonal to.
  let block = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: d }, (__, j) => Math.sin((j + 1) * (i + 1) * 0.7391 + i)),
  );
  orthonormalize(block, d);
  let before = Array.from({ length: count }, () => Infinity);
  for (let iteration = 0; iteration < 200; iteration++) {
    const images = block.map((row) => multiply(covariance, d, row));
    const small = block.map((row) => images.map((image) => row.reduce((s, x, t) => s + x * image[t]!, 0)));
    const { values, vectors } = jacobi(small.map((row, i) => row.map((x, j) => (x + small[j]![i]!) / 2)));
    const rotate = (rows: Float64Array[]) =>
      vectors.map((w) => Float64Array.from({ length: d }, (_, t) => w.reduce((s, x, i) => s + x * rows[i]![t]!, 0)));
    const now = values.slice(0, count);
    const settled = now.every((x, i) => Math.abs(x - before[i]!) <= 1e-13 * Math.abs(values[0]!));
    before = now;
    block = rotate(settled ? block : images);
    orthonormalize(block, d);
    if (settled) break;
  }
  const top = block.slice(0, Math.min(count, size));
  while (top.length < count) top.push(new Float64Array(d));
  for (const row of top) {
    let largest = 0;
    for (let t = 0; t < d; t++) if (Math.abs(row[t]!) > Math.abs(row[largest]!) * (1 + 1e-9)) largest = t;
    if (row[largest]! < 0) for (let t = 0; t < d; t++) row[t] = -row[t]!;
  }
  return { vectors: top, values: Array.from({ length: count }, (_, i) => Math.max(0, before[i] ?? 0)) };
}
