/**
 * Near-duplicates by perceptual hash, without comparing all pairs: cut into bands, two hashes that differ in at most
 * `distance` bits agree in at least one of `distance + 1` bands, so only photos sharing a band are compared.
 */
import { hashDistance } from '../../images/index.ts';

/** More than this many photos with one band's value: a flat picture's, which says nothing. Only equal hashes are joined there. */
const crowd = 400;

/**
 * Groups of two and more, largest first, each in the order given. Groups are connected: neighbours differ in at most
 * `distance` bits, the ends of a chain may differ in more.
 * @param photos hash: 16 hexadecimal digits
 */
export function nearDuplicates(photos: readonly { id: string; hash: string }[], distance: number): string[][] {
  const parent = photos.map((_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  const join = (a: number, b: number) => void (parent[root(b)] = root(a));

  const exact = new Map<string, number>();
  const distinct: number[] = [];
  photos.forEach(({ hash }, i) => {
    const first = exact.get(hash);
    if (first === undefined) {
      exact.set(hash, i);
      distinct.push(i);
    } else join(first, i);
  });
  if (distance > 0) {
    const bits = distinct.map((i) => BigInt(`0x${photos[i]!.hash}`));
    const bands = distance + 1;
    for (let band = 0; band < bands; band++) {
      const from = Math.floor((64 * band) / bands);
      const width = Math.floor((64 * (band + 1)) / bands) - from;
      const mask = (1n << BigInt(width)) - 1n;
      const buckets = new Map<bigint, number[]>();
      distinct.forEach((photo, j) => {
        const key = (bits[j]! >> BigInt(from)) & mask;
        const bucket = buckets.get(key);
        if (bucket) bucket.push(photo);
        else buckets.set(key, [photo]);
      });
      for (const bucket of buckets.values()) {
        if (bucket.length > crowd) continue;
        for (let a = 0; a < bucket.length; a++)
          for (let b = a + 1; b < bucket.length; b++)
            if (
              root(bucket[a]!) !== root(bucket[b]!) &&
              hashDistance(photos[bucket[a]!]!.hash, photos[bucket[b]!]!.hash) <= distance
            )
              join(bucket[a]!, bucket[b]!);
      }
    }
  }
  const groups = new Map<number, string[]>();
  photos.forEach(({ id }, i) => {
    const key = root(i);
    const group = groups.get(key);
    if (group) group.push(id);
    else groups.set(key, [id]);
  });
  return [...groups.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length);
}
