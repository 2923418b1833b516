/** ExactIndex and nearest against a brute-force sort in double precision. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileKernels, searchKernels } from '../../scripts/build-wasm.ts';
import { ExactIndex, nearest } from '../../src-main/search/index.ts';
import { FLOAT_BYTES } from '../../src-main/app/explore/openSet.ts';
import { createMemory } from '../../src-main/search/kernels.ts';
import { planLayout } from '../../src-main/search/layout.ts';
import { Rows } from '../../src-main/search/rows.ts';
import { matrix } from '../helpers/random.ts';

function bruteForce(bank: Float32Array, n: number, d: number, query: Float32Array, k: number, except = -1) {
  const norm = (v: Float32Array) => Math.hypot(...v) || 1;
  const rows = Array.from({ length: n }, (_, i) => {
    const row = bank.subarray(i * d, (i + 1) * d);
    let sum = 0;
    for (let j = 0; j < d; j++) sum += row[j]! * query[j]!;
    return { i, value: sum / (norm(row) * norm(query)) };
  });
  return rows
    .filter((r) => r.i !== except)
    .sort((a, b) => b.value - a.value || a.i - b.i)
    .slice(0, k);
}

const n = 1500;
const d = 48;
const bank = matrix(n, d, 1);

describe('ExactIndex', () => {
  let directory = '';
  afterAll(async () => {
    if (directory) await rm(directory, { recursive: true });
  });

  it('finds what a full sort finds, in any batch', async () => {
    const index = await ExactIndex.create(bank, n, d, { threads: 2 });
    const queries = matrix(300, d, 2);
    const many = await index.query(queries, 300, 7);
    for (let q = 0; q < 300; q += 23) {
      const query = queries.subarray(q * d, (q + 1) * d);
      const expected = bruteForce(bank, n, d, query, 7);
      expect([...many.indices.subarray(q * 7, q * 7 + 7)]).toEqual(expected.map((e) => e.i));
      expected.forEach((e, i) => expect(many.similarities[q * 7 + i]).toBeCloseTo(e.value, 6));
      const one = await index.query(query, 1, 7);
      expect([...one.similarities]).toEqual([...many.similarities.subarray(q * 7, q * 7 + 7)]);
    }
    await index.close();
  });

  it.each([1, 2, 17, 100])('splits few queries by rows and many by queries alike, in %i dimensions', async (width) => {
    const rows = matrix(9001, width, 7);
    const index = await ExactIndex.create(rows, 9001, width, { threads: 3 });
    const queries = matrix(40, width, 8);
    const many = await index.query(queries, 40, 4);
    for (let q = 0; q < 40; q += 3) {
      const query = queries.subarray(q * width, (q + 1) * width);
      const few = await index.query(query, 1, 4);
      expect([...few.indices]).toEqual([...many.indices.subarray(q * 4, q * 4 + 4)]);
      expect([...few.similarities]).toEqual([...many.similarities.subarray(q * 4, q * 4 + 4)]);
      // In one or two dimensions float32 cannot tell thousands of rows apart: the similarities must still be right.
      bruteForce(rows, 9001, width, query, 4).forEach((e, i) => expect(few.similarities[i]).toBeCloseTo(e.value, 6));
    }
    await index.close();
  });

  it('finds clusters of a wanted number', async () => {
    const kinds = 6;
    const rows = Float32Array.from(
      { length: 600 * d },
      (_, at) => bank[(Math.floor(at / d) % kinds) * d + (at % d)]! + 0.1 * bank[at % bank.length]!,
    );
    const index = await ExactIndex.create(rows, 600, d, { threads: 2 });
    const { labels, count, coherence } = await index.kMeans(kinds, { seed: 3 });
    expect(count).toBe(kinds);
    for (let kind = 0; kind < kinds; kind++) expect(new Set(labels.filter((_, i) => i % kinds === kind)).size).toBe(1);
    expect(coherence.every((x) => x > 0.98 && x <= 1)).toBe(true);
    expect((await index.kMeans(kinds, { seed: 3 })).labels).toEqual(labels);
    await index.close();
    const same = await ExactIndex.create(new Float32Array(50).fill(1), 10, 5);
    expect(await same.kMeans(4)).toMatchObject({ count: 1, labels: new Int32Array(10) });
    await same.close();
  });

  it('can be closed, or its process ended, in the middle of a search', async () => {
    directory ||= await mkdtemp(join(tmpdir(), 'lookalike-index-'));
    const file = join(directory, 'end.mjs');
    const script = (end: string) => `
      import { ExactIndex } from ${JSON.stringify(new URL('../../src-main/search/index.ts', import.meta.url).href)};
      const n = 20000, d = 256;
      const index = await ExactIndex.create(Float32Array.from({ length: n * d }, (_, i) => Math.sin(i * i)), n, d);
      index.neighbourGraph(10, { onProgress: () => { ${end} } }).catch((error) => console.log(error.code));`;
    for (const [end, output] of [
      ['void index.close();', 'closed\n'],
      ['process.exit(0);', ''],
    ] as const) {
      await writeFile(file, script(end));
      const ended = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', file], { encoding: 'utf8' });
      expect([ended.status, ended.stdout, ended.stderr]).toEqual([0, output, '']);
    }
  });

  it('says when the vectors do not fit', async () => {
    await expect(ExactIndex.open('/nowhere', 0, 9_000_000, 512)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('carries the kernels as their source compiles', async () => {
    expect(readFileSync(fileURLToPath(searchKernels.target), 'utf8')).toBe(await compileKernels(searchKernels));
  });

  it('gives ties to the lower index and zero vectors similarity 0', async () => {
    const twins = bank.slice();
    for (const at of [700, 90, 1400]) twins.set(bank.subarray(5 * d, 6 * d), at * d);
    twins.fill(0, 30 * d, 31 * d);
    const index = await ExactIndex.create(twins, n, d);
    const { indices } = await index.query(bank.subarray(5 * d, 6 * d), 1, 4);
    expect([...indices]).toEqual([5, 90, 700, 1400]);
    const zero = await index.query(new Float32Array(d), 1, 3);
    expect([...zero.indices]).toEqual([0, 1, 2]);
    expect([...zero.similarities]).toEqual([0, 0, 0]);
    await index.close();
  });

  it('builds the graph without self and pads where rows are missing', async () => {
    const index = await ExactIndex.create(bank.subarray(0, 200 * d), 200, d);
    const graph = await index.neighbourGraph(5);
    for (const row of [0, 63, 64, 127, 128, 199])
      expect([...graph.indices.subarray(row * 5, row * 5 + 5)]).toEqual(
        bruteForce(bank.subarray(0, 200 * d), 200, d, bank.subarray(row * d, (row + 1) * d), 5, row).map((e) => e.i),
      );
    const padded = await index.query(bank.subarray(0, d), 1, 203, { exclude: Int32Array.of(0) });
    expect([...padded.indices.subarray(199)]).toEqual([-1, -1, -1, -1]);
    expect(padded.indices.subarray(0, 199)).not.toContain(0);
    await index.close();
  });

  it('reads rows from a file', async () => {
    directory ||= await mkdtemp(join(tmpdir(), 'lookalike-index-'));
    const path = join(directory, 'rows.bin');
    await writeFile(path, Buffer.concat([Buffer.alloc(16), Buffer.from(bank.buffer)]));
    const index = await ExactIndex.open(path, 16, n, d);
    const { indices } = await index.query(bank.subarray(9 * d, 10 * d), 1, 1);
    expect(indices[0]).toBe(9);
    await index.close();
    await expect(ExactIndex.open(path, 16, n + 1, d)).rejects.toMatchObject({ code: 'bad-shape' });
  });

  it('answers few queries by levels of 8 bits, with exact similarities', async () => {
    const queries = matrix(40, d, 2);
    const plain = await ExactIndex.create(bank, n, d, { threads: 2 });
    const index = await ExactIndex.create(bank, n, d, { threads: 2, levelsFrom: 0 });
    for (let q = 0; q < 40; q += 2) {
      const two = queries.subarray(q * d, (q + 2) * d);
      expect(await index.query(two, 2, 9, { exclude: Int32Array.of(q, -1) })).toEqual(
        await plain.query(two, 2, 9, { exclude: Int32Array.of(q, -1) }),
      );
    }
    expect(await index.query(new Float32Array(d), 1, 3)).toEqual(await plain.query(new Float32Array(d), 1, 3)); // zeros
    await Promise.all([index.close(), plain.close()]);
  });

  it('tells rows apart by levels that all point nearly the same way', async () => {
    const along = matrix(1, d, 5);
    const alike = bank.map((x, i) => 20 * along[i % d]! + x); // cosines from .994
    const queries = matrix(40, d, 2).map((x, i) => 20 * along[i % d]! + x);
    const plain = await ExactIndex.create(alike, n, d, { threads: 2 });
    const index = await ExactIndex.create(alike, n, d, { threads: 2, levelsFrom: 0 });
    for (let q = 0; q < 40; q++) {
      const one = queries.subarray(q * d, (q + 1) * d);
      expect(await index.query(one, 1, 9)).toEqual(await plain.query(one, 1, 9));
    }
    await Promise.all([index.close(), plain.close()]);
  });

  it.each([0, 10])('has levels no farther from a row than rounding, its end included, about a centre of %d', (size) => {
    for (const width of [1, 17, 40, 64]) {
      const layout = planLayout(3, width, 1, { whole: false, floatBytes: 0 });
      const rows = new Rows(layout, createMemory(layout), 0);
      const centre = matrix(1, width, 6).map((x) => size * x);
      rows.setCentre(centre);
      for (const [i, values] of [matrix(1, 64, 3), matrix(1, width, 4), new Float32Array(width)].entries())
        rows.setLevels(i, values.subarray(0, width));
      const values = matrix(1, width, 4);
      const away = (row: Float32Array) => Math.max(...row.map((x, j) => Math.abs(x - centre[j]!)));
      const found = rows.row(1);
      values.forEach((x, j) => expect(Math.abs(found[j]! - x)).toBeLessThan(away(values) / 253));
      expect([...found.subarray(width)].every((x) => x === 0)).toBe(true);
      const zero = away(new Float32Array(width)) / 253; // 0 where there is no centre
      expect(rows.row(2).every((x) => Math.abs(x) <= zero)).toBe(true);
      // The kernel of products goes by the sum of a row's levels, which are told apart from the query's zero so.
      rows.setLevelQueries(values, 1, width);
      rows.levelProducts(0, 3, 0, -Infinity);
      const product = (a: Float32Array) => a.reduce((sum, x, j) => sum + x * values[j]!, 0);
      const scale = values.reduce((sum, x, j) => sum + (x - centre[j]!) ** 2, 0);
      expect(Math.abs(rows.scores[1]! - product(values))).toBeLessThan(0.03 * scale);
      if (size === 0) expect(rows.scores[2]).toBe(0);
      else expect(Math.abs(rows.scores[2]!)).toBeLessThan(0.03 * scale + 0.1);
    }
  });

  it('does with levels alone what it does with numbers, where these do not fit', async () => {
    directory ||= await mkdtemp(join(tmpdir(), 'index-'));
    const path = join(directory, 'levels.bin');
    await writeFile(path, new Uint8Array(bank.buffer));
    const plain = await ExactIndex.create(bank, n, d, { threads: 2 });
    const index = await ExactIndex.open(path, 0, n, d, { threads: 2, floatBytes: 0 });
    const queries = matrix(50, d, 2);
    for (const count of [1, 50]) {
      const asked = queries.subarray(0, count * d);
      expect(await index.query(asked, count, 9)).toEqual(await plain.query(asked, count, 9)); // from the file's numbers
    }
    const share = (a: Int32Array, b: Int32Array) =>
      a.filter((row, i) => b.subarray(i - (i % 5), i - (i % 5) + 5).includes(row)).length / a.length;
    for (const exactUpTo of [n, 100]) {
      const [found, expected] = [
        await index.neighbourGraph(5, { exactUpTo }),
        await plain.neighbourGraph(5, { exactUpTo }),
      ];
      expect(share(found.indices, expected.indices)).toBeGreaterThan(0.95);
    }
    const [a, b] = [await index.principalComponents(), await plain.principalComponents()];
    a.coordinates.forEach((x, i) => expect(Math.abs(x - b.coordinates[i]!)).toBeLessThan(0.05));
    const clusters = await index.kMeans(3);
    expect(new Set(clusters.labels)).toEqual(new Set([0, 1, 2]));
    await Promise.all([index.close(), plain.close()]);
  });

  it('takes less than 0.7 GB where a million photos are open, however many numbers they have', () => {
    for (const d of [64, 128, 192, 384, 512])
      expect(planLayout(1_000_000, d, 2, { whole: false, floatBytes: FLOAT_BYTES }).pages * 65_536).toBeLessThan(0.7e9);
  });

  it('holds eight million vectors of 512 numbers in 4 GB as levels, and refuses more', () => {
    const plan = (n: number) => planLayout(n, 512, 2, { whole: false });
    expect(plan(1_500_000)).toMatchObject({ floats: true, levelWidth: 512, signs: true });
    expect(plan(1_650_000)).toMatchObject({ floats: true, levelWidth: 512, signs: false }); // left out before levels
    expect(plan(2_000_000)).toMatchObject({ floats: true, levelWidth: 0, signs: false });
    expect(plan(6_000_000)).toMatchObject({ floats: false, levelWidth: 512, signs: true });
    expect(plan(8_000_000)).toMatchObject({ floats: false, levelWidth: 512, signs: false });
    expect(() => planLayout(8_400_000, 512, 2, { whole: false })).toThrow(/an index holds 4/);
    expect(() => planLayout(8_000_000, 512, 2)).toThrow(/an index holds 4/);
  });

  it('says what is wrong with its input', async () => {
    const bad = bank.slice();
    bad[40 * d + 3] = NaN;
    await expect(ExactIndex.create(bad, n, d)).rejects.toMatchObject({ code: 'not-finite', details: { row: 40 } });
    await expect(ExactIndex.create(bank, n + 1, d)).rejects.toMatchObject({ code: 'bad-shape' });
    const index = await ExactIndex.create(bank, n, d);
    await expect(index.query(bank.subarray(0, d), 1, 0)).rejects.toMatchObject({ code: 'bad-shape' });
    await expect(index.query(new Float32Array(d).fill(Infinity), 1, 1)).rejects.toMatchObject({ code: 'not-finite' });
    await expect(index.neighbourGraph(3, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    const stop = new AbortController();
    await expect(
      index.neighbourGraph(3, { signal: stop.signal, onProgress: () => stop.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect((await index.query(bank.subarray(0, d), 1, 1)).indices[0]).toBe(0);
    await index.close();
    await expect(index.query(bank.subarray(0, d), 1, 1)).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('nearest', () => {
  it('answers alike in this thread and in a worker', async () => {
    const queries = matrix(1000, d, 3);
    const large = await nearest(bank, n, d, queries, 1000, 5); // 72 million products: in threads
    const small = await nearest(bank, n, d, queries.subarray(0, 50 * d), 50, 5);
    expect([...small.indices]).toEqual([...large.indices.subarray(0, 250)]);
    expect([...small.similarities]).toEqual([...large.similarities.subarray(0, 250)]);
  });
});
