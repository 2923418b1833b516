/** Which rows are chosen first, over blobs of which every answer can be said beforehand; and what choosing is worth. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidesOf } from '../../src-main/app/explore/gain.ts';
import { toEnd } from '../../shared/work.ts';
import { fewBut } from '../../src-main/app/explore/pick.ts';
import { byDoubt } from '../../src-main/search/pick.ts';
import { classify, ExactIndex, gain, mixed, typical, uncertain, varied } from '../../src-main/search/index.ts';
import type { Choice } from '../../src-main/search/index.ts';

const d = 8;
const [blobs, each] = [4, 30];
const n = blobs * each;
/** Counted, so that the test is the same each time. */
const noise = (seed: number) => Math.sin(12.9898 * seed + 78.233) * 0.15;
/** Row i lies in blob i % 4; a blob's first row is its middle, the last is a copy of it. */
const vectors = Float32Array.from({ length: n * d }, (_, at) => {
  const [row, j] = [Math.floor(at / d), at % d];
  const place = Math.floor(row / blobs);
  return (j === row % blobs ? 1 : 0) + (place === 0 || place === each - 1 ? 0 : noise(at));
});
const blob = (row: number) => row % blobs;
let index: ExactIndex;
beforeAll(async () => {
  index = await ExactIndex.create(vectors, n, d, { threads: 2 });
});
afterAll(() => index.close());
const choice = (patch: Partial<Choice>): Choice => ({ count: 4, allowed: null, before: [], doubt: null, ...patch });
const blobsOf = (rows: readonly number[]) => rows.map(blob).sort();

describe('what is chosen', () => {
  it.each([
    ['varied', varied],
    ['typical', typical],
    ['mixed', mixed],
  ])('is one of each kind: %s', async (_, rule) => {
    expect(blobsOf(await rule(index, choice({})))).toEqual([0, 1, 2, 3]);
  });

  it('is what is not there yet', async () => {
    const before = [0, 1, 4, 8];
    expect(blobsOf(await varied(index, choice({ count: 2, before })))).toEqual([2, 3]);
    expect(blobsOf((await mixed(index, choice({ count: 4, before }))).slice(0, 2))).toContain(2);
  });

  it('is told as it comes nearer, the comparing with what was chosen before too', async () => {
    const told: number[] = [];
    const before = Array.from({ length: 96 }, (_, row) => row);
    const rest = await varied(index, choice({ count: 24, before, onProgress: (done) => void told.push(done) }));
    expect(rest.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => 96 + i));
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect([told.length, told[0], told.at(-1)]).toEqual([3 + 24, 1 / 27, 1]);
  });

  it('stands in the middle of its kind, if it is to be typical', async () => {
    const middles = await typical(index, choice({}));
    for (const row of middles) expect([0, each - 1]).toContain(Math.floor(row / blobs));
  });

  it('is allowed, and no more than there are', async () => {
    const allowed = Uint8Array.from({ length: n }, (_, row) => (row >= 100 && row < 106 ? 1 : 0));
    for (const rule of [varied, typical, mixed])
      expect((await rule(index, choice({ count: 50, allowed, before: [103] }))).sort()).toEqual([
        100, 101, 102, 104, 105,
      ]);
  });

  it('is in doubt, most first, as a comparison of each with each has it', async () => {
    const some = Float32Array.from(
      { length: 5000 },
      (_, i) => [0, 1, 0.5, Math.abs(noise(i)), Math.abs(noise(i)) / 1e6][i % 5]!,
    );
    const rows = Int32Array.from({ length: 2500 }, (_, i) => 2 * i + (i % 2));
    const compared = [...rows].sort((a, b) => some[b]! - some[a]! || a - b);
    expect([...(await byDoubt(rows, some))]).toEqual(compared);
  });

  it('is in doubt, and no copy of what is chosen with it', async () => {
    const doubt = Float32Array.from({ length: n }, (_, row) => (blob(row) === 2 ? 1 - row / n / 10 : 0.2));
    const chosen = await uncertain(index, choice({ count: 5, doubt }));
    expect(blobsOf(chosen)).toEqual([2, 2, 2, 2, 2]);
    const copies = [2, (each - 1) * blobs + 2];
    expect(copies.every((row) => chosen.includes(row))).toBe(false);
    await expect(uncertain(index, choice({}))).rejects.toThrow('no doubt');
  });

  it('comes from what is in doubt once enough is known', async () => {
    const before = Array.from({ length: 80 }, (_, row) => row).filter((row) => blob(row) !== 1);
    const doubt = Float32Array.from({ length: n }, (_, row) => (blob(row) === 1 ? 1 : 0));
    expect(blobsOf(await mixed(index, choice({ count: 3, before, doubt })))).toEqual([1, 1, 1]);
  });

  it('is the same for the same seed', async () => {
    expect(await mixed(index, choice({ count: 9, seed: 3 }))).toEqual(
      await mixed(index, choice({ count: 9, seed: 3 })),
    );
  });

  it('ends where it is given up', async () => {
    await expect(varied(index, choice({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('classes by a few examples', () => {
  it('are found, and what lies between two is in doubt', async () => {
    const between = new Float32Array(d);
    between[0] = between[1] = 1;
    const some = await ExactIndex.create(Float32Array.from([...vectors.slice(0, 4 * d), ...between]), 5, d);
    const { labels, doubt } = await classify(some, vectors.slice(0, 4 * d), Int32Array.of(0, 1, 2, 3), 4);
    await some.close();
    expect([...labels.slice(0, 4)]).toEqual([0, 1, 2, 3]);
    expect(doubt[4]).toBeCloseTo(1, 5);
    for (const certain of doubt.slice(0, 4)) expect(certain).toBeLessThan(0.5);
  });
});

it('takes what has no tag evenly from among the rest', () => {
  const tagged = [0, 1, 2, 7];
  expect(fewBut(tagged, 12, 4)).toEqual([3, 5, 8, 10]);
  expect(fewBut(tagged, 8, 6)).toEqual([3, 4, 5, 6]);
});

describe('what choosing is worth', () => {
  it('is measured on every fifth photo, and on none that belongs with one that was picked from', () => {
    const tested = (groups: (string | null)[]) => {
      const photos = groups.map((group, i) => ({ group, label: String(i % 3) }));
      const sides = toEnd(sidesOf(photos));
      expect([...sides.classes]).toEqual(['0', '1', '2']);
      expect([...sides.tested, ...sides.rest].toSorted((a, b) => photos.indexOf(a) - photos.indexOf(b))).toEqual(
        photos,
      );
      return photos.map((photo) => Number(sides.tested.includes(photo))).join('');
    };
    expect(tested(Array<null>(11).fill(null))).toBe('10000100001');
    expect(tested(['a', 'a', 'b', null, 'b', 'c', 'a', null, 'd', 'b', 'd'])).toBe('11000010101');
  });

  it('is said by the same test for both, and all is right where the kinds lie apart', async () => {
    const labels = Int32Array.from({ length: n }, (_, row) => blob(row));
    const points = await gain(index, labels, blobs, 100, { sizes: [4, 12], draws: 3 });
    expect(points.map(({ known }) => known)).toEqual([4, 12]);
    expect(points[0]!.mixed.mean).toBe(1);
    expect(points[0]!.random.mean).toBeLessThan(1);
    expect(points[1]!.random.mean).toBeGreaterThan(points[0]!.random.mean);
    expect(points).toEqual(await gain(index, labels, blobs, 100, { sizes: [4, 12], draws: 3 }));
  });
});
