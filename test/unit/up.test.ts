/** Whether photos have an up: told of pictures that share one, not of those that do not, and what is made of it. */
import { expect, it } from 'vitest';
import { kindOfShare } from '../../src-main/app/lab/guess.ts';
import { shareTold } from '../../src-main/search/index.ts';
import { counted } from '../engine/golden.ts';

const SIDE = 8;
/** Noise, with light from above as strong as told. */
const picture = (i: number, light: number): Float32Array =>
  counted(`picture ${i}`, 3 * SIDE * SIDE, 1).map(
    (value, k) => value + light * (1 - (k % (SIDE * SIDE)) / (SIDE * SIDE)),
  );
const shareOf = (light: (i: number) => number) =>
  shareTold(
    Array.from({ length: 300 }, (_, i) => picture(i, light(i))),
    SIDE,
  );

it('is told of pictures that are lit from above, and of none where half of them are from below', () => {
  expect(shareOf(() => 1)).toBeGreaterThan(0.9);
  expect(shareOf((i) => (i % 2 ? 1 : -1))).toBeLessThan(0.55);
  expect(shareOf(() => 0)).toBeLessThan(0.58);
});

it('decides how views may differ', () => {
  expect([0.5, 0.65, 0.85].map(kindOfShare)).toEqual(['noUp', 'any', 'upright']);
});
