/** The logistic head on features: it finds the direction of a tag from a handful, and says what it does not know. */
import { describe, expect, it } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { findRest, nearestBut } from '../../src-main/app/explore/find.ts';
import { toldBy } from '../../src-main/app/explore/answers.ts';
import { backgroundOf, fitHead } from '../../src-main/app/explore/head.ts';
import type { OpenSet } from '../../src-main/app/explore/openSet.ts';

const d = 64;
/** Counted, so that the test is the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  const uniform = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
const unit = (vector: Float32Array) => vector.map((value) => value / Math.hypot(...vector));

/** 2000 photos, `share` of them of one kind, `apart` standard deviations from the rest; all with a large common part. */
function photos(share: number, apart: number) {
  const normal = numbers(7);
  const direction = unit(Float32Array.from({ length: d }, normal));
  const isOne = Array.from({ length: 2000 }, (_, i) => i % Math.round(1 / share) === 0);
  const vectors = isOne.map((one) =>
    unit(
      Float32Array.from({ length: d }, (_, j) => 10 * Number(j === 0) + normal() + (one ? apart * direction[j]! : 0)),
    ),
  );
  return { isOne, vectors, background: backgroundOf(vectors, d) };
}
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);

/** Share of the kind among the first so many that are not examples. */
function precision(
  { isOne, vectors }: ReturnType<typeof photos>,
  direction: Float32Array,
  examples: Set<number>,
  most: number,
) {
  const ranked = vectors
    .map((vector, i) => ({ i, score: dot(vector, direction) }))
    .filter(({ i }) => !examples.has(i))
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
  return ranked.filter(({ i }) => isOne[i]).length / ranked.length;
}

describe('answers', () => {
  const normal = numbers(11);
  const others = Array.from({ length: 500 }, normal);

  it('say between how many there are where scores hardly part those that belong from those that do not', () => {
    const yes = Array.from({ length: 60 }, () => 2.4 + 0.5 * normal());
    const no = Array.from({ length: 20 }, () => 2 + 0.5 * normal());
    const counts = { yes: 60, no: 20 };
    const told = toldBy({ yes, no, counts }, others, 2)!;
    expect(told.apart).toBeGreaterThan(0.55);
    expect(told.apart).toBeLessThan(0.8);
    const [least, most] = told.range!;
    // three in four of those that were looked at belonged: most of the upper fiftieth, and some of what is below
    expect(least).toBeGreaterThan(0.01);
    expect(least).toBeLessThan(most);
    expect(most).toBeLessThan(0.3);
  });

  it('say nothing of the number where there is no order, and nothing at all where few were rejected', () => {
    const same = Array.from({ length: 20 }, (_, i) => i / 10);
    const told = toldBy({ yes: same, no: same, counts: { yes: 20, no: 20 } }, others, 2)!;
    expect(told.apart).toBeLessThan(0.5);
    expect(told.range).toBeNull();
    expect(toldBy({ yes: same, no: [1, 2], counts: { yes: 20, no: 2 } }, others, 2)).toBeNull();
  });
});

describe('the head', () => {
  it('ranks the rest of a tag first, from five examples', async () => {
    const set = photos(0.05, 5);
    const examples = [0, 200, 400, 600, 800];
    const { direction, share, separability } = await fitHead(
      examples.map((i) => set.vectors[i]!),
      [],
      set.background,
    );
    expect(precision(set, direction, new Set(examples), 60)).toBeGreaterThan(0.9);
    expect(separability!).toBeGreaterThan(0.8);
    expect(share!).toBeGreaterThan(0.02);
    expect(share!).toBeLessThan(0.12);
  });

  it('does better with what was rejected: photos of a kind beside the one that is meant', async () => {
    const normal = numbers(7);
    const [own, shared] = [0, 1].map(() => unit(Float32Array.from({ length: d }, normal)));
    const kinds = Array.from({ length: 2000 }, (_, i) => (i % 20 === 0 ? 'meant' : i % 20 === 1 ? 'beside' : 'other'));
    const vectors = kinds.map((kind) =>
      unit(
        Float32Array.from({ length: d }, (_, j) => {
          const common = kind === 'other' ? 0 : 6 * shared![j]!;
          return 10 * Number(j === 0) + normal() + common + (kind === 'meant' ? 1.6 * own![j]! : 0);
        }),
      ),
    );
    const set = { isOne: kinds.map((kind) => kind === 'meant'), vectors, background: backgroundOf(vectors, d) };
    const examples = Array.from({ length: 20 }, (_, i) => 40 * i);
    const positive = examples.map((i) => vectors[i]!);
    const first = await fitHead(positive, [], set.background);
    const rejected = vectors
      .map((vector, i) => ({ i, score: dot(vector, first.direction) }))
      .filter(({ i }) => !set.isOne[i])
      .sort((a, b) => b.score - a.score)
      .slice(0, 20)
      .map(({ i }) => i);
    const then = await fitHead(
      positive,
      rejected.map((i) => vectors[i]!),
      set.background,
    );
    const known = new Set([...examples, ...rejected]);
    const [before, after] = [first, then].map(({ direction }) => precision(set, direction, known, 50));
    expect(after!).toBeGreaterThan(before! + 0.02);
  });

  it('says how many there are within a factor of two, though the examples were taken from the top of its own ranking', async () => {
    const set = photos(0.1, 6);
    const seeds = [0, 200, 400, 600, 800, 1000].map((i) => set.vectors[i]!);
    const { direction } = await fitHead(seeds, [], set.background);
    const top = [...set.vectors].sort((a, b) => dot(b, direction) - dot(a, direction)).slice(0, 60);
    const { share } = await fitHead([...seeds, ...top], [], set.background);
    expect(share!).toBeGreaterThan(0.05);
    expect(share!).toBeLessThan(0.2);
  });

  it('says that it cannot tell apart what is not apart, and nothing of how many from too few', async () => {
    const set = photos(0.05, 0);
    const examples = Array.from({ length: 12 }, (_, i) => set.vectors[i * 40]!);
    expect((await fitHead(examples, [], set.background)).separability!).toBeLessThan(0.7);
    const { share, separability } = await fitHead(examples.slice(0, 3), [], set.background);
    expect([share, separability]).toEqual([null, null]);
  });

  it('is as sure among two dozen photos as they allow', async () => {
    const { vectors } = photos(0.25, 5);
    const background = backgroundOf(vectors.slice(0, 24), d);
    const { share, separability } = await fitHead(
      [0, 4, 8, 12, 16].map((i) => vectors[i]!),
      [],
      background,
    );
    expect(separability!).toBeGreaterThan(0.6);
    expect(share!).toBeGreaterThan(0);
    expect(share!).toBeLessThan(1);
  });
});

