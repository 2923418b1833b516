/** The views of a neighbour graph: outliers, clusters, principal components, UMAP. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ExactIndex, clusters, outliers, shareAsFar, umapMap } from '../../src-main/search/index.ts';
import type { Neighbours } from '../../src-main/search/index.ts';
import { standing } from '../../src-main/search/coarse.ts';
import { fuzzySimplicialSet } from '../../src-main/search/umap.ts';
import { random } from '../helpers/random.ts';

/** Points of `groups` kinds around random centres, kind = index % groups. */
function blobs(n: number, d: number, groups: number, spread: number): Float32Array {
  const next = random(1);
  const place = () => next() - 0.5;
  const centres = Float32Array.from({ length: groups * d }, place);
  return Float32Array.from(
    { length: n * d },
    (_, at) => centres[(Math.floor(at / d) % groups) * d + (at % d)]! + spread * place(),
  );
}

async function graphOf(vectors: Float32Array, n: number, d: number, k: number): Promise<Neighbours> {
  const index = await ExactIndex.create(vectors, n, d, { threads: 1 });
  try {
    return await index.neighbourGraph(k);
  } finally {
    await index.close();
  }
}

const n = 400;
const d = 32;
const k = 12;
const vectors = blobs(n, d, 4, 0.6);

it('a query is as far from all as few photos are where nothing is like it, whatever its cosine', async () => {
  const graph = await graphOf(vectors, n, d, k);
  const nearest = Array.from({ length: n }, (_, row) => graph.similarities[row * k]!).toSorted((a, b) => a - b);
  const share = (similarity: number) => shareAsFar(graph, n, k, similarity);
  expect(nearest[0]).toBeGreaterThan(0.5); // a cosine says little: the farthest photo is not far either
  expect([share(nearest[0]! - 0.01), share(nearest[3]!), share(nearest[n / 2 - 1]!), share(1)]).toEqual([
    ...[0, 0.01, 0.5, 1],
  ]);
});

describe('outliers', () => {
  it('puts the photo that has no neighbours first', async () => {
    const strange = vectors.slice();
    for (let j = 0; j < d; j++) strange[123 * d + j] = j % 3 === 0 ? -5 : 5 * Math.cos(j);
    const graph = await graphOf(strange, n, d, k);
    const { order, distance } = await outliers(graph, n, k);
    expect(order[0]).toBe(123);
    const row = [...graph.similarities.subarray(123 * k, 124 * k)];
    expect(distance[123]).toBeCloseTo(row.reduce((s, x) => s + (1 - x), 0) / k, 5);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });
});

describe('clusters', () => {
  it('finds the kinds and numbers them by size', async () => {
    const some = vectors.subarray(0, 396 * d);
    const labels = await clusters(await graphOf(some, 396, d, k), 396, k);
    expect(Math.max(...labels)).toBe(3);
    const kinds = [0, 1, 2, 3].map((kind) => new Set(labels.filter((_, i) => i % 4 === kind)));
    kinds.forEach((kind) => expect(kind.size).toBe(1));
    expect(new Set(kinds.map((kind) => [...kind][0])).size).toBe(4);
  });

  it('gives more clusters at a higher resolution, and one photo each where nothing connects', async () => {
    const graph = await graphOf(vectors, n, d, k);
    const few = Math.max(...(await clusters(graph, n, k, { resolution: 0.05 }))) + 1;
    const many = Math.max(...(await clusters(graph, n, k, { resolution: 8 }))) + 1;
    expect(many).toBeGreaterThan(few);
    const empty = { indices: new Int32Array(3).fill(-1), similarities: new Float32Array(3).fill(NaN) };
    expect([...(await clusters(empty, 3, 1))]).toEqual([0, 1, 2]);
  });
});

describe('principal components', () => {
  it("agree with NumPy's SVD, sign included (test/golden/components.py)", async () => {
    const golden = JSON.parse(readFileSync(new URL('../golden/components.json', import.meta.url), 'utf8')) as {
      n: number;
      d: number;
      coordinates: number[][];
      explained: number[];
    };
    const rows = Float32Array.from({ length: golden.n * golden.d }, (_, at) => {
      const i = Math.floor(at / golden.d);
      const j = at % golden.d;
      return Math.sin(i * 0.37 + j * j * 0.11) + (j === 3 ? Math.cos(i) : 0) + (i % 7 === j ? 0.5 : 0);
    });
    const index = await ExactIndex.create(rows, golden.n, golden.d);
    const { coordinates, explained } = await index.principalComponents(3);
    await index.close();
    golden.coordinates.flat().forEach((value, at) => expect(coordinates[at]).toBeCloseTo(value, 5));
    golden.explained.forEach((value, at) => expect(explained[at]).toBeCloseTo(value, 5));
  });

  it('are zero where there is no direction left', async () => {
    const line = Float32Array.from({ length: 30 }, (_, at) =>
      at % 3 === 0 ? 1 : at % 3 === 1 ? Math.floor(at / 3) : 0,
    );
    const index = await ExactIndex.create(line, 10, 3);
    const flat = await index.principalComponents(3);
    await index.close();
    for (let i = 0; i < 10; i++) expect(flat.coordinates[i * 3 + 2]).toBeCloseTo(0, 5);
    const constant = await ExactIndex.create(new Float32Array(30).fill(1), 10, 3);
    const none = await constant.principalComponents(2);
    await constant.close();
    expect([...none.coordinates].every((x) => Math.abs(x) < 1e-6)).toBe(true);
    expect([...none.explained].every(Number.isFinite)).toBe(true);
  });
});

