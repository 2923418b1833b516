/** Signs of rows (search/signs.ts): that a query which reads the levels of few rows finds what it finds by all. */
import { describe, expect, it, vi } from 'vitest';
import { ExactIndex } from '../../src-main/search/index.ts';
import { createMemory } from '../../src-main/search/kernels.ts';
import { planLayout } from '../../src-main/search/layout.ts';
import { Rows } from '../../src-main/search/rows.ts';
import { scan } from '../../src-main/search/scan.ts';
import { TopK, emptyNeighbours } from '../../src-main/search/topK.ts';
import { normalizeRows } from '../../src-main/search/vectors.ts';
import { random } from '../helpers/random.ts';

/** Rows of length one [n, d], whose numbers are by chance, about `centre`. */
function gaussian(n: number, d: number, seed: number, centre?: Float32Array): Float32Array {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(2 * Math.PI * next());
  return normalizeRows(
    Float32Array.from({ length: n * d }, (_, i) => normal() + (centre?.[i % d] ?? 0)),
    d,
  );
}

/** Rows as levels and signs alone, measured from their mean. */
function rowsOf(values: Float32Array, n: number, d: number): Rows {
  const layout = planLayout(n, d, 1, { whole: false, floatBytes: 0 });
  const rows = new Rows(layout, createMemory(layout), 0);
  const centre = new Float32Array(d);
  values.forEach((x, i) => (centre[i % d]! += x / n));
  rows.setCentre(centre);
  for (let i = 0; i < n; i++) rows.setLevels(i, values.subarray(i * d, (i + 1) * d));
  return rows;
}

const product = (a: Float32Array, i: number, b: Float32Array, d: number) => {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += a[i * d + j]! * b[j]!;
  return sum;
};

describe('signs', () => {
  const n = 1000; // the last block has 8 rows

  it.each([
    [1, 0],
    [17, 0],
    [33, 8],
    [64, 0],
    [100, 8],
    [300, 0],
    [512, 8],
    [777, 0],
  ])('leave no row out that is among the best, of %d numbers about %d', (d, away) => {
    const centre = new Float32Array(d).fill(away);
    const rows = rowsOf(gaussian(n, d, 1, centre), n, d);
    const queries = gaussian(24, d, 2, centre);
    const likely = vi.spyOn(rows.signs!, 'likely');
    let read = 0;
    for (let q = 0; q < 24; q++) {
      rows.setLevelQueries(queries.subarray(q * d, (q + 1) * d), 1, d);
      rows.levelProducts(0, n, 0, Infinity);
      const scores = rows.scores.slice(0, n);
      const tenth = scores.toSorted((a, b) => b - a)[10]!;
      const floor = tenth - rows.levelError(0);
      const expected = [...rows.levelProducts(0, n, 0, tenth)];
      const found = [...rows.likelyProducts(0, n, 0, floor, n)!];
      read += likely.mock.results.at(-1)!.value as number;
      expect(found.filter((row) => scores[row]! > tenth)).toEqual(expected);
      expect(found).toEqual(found.filter((row) => scores[row]! > floor));
      for (const row of found) expect(rows.scores[row]).toBe(scores[row]);
      // From a later block on, and not to its end.
      const some = rows.likelyProducts(608, 200, 0, floor, n)!;
      expect([...some]).toEqual(found.filter((row) => row >= 608 && row < 808).map((row) => row - 608));
    }
    if (d > 1) expect(read / (24 * n)).toBeLessThan(0.3); // of one number there are but two directions
  });

  it('know rows again that are zero, the centre itself, or all in one number', () => {
    const d = 96;
    const values = gaussian(64, d, 3);
    values.fill(0, 5 * d, 6 * d);
    values.fill(0, 7 * d, 8 * d);
    values[7 * d + 11] = 1;
    const layout = planLayout(64, d, 1, { whole: false, floatBytes: 0 });
    const rows = new Rows(layout, createMemory(layout), 0);
    const centre = values.slice(9 * d, 10 * d);
    rows.setCentre(centre);
    for (let i = 0; i < 64; i++) rows.setLevels(i, values.subarray(i * d, (i + 1) * d));
    for (const row of [5, 7, 9, 40]) {
      const query = values.slice(row * d, (row + 1) * d);
      rows.setLevelQueries(query, 1, d);
      const own = product(values, row, query, d);
      expect([...rows.likelyProducts(0, 64, 0, own - 0.03, 64)!]).toContain(row);
      rows.setLevelQueries(centre, 1, d); // what is left of it is nothing
      expect([...rows.likelyProducts(0, 64, 0, product(values, row, centre, d) - 0.01, 64)!]).toContain(row);
    }
  });

  it('are those of the row that was set last', () => {
    const d = 64;
    const [first, second] = [gaussian(64, d, 4), gaussian(64, d, 5)];
    const rows = rowsOf(first, 64, d);
    for (let i = 0; i < 64; i++) rows.setLevels(i, second.subarray(i * d, (i + 1) * d));
    for (let i = 0; i < 64; i++) {
      rows.setLevelQueries(second.subarray(i * d, (i + 1) * d), 1, d);
      expect([...rows.likelyProducts(0, 64, 0, 0.9, 64)!]).toEqual([i]);
    }
  });

  it('are not gone by where more rows are in question than are worth it', () => {
    const rows = rowsOf(gaussian(n, 64, 6), n, 64);
    rows.setLevelQueries(gaussian(1, 64, 7), 1, 64);
    expect(rows.likelyProducts(0, n, 0, -1, n - 1)).toBeNull();
    expect(rows.likelyProducts(0, n, 0, -1, n)).toHaveLength(n);
  });

  it('have a score by levels off by no more than is reckoned with', () => {
    for (const d of [8, 64, 300]) {
      const centre = new Float32Array(d).fill(3);
      const values = gaussian(n, d, 8, centre);
      const rows = rowsOf(values, n, d);
      for (let q = 0; q < 10; q++) {
        const query = gaussian(1, d, 9 + q, centre);
        rows.setLevelQueries(query, 1, d);
        rows.levelProducts(0, n, 0, Infinity);
        const most = Math.max(
          ...Array.from({ length: n }, (_, i) => Math.abs(rows.scores[i]! - product(values, i, query, d))),
        );
        expect(most).toBeLessThan(rows.levelError(0));
        expect(most).toBeGreaterThan(rows.levelError(0) / 10);
      }
    }
  });

  it('reckon with no more rounding because a row is zero, nor by rows that are there no more', () => {
    const d = 64;
    const layout = planLayout(64, d, 1, { whole: false, floatBytes: 0 });
    const rows = new Rows(layout, createMemory(layout), 0);
    const errorOf = (values: Float32Array) => {
      rows.setCentre(new Float32Array(d));
      for (let i = 0; i < 64; i++) rows.setLevels(i, values.subarray(i * d, (i + 1) * d));
      rows.setLevelQueries(values.subarray(0, d), 1, d);
      return rows.levelError(0);
    };
    const values = gaussian(64, d, 19);
    const error = errorOf(values);
    const hot = values.slice().fill(0, 3 * d, 4 * d);
    hot[3 * d] = 1; // all in one number, which has the largest step of all
    expect(errorOf(hot)).toBeGreaterThan(1.2 * error);
    expect(errorOf(values.slice().fill(0, 3 * d, 4 * d))).toBeLessThan(1.1 * error);
  });
});