describe('how many photos probably have a tag', () => {
  const { isOne, vectors } = photos(0.05, 5);
  const kind = isOne.flatMap((one, i) => (one ? i : []));
  const others = isOne.flatMap((one, i) => (one ? [] : i));
  const set = {
    ids: IdList.of(vectors.map((_, i) => `${i}`)),
    row: { dimensions: d },
    vector: (at: number) => Promise.resolve(vectors[at]),
    index: {
      products: () => Promise.resolve(new Float32Array(vectors.length)),
      query: () => Promise.resolve({ indices: new Int32Array(0), similarities: new Float32Array(0) }),
    },
  } as unknown as OpenSet;
  const found = (rows: readonly number[], wrong: readonly number[] = []) => {
    const tags = { here: () => [rows.map(String)], rejectedPieces: () => [wrong.map(String)] };
    return findRest({ tags } as unknown as Parameters<typeof findRest>[0], set, 'tag', 0, AbortSignal.any([]));
  };
  const said = async (rows: readonly number[]) => {
    const { estimated, separability } = await found(rows);
    return { estimated, isTold: separability !== null };
  };

  it('ranks what is not known by a look at all where much is', () => {
    const similarities = Float32Array.of(0.1, 0.9, 0.5, 0.9, -1, 0.7);
    expect(nearestBut(similarities, Uint8Array.of(0, 0, 0, 1, 0, 0), 3)).toEqual([1, 5, 2]);
    expect(nearestBut(similarities, new Uint8Array(6), 9)).toEqual([1, 3, 5, 2, 0, 4]);
    expect(nearestBut(similarities, new Uint8Array(6), 0)).toEqual([]);
  });

  it('is more than were found, or not said: found photos are no sign that there are no others', async () => {
    const some = await said(kind.slice(0, 60));
    expect(some.estimated!).toBeGreaterThan(60);
    expect(await said([...kind, ...others])).toEqual({ estimated: null, isTold: true });
    expect(await said(kind.slice(0, 3))).toEqual({ estimated: null, isTold: false });
  });

  it('is not said of a handful, nor of more where some were wrong, before five are rejected', async () => {
    expect((await found(kind.slice(0, 20))).estimated).toBeNull();
    expect((await found(kind.slice(0, 50), others.slice(0, 2))).estimated).toBeNull();
    expect((await found(kind.slice(0, 60), others.slice(0, 5))).estimated!).toBeGreaterThan(60);
  });

  it('is a range, around what two distributions of scores say, where they do not part the answers well', async () => {
    // rejected are photos of the kind itself: nothing parts them
    const { estimated, range, apart } = await found(kind.slice(0, 40), [...kind.slice(40, 44), ...others.slice(0, 6)]);
    expect(apart!).toBeGreaterThan(0.6);
    expect(apart!).toBeLessThan(0.88);
    expect(range![0]).toBeLessThanOrEqual(kind.length);
    expect(range![1]).toBeGreaterThanOrEqual(kind.length);
    expect(estimated).toBe(Math.round(Math.sqrt(range![0] * range![1])));
  });
});
