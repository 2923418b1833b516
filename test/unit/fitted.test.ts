/** A map's places are drawn in one square: the middle in the middle, both axes by one scale, far points at the edge. */
import { expect, it } from 'vitest';
import { fitted } from '../../src-main/app/explore/fitted.ts';
import { toEnd } from '../../shared/work.ts';

it('is centred and scaled by its wider axis', () => {
  const n = 201;
  const places = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? 7 + (i >> 1) / 100 : 40 + (i >> 1)));
  const drawn = toEnd(fitted(places));
  // of 201 values the inner 99 % are the 2nd to the 200th
  for (const [row, x] of [
    [1, -0.96],
    [100, 0],
    [199, 0.96],
  ] as const) {
    expect(drawn[2 * row]).toBeCloseTo(x, 5);
    expect(drawn[2 * row + 1]).toBeCloseTo(x / 100, 5);
  }
});

it('draws what lies far outside at the edge', () => {
  const places = Float32Array.from({ length: 2000 }, (_, i) => (i < 2 ? 1e6 : Math.sin(i)));
  expect([...toEnd(fitted(places)).subarray(0, 2)]).toEqual([1, 1]);
});

it('places very many in pieces, each as by itself', () => {
  const n = 120_001;
  const places = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i * 12.9898) * 10);
  const work = fitted(places);
  let pieces = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) pieces++;
  expect(pieces).toBe(5); // the spread of each axis, and three times 50,000 points
  const drawn = step.value;
  const scale = drawn[0]! - drawn[4]!;
  for (const i of [99_999, 100_000, 100_001, 239_999, 240_001])
    expect((drawn[i]! - drawn[i % 2]!) / scale).toBeCloseTo(
      (places[i]! - places[i % 2]!) / (places[0]! - places[4]!),
      3,
    );
});

it.each([0, 1])('takes %i points', (n) => {
  expect([...toEnd(fitted(new Float32Array(2 * n).fill(3)))]).toEqual(new Array(2 * n).fill(0));
});
