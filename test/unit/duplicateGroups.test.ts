/** What becomes of pairs that may be one picture: which are looked at, what their comparing survives, and their groups. */
import { describe, expect, it } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { comparePairs } from '../../src-main/app/duplicates/compare.ts';
import { among } from '../../src-main/app/duplicates/neighbours.ts';
import { ImageError } from '../../src-main/images/index.ts';
import type { Fit, ImagePool } from '../../src-main/images/index.ts';
import { markExceptional } from '../../src-main/search/closeness.ts';
import { toEnd } from '../../shared/work.ts';
import { cliques, closestFirst, connected, largestFirst } from '../../src-main/search/index.ts';
import type { Link } from '../../src-main/search/index.ts';
import { random } from '../helpers/random.ts';

const next = random(7);
const below = (count: number) => Math.floor(next() * count);

it('takes an encoder’s neighbours as places among the photos that are looked at, the others fall away', async () => {
  const rows = ['f-a', 'f-b', 'f-c', 'f-d'].map((id) => ({ id }));
  const ids = IdList.of(['f-c', 'f-x', 'f-a', 'f-b']);
  const graph = {
    indices: Int32Array.from(
      [
        [1, 2],
        [0, 2],
        [3, -1],
        [2, 0],
      ].flat(),
    ),
    similarities: Float32Array.from({ length: 8 }, (_, e) => 0.9 - 0.1 * (e % 2)),
  };
  const { indices } = await among(rows, { ids, graph, k: 2 }, new AbortController().signal);
  expect([...indices]).toEqual(
    [
      [1, -1],
      [0, 2],
      [0, -1],
      [-1, -1],
    ].flat(),
  );
});

describe('comparing', () => {
  const files = Array.from({ length: 5 }, (_, i) => `${i}.webp`);
  const pairs = files.slice(1).map((_, i) => ({ a: 0, b: i + 1, ways: 1 }));
  /** A pool whose jobs fail with what `failing` says of the files that they read. */
  const poolOf = (failing: (sources: string[]) => unknown) => {
    const jobs: string[][] = [];
    const run = ({ sources, pairs: asked }: { sources: string[]; pairs: unknown[] }) => {
      jobs.push(sources);
      const error = failing(sources);
      return error === null ? Promise.resolve(asked.map(() => ({}) as Fit)) : Promise.reject(error as Error);
    };
    return { jobs, pool: { workers: 1, run } as unknown as Pick<ImagePool, 'run' | 'workers'> };
  };
  const late = (sources: string[]) => new ImageError(sources[0]!, 'timed-out.seconds', { seconds: 20 });

  it('tries the pairs of a late job once more, each alone, and counts those that are late again', async () => {
    const { jobs, pool } = poolOf((sources) => (sources.length > 2 || sources[1] === '3.webp' ? late(sources) : null));
    const { fits, missed } = await comparePairs(pool, files, pairs, new AbortController().signal);
    expect(fits.map((fit) => fit !== null)).toEqual([true, true, false, true]);
    expect(missed).toBe(1);
    expect(jobs).toEqual([files, ...pairs.map(({ b }) => [files[0], files[b]])]);
  });

  it('fails where the pool does, and ends when it is cancelled', async () => {
    const signal = new AbortController().signal;
    await expect(comparePairs(poolOf(() => new Error('closed')).pool, files, pairs, signal)).rejects.toThrow('closed');
    const cancelled = new AbortController();
    const { pool, jobs } = poolOf((sources) => (cancelled.abort(), late(sources)));
    await expect(comparePairs(pool, files, pairs, cancelled.signal)).rejects.toSatisfy(
      (error) => error === cancelled.signal.reason,
    );
    expect(jobs).toHaveLength(1);
  });
});

describe('groups', () => {
  const link = (a: number, b: number, closeness = 1) => ({ a, b, closeness });
  const grouped = (links: readonly Link[]) => toEnd(cliques(links.toSorted(closestFirst))).sort(largestFirst);
  const joined = (links: readonly Link[]) => toEnd(connected(links));

  it('are cliques, never chains', () => {
    expect(grouped([link(0, 1, 3), link(1, 2, 2), link(2, 3, 1)])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(grouped([link(0, 1), link(1, 2), link(0, 2), link(5, 7)])).toEqual([
      [0, 1, 2],
      [5, 7],
    ]);
    expect(joined([link(4, 2), link(2, 9), link(1, 3)])).toEqual([
      [2, 4, 9],
      [1, 3],
    ]);
  });

  it('of very many links leave others a turn between some hundred of them', () => {
    const count = 6000; // in threes: all three linked, the first two the closest
    const links = Array.from({ length: count / 3 }, (_, i) => [
      link(3 * i, 3 * i + 1, 2),
      link(3 * i, 3 * i + 2),
      link(3 * i + 1, 3 * i + 2),
    ])
      .flat()
      .toSorted(closestFirst);
    for (const work of [cliques(links), connected(links)]) {
      let turns = 0;
      let step = work.next();
      for (; !step.done; step = work.next()) turns++;
      expect(turns).toBeGreaterThanOrEqual(count / 500);
      expect(step.value.toSorted(largestFirst)).toEqual(
        Array.from({ length: count / 3 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2]),
      );
    }
  });

  it('of an encoder are pairs nearer than its own distances explain', () => {
    const [n, k] = [400, 10];
    const indices = new Int32Array(n * k);
    const similarities = new Float32Array(n * k);
    for (let row = 0; row < n; row++)
      for (let e = 0; e < k; e++) {
        indices[row * k + e] = (row + e + 1) % n;
        // in four dimensions the e-th of k lies at (e / k) ** (1 / 4) of the farthest, and 1 - cos at its square
        similarities[row * k + e] = 1 - 0.1 * Math.sqrt((e + 0.5 + below(100) / 200) / k);
      }
    expect(markExceptional({ indices, similarities }, n, k).reduce((a, b) => a + b, 0)).toBe(0);
    similarities[7 * k] = 1 - 1e-4;
    const marks = markExceptional({ indices, similarities }, n, k);
    expect(marks[7 * k]).toBe(1);
    expect(marks.reduce((a, b) => a + b, 0)).toBe(1);
  });
});