describe('a scan', () => {
  const [n, d] = [60_000, 16];
  const values = gaussian(n, d, 10);
  const rows = rowsOf(values, n, d);
  const tiles = Math.ceil(n / rows.levelTile);
  const best = (query: Float32Array, k = 5) => {
    rows.setLevelQueries(query, 1, d);
    const top = new TopK(1, k, null, 200);
    scan(rows, top, 1, 0, n);
    const out = emptyNeighbours(1, k);
    const compared = vi.fn((_: number, row: number) => product(values, row, query, d));
    top.finish(compared, out);
    return { indices: [...out.indices], compared: compared.mock.calls.length };
  };

  it('reads the levels of few rows, and compares few of them exactly', () => {
    const all = vi.spyOn(rows, 'levelProducts');
    const some = vi.spyOn(rows, 'likelyProducts');
    for (let q = 0; q < 5; q++) {
      const query = gaussian(1, d, 20 + q);
      const order = Array.from({ length: n }, (_, i) => i).sort(
        (a, b) => product(values, b, query, d) - product(values, a, query, d),
      );
      const { indices, compared } = best(query);
      expect(indices).toEqual(order.slice(0, 5));
      expect(compared).toBeLessThan(100);
    }
    expect(all.mock.calls.length / 5).toBeLessThan(tiles / 3);
    expect(some.mock.calls.length / 5).toBeGreaterThan(tiles / 2);
    vi.restoreAllMocks();
  });

  it('goes by its candidates alone where many are wanted', () => {
    const query = gaussian(1, d, 31);
    const order = Array.from({ length: n }, (_, i) => i).sort(
      (a, b) => product(values, b, query, d) - product(values, a, query, d),
    );
    const { indices, compared } = best(query, 150);
    expect(indices).toEqual(order.slice(0, 150));
    expect(compared).toBe(350);
  });

  it('asks signs seldom where they are of no use', () => {
    const some = vi.spyOn(rows, 'likelyProducts').mockReturnValue(null);
    const query = gaussian(1, d, 30);
    const { indices } = best(query);
    expect(some.mock.calls.length).toBeLessThan(6); // after 1, 3, 7, 15 tiles
    vi.restoreAllMocks();
    expect(indices).toEqual(best(query).indices);
  });
});

describe('an index with signs', () => {
  const [n, d] = [20_011, 40];
  const values = gaussian(n, d, 11);

  it.each([1, 2, 3])('answers as one without does, on %d threads', async (threads) => {
    const plain = await ExactIndex.create(values, n, d, { threads, levelsFrom: Infinity });
    const index = await ExactIndex.create(values, n, d, { threads, levelsFrom: 0 });
    for (let q = 0; q < 30; q++) {
      const two = gaussian(2, d, 40 + q);
      if (q % 2) two.set(values.subarray(q * d, (q + 1) * d), 0);
      const options = { exclude: Int32Array.of(q % 2 ? q : -1, -1) };
      expect(await index.query(two, 2, 10, options)).toEqual(await plain.query(two, 2, 10, options));
    }
    await Promise.all([index.close(), plain.close()]);
  });

  it('forgets what it held when it is filled with fewer rows', async () => {
    const index = ExactIndex.empty(n, d, { threads: 2, levelsFrom: 0 });
    const fill = (of: Float32Array, count: number) =>
      index.fill(count, (from, some, into) => into.set(of.subarray(from * d, (from + some) * d)));
    await fill(values, n);
    const fewer = gaussian(9_003, d, 12);
    await fill(fewer, 9_003);
    const plain = await ExactIndex.create(fewer, 9_003, d, { threads: 2, levelsFrom: Infinity });
    for (let q = 0; q < 20; q++) {
      const query = gaussian(1, d, 80 + q);
      expect(await index.query(query, 1, 10)).toEqual(await plain.query(query, 1, 10));
    }
    await Promise.all([index.close(), plain.close()]);
  });
});
