/** Whether a picture shows the scene of rasters.ts. */
import { expect } from 'vitest';
import type { DecodedImage } from '../../src-main/images/index.ts';
import { scene, SIDE } from './rasters.ts';

/** One channel of the picture. */
export const channel = (image: DecodedImage, c = 0): number[] =>
  Array.from({ length: SIDE * SIDE }, (_, i) => image.data[3 * i + c]!);
export const reference = Array.from({ length: SIDE * SIDE }, (_, i) => 255 * scene(i % SIDE, Math.floor(i / SIDE)));

function spread(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [a, b].map((each) => each.reduce((sum, value) => sum + value, 0) / each.length) as [
    number,
    number,
  ];
  const product = a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / a.length;
  return product / (spread(a) * spread(b));
}

/** The scene is seen: neither black, nor white, nor one grey, and nothing else than it. */
export function expectScene(seen: readonly number[], expected: readonly number[] = reference): void {
  expect(correlation(seen, expected)).toBeGreaterThan(0.98);
  expect(spread(seen) / spread(expected)).toBeGreaterThan(0.7);
}
