/** Hashes of pictures: every pair that is near enough is found, among however many. */
import { describe, expect, it } from 'vitest';
import { hashMatches, planBands } from '../../src-main/images/same/hashMatches.ts';
import { random } from '../helpers/random.ts';

const next = random(7);
const below = (count: number) => Math.floor(next() * count);
const anyHash = (): bigint => (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32));
function flipped(hash: bigint, bits: number): bigint {
  const places = new Set<number>();
  while (places.size < bits) places.add(below(64));
  return [...places].reduce((value, place) => value ^ (1n << BigInt(place)), hash);
}
const packed = (hashes: readonly bigint[]): Uint32Array =>
  Uint32Array.from(hashes.flatMap((hash) => [Number(hash >> 32n), Number(hash & 0xffffffffn)]));
const distanceOf = (a: bigint, b: bigint) => (a ^ b).toString(2).replaceAll('0', '').length;

function matches(table: readonly bigint[], queries: readonly bigint[], distance: number): Set<string> {
  const found = new Set<string>();
  hashMatches(packed(table), packed(queries), distance, (query, entry) => found.add(`${query} ${entry}`));
  return found;
}

describe('matches of hashes', () => {
  it('are those that comparing every pair finds, at every distance', () => {
    const table = Array.from({ length: 60 }, anyHash);
    const queries = table.map((hash, i) => flipped(hash, i % 18));
    for (let distance = 0; distance <= 16; distance++) {
      const all = queries.flatMap((query, q) =>
        table.flatMap((entry, e) => (distanceOf(query, entry) <= distance ? [`${q} ${e}`] : [])),
      );
      expect([...matches(table, queries, distance)].sort()).toEqual(all.sort());
    }
  });

  it('are found where thousands of others share most of their bits', () => {
    // the upper 40 bits of the crowd are alike, so every table of those has one full bucket
    const crowd = Array.from({ length: 3000 }, () => (0xabcdef1234n << 24n) | BigInt(below(2 ** 24)));
    const planted = Array.from({ length: 200 }, anyHash);
    const found = matches(
      [...crowd, ...planted],
      planted.map((hash) => flipped(hash, 8)),
      8,
    );
    expect(planted.filter((_, i) => found.has(`${i} ${crowd.length + i}`)).length).toBe(200);
  });

  it('are looked for in bands whose radii miss no pair', () => {
    for (const count of [10, 10_000, 2_000_000])
      for (let distance = 0; distance <= 16; distance++) {
        const bands = planBands(count, distance);
        // a pair that escapes every band differs by more than the radius in each, and by anything in those left out
        const least = bands.reduce((sum, { radius }) => sum + radius + 1, 0);
        expect(least, `${count} hashes at ${distance}`).toBeGreaterThan(distance);
        for (let b = 1; b < bands.length; b++)
          expect(bands[b]!.from).toBeGreaterThanOrEqual(bands[b - 1]!.from + bands[b - 1]!.width);
        expect(bands.every(({ width }) => width <= 22)).toBe(true);
      }
  });
});
