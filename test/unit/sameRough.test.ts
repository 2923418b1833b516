/** What spares a collection's proposals the whole comparison: a bound of it, and the best pairs in arrays. */
import { expect, it } from 'vitest';
import { Best } from '../../src-main/images/same/best.ts';
import { isRoughly } from '../../src-main/images/same/fit.ts';
import { inverse, plain } from '../../src-main/images/same/grey.ts';
import type { Grey } from '../../src-main/images/same/grey.ts';
import { sketchSide } from '../../src-main/images/same/hashes.ts';
import { judged } from '../../src-main/images/same/judge.ts';
import { mostCorrelation } from '../../src-main/images/same/rough.ts';
import { random } from '../helpers/random.ts';

const chance = random(3);
const side = sketchSide;

/** Smooth brightness between two levels. */
function picture(from: number, to: number): Float32Array {
  const waves = Array.from({ length: 6 }, () => [4 * chance(), 4 * chance(), 6.28 * chance()] as const);
  const raw = Float32Array.from({ length: side ** 2 }, (_, i) =>
    waves.reduce((sum, [u, v, phase]) => sum + Math.cos((u * (i % side) + v * Math.floor(i / side)) / 3 + phase), 0),
  );
  const [least, most] = [Math.min(...raw), Math.max(...raw)];
  return raw.map((value) => from + ((value - least) / (most - least)) * (to - from));
}
const sketch = (data: Float32Array): Grey =>
  plain(
    side,
    data.map((value) => Math.max(0, Math.min(255, Math.round(value)))),
  );
const window = () => ({
  x0: 0.1 * chance() - 0.05,
  sx: 0.9 + 0.2 * chance(),
  y0: 0.1 * chance() - 0.05,
  sy: 0.9 + 0.2 * chance(),
});

it('is never less than what the whole comparison of two sketches finds', () => {
  for (let round = 0; round < 150; round++) {
    const [one, other] = [picture(20, 215), picture(20, 215)];
    const share = (round % 10) / 10;
    const mixed = one.map((value, i) => share * value + (1 - share) * other[i]!);
    const bent = mixed.map((value) => 255 * (value / 255) ** (0.6 + chance()));
    const warp = window();
    const [a, b] = [sketch(one), sketch(bent)];
    const found = judged(a, b, warp).correlation;
    expect(mostCorrelation(a, b, warp)).toBeGreaterThanOrEqual(found - 1e-4);
  }
});

it('gives up pictures of one kind, and no copy that was bent, moved a little or clipped', () => {
  let givenUp = 0;
  for (let round = 0; round < 60; round++) {
    const data = picture(10, 200);
    const [a, gain] = [sketch(data), 1 + chance()];
    expect(isRoughly(a, sketch(data.map((value) => 255 * (value / 255) ** 1.5)), 0.88)).toBe(true);
    expect(isRoughly(a, sketch(data.map((value) => gain * value)), 0.88)).toBe(true);
    const alike = picture(30, 200).map((value, i) => 0.4 * value + 0.6 * data[i]!);
    const of = { x0: 0, sx: 1, y0: 0, sy: 1 };
    if (mostCorrelation(a, sketch(alike), of) < 0.88) givenUp++;
  }
  expect(givenUp).toBeGreaterThan(30);
});

it('tries every start where the first brought two near, as another may find them one', () => {
  const from = random(4117); // of 15,000 such pairs the one that the last start alone finds
  const waves = Array.from({ length: 6 }, () => [4 * from(), 4 * from(), 6.28 * from()] as const);
  const at = (x: number, y: number) =>
    waves.reduce((sum, [u, v, phase]) => sum + Math.cos((u * x + v * y) / 3 + phase), 0);
  const [scale, dx, dy] = [0.84 + 0.32 * from(), 2 * from() - 1, 2 * from() - 1];
  const shown = (of: (x: number, y: number) => number) => {
    const raw = Float32Array.from({ length: side ** 2 }, (_, i) => of(i % side, Math.floor(i / side)));
    const [least, most] = [Math.min(...raw), Math.max(...raw)];
    return sketch(raw.map((value) => 20 + ((value - least) / (most - least)) * 195));
  };
  const moved = (x: number, y: number) => at(7.5 + dx + scale * (x - 7.5), 7.5 + dy + scale * (y - 7.5));
  expect(isRoughly(shown(at), shown(moved), 0.88)).toBe(true);
});

it('keeps of each photo the six that are most like it, and a pair while either wants it', () => {
  const count = 30;
  const best = new Best(count);
  const pairs = Array.from({ length: count * count }, (_, i) => [Math.floor(i / count), i % count] as const)
    .filter(([a, b]) => a < b)
    .map(([a, b]) => ({ a, b, way: (a + b) % 8, correlation: chance() }));
  for (const { a, b, way, correlation } of [...pairs, ...pairs]) best.offer(a, b, way, correlation);
  const wanted = new Set<string>();
  for (let row = 0; row < count; row++)
    pairs
      .filter(({ a, b }) => a === row || b === row)
      .sort((one, other) => other.correlation - one.correlation)
      .slice(0, 6)
      .forEach(({ a, b, way }) => wanted.add(`${a} ${b} ${way}`));
  const kept: string[] = [];
  best.each((a, b, way) => kept.push(`${a} ${b} ${way}`));
  expect(kept.sort()).toEqual([...wanted].sort());
  expect(best.size).toBe(6 * count);
  // laid the other way round it is the same pair
  const turned = new Best(2);
  turned.offer(1, 0, 5, 0.9);
  turned.each((a, b, way) => expect([a, b, way]).toEqual([0, 1, inverse(5)]));
});
