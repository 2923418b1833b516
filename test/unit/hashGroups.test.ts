/** Groups of perceptual hashes against comparing every pair, and copies planted among crowds of look-alikes. */
import { describe, expect, it } from 'vitest';
import { hashGroups } from '../../src-main/search/index.ts';
import { groupHashes } from '../../src-main/search/hashGroups.ts';
import { planBands } from '../../src-main/search/hashPairs.ts';
import type { Members } from '../../src-main/search/groups.ts';

let state = 7;
const random = (count: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * count);
};
const anyHash = (): bigint => (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32));
function flipped(hash: bigint, bits: number): bigint {
  const places = new Set<number>();
  while (places.size < bits) places.add(random(64));
  return [...places].reduce((value, place) => value ^ (1n << BigInt(place)), hash);
}
const packed = (hashes: readonly bigint[]): Uint32Array =>
  Uint32Array.from(hashes.flatMap((hash) => [Number(hash >> 32n), Number(hash & 0xffffffffn)]));
const groupsOf = ({ members, starts }: Members): number[][] =>
  Array.from({ length: starts.length - 1 }, (_, g) => [...members.subarray(starts[g], starts[g + 1])]);

/** Every pair compared. */
function compareAll(hashes: readonly bigint[], distance: number): string[] {
  const groupOf = hashes.map((_, i) => i);
  const bits = (value: bigint) => value.toString(2).replaceAll('0', '').length;
  for (let i = 0; i < hashes.length; i++)
    for (let j = i + 1; j < hashes.length; j++) {
      const [from, to] = [groupOf[j]!, groupOf[i]!];
      if (from !== to && bits(hashes[i]! ^ hashes[j]!) <= distance)
        groupOf.forEach((group, row) => group === from && (groupOf[row] = to));
    }
  const groups = Map.groupBy(groupOf.keys(), (row) => groupOf[row]!);
  return [...groups.values()]
    .filter((rows) => rows.length > 1)
    .map((rows) => rows.join(' '))
    .sort();
}

describe('groups of hashes', () => {
  it('are those that comparing every pair finds, at every distance', () => {
    const bases = Array.from({ length: 60 }, anyHash);
    const hashes = bases.flatMap((hash, i) => [
      hash,
      flipped(hash, i % 18),
      ...(i % 3 ? [] : [flipped(hash, 3), hash]),
    ]);
    for (let distance = 0; distance <= 16; distance++)
      expect(
        groupsOf(groupHashes({ hashes: packed(hashes), distance }))
          .map((rows) => rows.join(' '))
          .sort(),
      ).toEqual(compareAll(hashes, distance));
  });

  it('are found where thousands of others share most of their bits', () => {
    // Flat pictures: the upper 40 bits are alike, so every table of those has one full bucket.
    const crowd = Array.from({ length: 3000 }, () => (0xabcdef1234n << 24n) | BigInt(random(2 ** 24)));
    const planted = Array.from({ length: 200 }, anyHash);
    const hashes = [...crowd, ...planted, ...planted.map((hash) => flipped(hash, 8))];
    const at = crowd.length;
    const groups = groupsOf(groupHashes({ hashes: packed(hashes), distance: 8 }));
    const found = planted.filter((_, i) =>
      groups.some((rows) => rows.length === 2 && rows[0] === at + i && rows[1] === at + planted.length + i),
    );
    expect(found.length).toBe(200);
  });

  it('come from a thread, the largest first, and can be cancelled', async () => {
    const hashes = packed([1n, 1n, 5n, 2n ** 60n, 5n, 5n]);
    expect(groupsOf(await hashGroups({ hashes, distance: 0 }))).toEqual([
      [2, 4, 5],
      [0, 1],
    ]);
    await expect(hashGroups({ hashes, distance: 0 }, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
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
