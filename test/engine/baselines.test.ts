/** The free baselines against test/golden/baselines.py (scikit-learn's PCA and neighbours, HOG by numpy). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freeNames } from '../../shared/baselines.ts';
import { fitPrincipal } from '../../src-main/evaluate/baselines/principal.ts';
import { fitFree, freeFeatures, knnClassify } from '../../src-main/evaluate/index.ts';

interface Golden {
  variances: number[];
  pixelProducts: number[][];
  whitenedProducts: number[][];
  balancedProducts: number[][];
  edges: number[][];
  knn: Record<'pixels' | 'whitened' | 'hog' | 'edges', number>;
  bytes: number;
}
const golden = JSON.parse(readFileSync(new URL('../golden/baselines.json', import.meta.url), 'utf8')) as Golden;
const COUNT = 240;
const CLASSES = 4;

/** The pictures of the script, in whole numbers. */
function counted(): Uint8Array {
  const out = new Uint8Array(COUNT * 32 * 32 * 3);
  const wave = (t: number) => {
    const rest = ((t % 512) + 512) % 512;
    return rest < 256 ? rest : 511 - rest;
  };
  let state = 12345n;
  let at = 0;
  for (let i = 0; i < COUNT; i++) {
    const draw = Array.from({ length: 8 }, () => {
      state = (state * 1103515245n + 12345n) % 2147483648n;
      return Number(state >> 16n);
    });
    const [across, down] = [
      [40, 3],
      [3, 40],
      [30, 28],
      [30, -28],
    ][i % CLASSES]!;
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++) {
        const stripes = wave(across! * x + down! * y + (draw[0]! % 512));
        const spots = wave((x - (draw[1]! % 32)) ** 2 + (y - (draw[2]! % 32)) ** 2 + (draw[3]! % 64));
        for (let c = 0; c < 3; c++)
          out[at++] = Math.trunc((stripes * (1 + (draw[4 + c]! % 3)) + spots * (1 + (draw[7]! % 3))) / 6);
      }
  }
  return out;
}

const pictures = counted();
const fitted = fitFree(pictures);
const free = freeFeatures(fitted, pictures);
const dot = (features: Float32Array, d: number, i: number, j: number) => {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += features[i * d + k]! * features[j * d + k]!;
  return sum;
};

describe('free baselines', () => {
  it('looks at the pictures of the script', () => {
    expect(pictures.reduce((sum, x) => sum + x, 0)).toBe(golden.bytes);
  });

  it('finds the variances of the principal components', () => {
    expect(fitted.pixels.variances.length).toBe(golden.variances.length);
    golden.variances.forEach((variance, k) =>
      expect(Math.abs(fitted.pixels.variances[k]! / variance - 1)).toBeLessThan(1e-5),
    );
  });

  it('finds the same components where there are more photos than numbers', () => {
    const often = new Uint8Array(4 * pictures.length);
    for (let k = 0; k < 4; k++) often.set(pictures, k * pictures.length);
    const { variances, directions } = fitFree(often).pixels;
    const d = directions.length / variances.length;
    for (const [k, variance] of fitted.pixels.variances.entries()) {
      expect(Math.abs(variances[k]! / variance - 1)).toBeLessThan(1e-9);
      let along = 0;
      for (let j = 0; j < d; j++) along += directions[k * d + j]! * fitted.pixels.directions[k * d + j]!;
      expect(Math.abs(Math.abs(along) - 1)).toBeLessThan(1e-6);
    }
  });

  it('gives orthogonal directions where variances are equal, and none where nothing varies', () => {
    const [n, d] = [64, 8];
    const rows = new Float32Array(n * d);
    for (let i = 0; i < n; i++) rows[i * d + (i % d)] = i < n / 2 ? 1 : -1;
    const { directions, variances } = fitPrincipal(rows, n, d, d);
    expect([...variances]).toEqual(Array.from({ length: d }, () => expect.closeTo(1 / 8, 12)));
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        let along = 0;
        for (let t = 0; t < d; t++) along += directions[i * d + t]! * directions[j * d + t]!;
        expect(along).toBeCloseTo(Number(i === j), 12);
      }
    expect(fitPrincipal(new Float32Array(40).fill(2.3), 10, 4, 3).variances).toHaveLength(0);
  });

  it.each([
    ['pixels', golden.pixelProducts],
    ['whitened', golden.whitenedProducts],
    ['edges', golden.balancedProducts],
  ] as const)('%s: the products of pictures with each other', (name, expected) => {
    const { features, d } = free[name];
    const scale = Math.max(...expected.flat().map(Math.abs));
    expected.forEach((row, i) =>
      row.forEach((value, j) => expect(Math.abs(dot(features, d, i, j) - value) / scale).toBeLessThan(1e-5)),
    );
  });

  it('counts edges by direction', () => {
    const { features, d } = free.hog;
    golden.edges.forEach((row, i) => {
      const length = Math.hypot(...row);
      row.forEach((value, j) => expect(Math.abs(features[i * d + j]! - value / length)).toBeLessThan(1e-5));
    });
  });

  it.each(freeNames)('%s: kNN with twenty neighbours', async (name) => {
    const { features, d } = free[name];
    const { accuracy } = await knnClassify({
      bank: features,
      bankLabels: Int32Array.from({ length: COUNT }, (_, i) => i % CLASSES),
      d,
      classes: CLASSES,
      k: 20,
      temperature: 0.1,
    });
    expect(Math.abs(accuracy - golden.knn[name])).toBeLessThan(1.5 / COUNT);
  });

  it('takes pictures that are all alike', () => {
    const black = new Uint8Array(3 * 32 * 32 * 3);
    const { pixels, hog, edges } = freeFeatures(fitFree(black), black);
    expect(pixels.d).toBe(0);
    expect(hog.features.every((x) => x === 0)).toBe(true);
    expect(edges.d).toBe(0);
  });
});
