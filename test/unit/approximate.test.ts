/** The approximate graph of neighbours beside the exact one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExactIndex } from '../../src-main/search/index.ts';
import type { GraphOptions } from '../../src-main/search/index.ts';
import { matrix, random } from '../helpers/random.ts';

describe('the approximate graph', () => {
  const [rows, width, k] = [2000, 24, 10];
  /** Clusters of unequal size, and one photo two hundred times. */
  const clustered = (() => {
    const next = random(5);
    const centres = matrix(40, width, 6);
    const out = new Float32Array(rows * width);
    for (let i = 0; i < rows; i++) {
      const centre = i < 200 ? 0 : Math.floor(40 * next() ** 2);
      for (let j = 0; j < width; j++)
        out[i * width + j] = centres[centre * width + j]! + (i < 200 ? 0 : 0.5 * (next() - 0.5));
    }
    return out;
  })();
  const indexes: ExactIndex[] = [];
  beforeAll(async () => {
    for (const threads of [1, 2]) indexes.push(await ExactIndex.create(clustered, rows, width, { threads }));
  });
  afterAll(() => Promise.all(indexes.map((index) => index.close())));
  const graphOf = (threads: 1 | 2, options: GraphOptions = {}) => indexes[threads - 1]!.neighbourGraph(k, options);

  it('finds nearly all neighbours, with their exact cosines', async () => {
    const exact = await graphOf(2);
    const found = await graphOf(2, { exactUpTo: 100 });
    // Of the same photo two hundred times any serve: what counts is how near they are.
    const near = found.similarities.filter((similarity, at) => {
      const farthest = Math.floor(at / k) * k + k - 1;
      return similarity >= exact.similarities[farthest]!;
    });
    expect(near.length / (k * rows)).toBeGreaterThan(0.97);
    for (let i = 0; i < rows; i++)
      for (let e = i * k; e < (i + 1) * k; e++) {
        const at = exact.indices.subarray(i * k, (i + 1) * k).indexOf(found.indices[e]!);
        if (at >= 0 && found.similarities[e] !== exact.similarities[i * k + at])
          expect.fail(`row ${i}, neighbour ${e}`);
      }
    for (let i = 0; i < rows; i++) {
      const row = [...found.indices.subarray(i * k, (i + 1) * k)];
      if (row.includes(i) || row.includes(-1) || new Set(row).size < k) expect.fail(`row ${i}: ${row.join(' ')}`);
    }
  });

  it('is the same on any number of threads, and another of another seed', async () => {
    const one = await graphOf(1, { exactUpTo: 0, seed: 3 });
    expect(await graphOf(2, { exactUpTo: 0, seed: 3 })).toEqual(one);
    expect(await graphOf(2, { exactUpTo: 0, seed: 4 })).not.toEqual(one);
  });

  it('tells how far it is, and can be cancelled', async () => {
    const told: number[] = [];
    await graphOf(2, { exactUpTo: 0, onProgress: (done) => told.push(done) });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(rows);
    const stop = new AbortController();
    await expect(
      graphOf(2, { exactUpTo: 0, signal: stop.signal, onProgress: () => stop.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});
