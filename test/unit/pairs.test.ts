/** Cosines of pairs against a computation of its own, and what a sample of the rows says of all of them. */
import { describe, expect, it } from 'vitest';
import { pairCosines, pairedRows, pairsOfSome, shareBelow } from '../../src-main/search/index.ts';
import { toEnd } from '../../shared/work.ts';

const d = 6;
/** Ten groups about as many directions, in their order, as folders of photos are. */
const rows = (n: number) =>
  Float32Array.from({ length: n * d }, (_, i) => {
    const group = Math.floor((10 * Math.floor(i / d)) / n);
    return Math.sin(7.1 * group + 3.3 * (i % d)) + 0.8 * Math.sin(12.9898 * i + (i % 97) ** 2);
  });

function everyCosine(vectors: Float32Array, n: number): number[] {
  const row = (i: number) => [...vectors.subarray(i * d, (i + 1) * d)];
  const out: number[] = [];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const [a, b] = [row(i), row(j)];
      out.push(a.reduce((sum, x, t) => sum + x * b[t]!, 0) / (Math.hypot(...a) * Math.hypot(...b)));
    }
  return out;
}

describe('pairs of a collection', () => {
  it('are all of a small one, sorted', () => {
    const vectors = rows(30);
    const found = toEnd(pairCosines(vectors, 30, d));
    const expected = everyCosine(vectors, 30).sort((a, b) => a - b);
    expect(found.length).toBe(435);
    expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
  });

  it('say of how many a cosine is greater: none is greater than itself', () => {
    const sorted = Float32Array.of(-0.2, 0.1, 0.1, 0.7);
    expect([-1, 0.1, 0.11, 0.7, 1].map((value) => shareBelow(sorted, value))).toEqual([0, 0.25, 0.75, 0.75, 1]);
    expect(shareBelow(new Float32Array(), 0.5)).toBe(0);
  });

  it('of some rows stand for those of all within a percentage point and a half, the same ones each time', () => {
    const n = 900;
    const vectors = rows(n);
    const all = everyCosine(vectors, n);
    const some = pairsOfSome(vectors, n, d, 512);
    expect(some).toEqual(pairsOfSome(vectors, n, d, 512));
    expect(some.length).toBe(130_816);
    for (const value of [-0.5, 0, 0.5, 0.9, 0.97]) {
      const share = all.filter((other) => other < value).length / all.length;
      expect(Math.abs(shareBelow(some, value) - share)).toBeLessThan(0.015);
    }
    expect(new Set(pairedRows(n)).size).toBe(512);
  });
});
