/**
 * Principal components of an index's rows: their covariance through the search kernel, its leading eigenvectors, and
 * every row's coordinates along them.
 */
import { leadingEigenvectors } from './eigenvectors.ts';
import type { Components } from './results.ts';
import { createMemory } from './kernels.ts';
import { BLOCK, planLayout } from './layout.ts';
import { Rows } from './rows.ts';

/** Rows the covariance is made of, evenly spaced: two leading directions need no more. */
const SAMPLES = 16_384;
/** Samples to a product: long enough that sums into the covariance cost little. */
const PIECE = 1024;

/**
 * The coordinates of all rows [n, d] along their `count` strongest principal components, which are found from every so
 * many-th of them where there are many.
 */
export function sampledComponents(rows: Rows, count: number): Components {
  const { n, d } = rows.layout;
  const stride = Math.max(1, Math.ceil(n / SAMPLES));
  const sampled = Math.ceil(n / stride);
  const mean = new Float64Array(d);
  for (let row = 0; row < n; row += stride) {
    const values = rows.row(row);
    for (let j = 0; j < d; j++) mean[j]! += values[j]! / sampled;
  }

  // Channels as rows, samples along them: the kernel's products are then the covariance.
  const piece = Math.min(PIECE, Math.ceil(sampled / 16) * 16);
  const layout = planLayout(d, piece, 1);
  const channels = new Rows(layout, createMemory(layout), 0);
  const covariance = new Float64Array(d * d);
  for (let first = 0; first < sampled; first += piece) {
    channels.data.fill(0);
    const size = Math.min(piece, sampled - first);
    // Centred before the product: afterwards float32 would cancel where features hardly vary.
    for (let i = 0; i < size; i++) {
      const values = rows.row((first + i) * stride);
      for (let j = 0; j < d; j++) channels.data[j * piece + i] = values[j]! - mean[j]!;
    }
    for (let block = 0; block < d; block += BLOCK) {
      const size = Math.min(BLOCK, d - block);
      channels.setQueries(channels.data.subarray(block * piece), size, piece);
      for (let j = 0; j < d; j += layout.tileRows) {
        const tile = Math.min(layout.tileRows, d - j);
        channels.products(j, tile, size);
        for (let q = 0; q < size; q++)
          for (let t = 0; t < tile; t++)
            covariance[(block + q) * d + j + t]! += channels.scores[q * layout.tileRows + t]! / sampled;
      }
    }
  }

  let total = 0;
  for (let j = 0; j < d; j++) total += covariance[j * d + j]!;
  const { values, vectors } = leadingEigenvectors(covariance, d, count);
  const coordinates = new Float32Array(n * count); // zero where there is no direction left
  values.forEach((variance, c) => {
    if (!(variance > 0)) return;
    const direction = vectors.subarray(c * d, (c + 1) * d);
    turnPositive(direction);
    const offset = direction.reduce((sum, x, j) => sum + x * mean[j]!, 0);
    for (let row = 0; row < n; row++) {
      let sum = -offset;
      const values = rows.row(row);
      for (let j = 0; j < d; j++) sum += values[j]! * direction[j]!;
      coordinates[row * count + c] = sum;
    }
  });
  const explained = Float32Array.from({ length: count }, (_, c) => Math.max(0, values[c] ?? 0) / (total || 1));
  return { coordinates, explained };
}

/** Turns a direction so that its element largest in size is positive: the sign of an eigenvector is anybody's choice. */
function turnPositive(direction: Float64Array): void {
  let largest = 0;
  for (let t = 0; t < direction.length; t++)
    if (Math.abs(direction[t]!) > Math.abs(direction[largest]!) * (1 + 1e-9)) largest = t;
  if (direction[largest]! < 0) for (let t = 0; t < direction.length; t++) direction[t] = -direction[t]!;
}