describe('UMAP', () => {
  it('weighs edges as a fuzzy union whose rows add up to log2 k before it', async () => {
    const graph = await graphOf(vectors, n, d, k);
    const edges = fuzzySimplicialSet(graph, n, k);
    expect(edges.weight.every((w) => w > 0 && w <= 1)).toBe(true);
    const seen = new Set(Array.from(edges.from, (a, e) => `${a} ${edges.to[e]}`));
    expect(seen.size).toBe(edges.from.length);
    // Each photo's nearest has membership 1, and a union with 1 is 1.
    for (let i = 0; i < n; i++) {
      const nearest = graph.indices[i * k]!;
      const e = Array.from(edges.from.keys()).find(
        (at) => edges.from[at] === Math.min(i, nearest) && edges.to[at] === Math.max(i, nearest),
      );
      expect(edges.weight[e!]).toBe(1);
    }
  });

  it('keeps kinds together, reports progress, and repeats itself', async () => {
    const graph = await graphOf(vectors, n, d, k);
    const start = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i * 12.9898));
    const progress: number[] = [];
    const first = await umapMap(graph, n, k, start, { seed: 5, epochs: 200, onProgress: (p) => progress.push(p) });
    expect(first.every(Number.isFinite)).toBe(true);
    expect(progress.at(-1)).toBe(1);
    let together = 0;
    for (let i = 0; i < n; i++) {
      const near = Array.from({ length: n }, (_, j) => j)
        .filter((j) => j !== i)
        .sort(
          (a, b) =>
            Math.hypot(first[2 * a]! - first[2 * i]!, first[2 * a + 1]! - first[2 * i + 1]!) -
            Math.hypot(first[2 * b]! - first[2 * i]!, first[2 * b + 1]! - first[2 * i + 1]!),
        )
        .slice(0, 5);
      together += near.filter((j) => j % 4 === i % 4).length / 5 / n;
    }
    expect(together).toBeGreaterThan(0.98);
    const again = await umapMap(graph, n, k, start, { seed: 5, epochs: 200 });
    expect(again).toEqual(first);
    const other = await umapMap(graph, n, k, start, { seed: 6, epochs: 200 });
    expect(other).not.toEqual(first);
  });

  it('keeps kinds together where some points stand for the others at first, and repeats itself', async () => {
    const graph = await graphOf(vectors, n, d, k);
    const { of, count } = standing(graph, n, k);
    expect(count).toBeLessThan(n / 3);
    expect(new Set(of).size).toBe(count);
    for (let i = 0; i < n; i++) expect(of.indexOf(of[i]!) % 4).toBe(i % 4);
    const start = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i * 12.9898));
    const progress: number[] = [];
    const map = await umapMap(graph, n, k, start, { allUpTo: n - 1, onProgress: (p) => progress.push(p) });
    expect(map.every(Number.isFinite)).toBe(true);
    expect([...progress]).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    let together = 0;
    for (let i = 0; i < n; i++) {
      const far = (j: number) => Math.hypot(map[2 * j]! - map[2 * i]!, map[2 * j + 1]! - map[2 * i + 1]!);
      const near = [...Array(n).keys()].filter((j) => j !== i).sort((a, b) => far(a) - far(b));
      together += near.slice(0, 5).filter((j) => j % 4 === i % 4).length / 5 / n;
    }
    expect(together).toBeGreaterThan(0.98);
    expect(await umapMap(graph, n, k, start, { allUpTo: n - 1 })).toEqual(map);
  });

  it('can be cancelled', async () => {
    const graph = await graphOf(vectors, n, d, k);
    const stop = new AbortController();
    const map = umapMap(graph, n, k, new Float32Array(2 * n), {
      epochs: 1e6,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(map).rejects.toMatchObject({ code: 'cancelled' });
  });
});
