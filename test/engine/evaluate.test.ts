/** Collapse metrics and the kNN classifier against test/golden/evaluate.py (NumPy and PyTorch). */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  alignment,
  confusionMatrix,
  effectiveRank,
  knnClassify,
  neighbourAgreement,
  stdRatio,
  uniformity,
  votersAmong,
} from '../../src-main/evaluate/index.ts';
import type { FeatureRows } from '../../src-main/evaluate/index.ts';
import type { KnnInput } from '../../src-main/evaluate/knn.ts';
import type { Neighbours } from '../../src-main/search/index.ts';
import { symmetricEigenvalues } from '../../src-main/search/eigenvalues.ts';
import { random } from '../helpers/random.ts';

interface Golden {
  cases: {
    name: string;
    n: number;
    d: number;
    x: string;
    y: string;
    stdRatio: number;
    effectiveRank: number;
    uniformity: number;
    alignment: number;
  }[];
  knn: {
    classes: number;
    d: number;
    bank: string;
    labels: number[];
    test: string;
    testLabels: number[];
    runs: { k: number; temperature: number; leaveOneOut: boolean; predictions: number[]; first: number[][] }[];
  };
}
const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/evaluate.json.gz', import.meta.url))).toString(),
) as Golden;
const floats = (base64: string) => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

function expectClose(actual: number, expected: number, relative: number) {
  expect(Number.isFinite(actual)).toBe(true);
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(expected)));
}

describe('collapse metrics', () => {
  it.each(golden.cases)('$name', ({ n, d, x, y, ...expected }) => {
    const features = floats(x);
    const other = floats(y);
    expectClose(stdRatio(features, n, d), expected.stdRatio, 1e-9);
    expectClose(uniformity(features, n, d), expected.uniformity, 1e-9);
    expectClose(alignment(features, other, n, d), expected.alignment, 1e-9);
    expectClose(effectiveRank(features, n, d), expected.effectiveRank, 1e-5);
  });

  it('is NaN where a feature is not finite, and 1 for constant features', () => {
    const features = new Float32Array(40).fill(2);
    expect(effectiveRank(features, 10, 4)).toBe(1);
    expect(stdRatio(features, 10, 4)).toBeCloseTo(0, 12);
    features[7] = NaN;
    for (const metric of [effectiveRank, stdRatio, uniformity]) expect(metric(features, 10, 4)).toBeNaN();
    features[7] = Infinity;
    for (const metric of [effectiveRank, stdRatio, uniformity]) expect(metric(features, 10, 4)).toBeNaN();
    expect(alignment(features, features, 10, 4)).toBeNaN();
  });

  it('finds known eigenvalues, repeated and zero ones included', () => {
    // H D H with the reflection H = I - 2 u u'.
    const values = [7, 3, 3, 1, 0, 0, -2];
    const n = values.length;
    const u = values.map((_, i) => Math.sin(i + 1));
    const norm = Math.hypot(...u);
    const h = (i: number, j: number) => (i === j ? 1 : 0) - (2 * u[i]! * u[j]!) / norm ** 2;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) a[i * n + j] = values.reduce((s, v, t) => s + h(i, t) * v * h(t, j), 0);
    const found = symmetricEigenvalues(a, n);
    expect(found.length).toBe(n);
    found.forEach((value, i) => expectClose(value, values[i]!, 1e-12));
    expect([...symmetricEigenvalues(Float64Array.of(5), 1)]).toEqual([5]);
    expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0]);
  });
});

describe('kNN', () => {
  const { classes, d } = golden.knn;
  const bank = floats(golden.knn.bank);
  const bankLabels = Int32Array.from(golden.knn.labels);
  const test = floats(golden.knn.test);
  const testLabels = Int32Array.from(golden.knn.testLabels);

  it.each(golden.knn.runs)(
    'k $k, T $temperature, leave one out $leaveOneOut',
    async ({ k, temperature, leaveOneOut, predictions, first }) => {
      const held = leaveOneOut ? {} : { queries: test, queryLabels: testLabels };
      const voters: number[] = [];
      const result = await knnClassify(
        { bank, bankLabels, d, classes, k, temperature, ...held },
        { onVoters: ({ indices }) => voters.push(...indices) },
      );
      expect([...result.predictions]).toEqual(predictions);
      expect(result.leaveOneOut).toBe(leaveOneOut);
      first.forEach((row, q) => expect(voters.slice(q * k, q * k + row.length)).toEqual(row));
      const truth = leaveOneOut ? bankLabels : testLabels;
      const right = predictions.filter((p, i) => p === truth[i]).length;
      expect(result.accuracy).toBe(right / truth.length);
    },
  );

  it('clamps k to the bank and survives an extreme temperature', async () => {
    const result = await knnClassify({ bank, bankLabels, d, classes, k: 1000, temperature: 1e-4 });
    expect(result.k).toBe(bankLabels.length - 1);
    const one = await knnClassify({ bank, bankLabels, d, classes, k: 1, temperature: 0.1 });
    expect([...result.predictions]).toEqual([...one.predictions]);
  });

  it('lets nothing of a group vote for its own, asked or in the bank, nor compete with it', async () => {
    // four angles; the nearest of each is of its own group, the next nearest has the other label
    const at = (angles: number[]) => Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
    const line = at([0, 0.1, 0.5, 0.6]);
    const labels = Int32Array.of(0, 0, 1, 1);
    const groups = Int32Array.of(0, 0, 1, 1);
    const ask = (more: object, options = {}) =>
      knnClassify({ bank: line, bankLabels: labels, d: 2, classes: 2, k: 1, temperature: 0.1, ...more }, options);
    const votersOf = async (more: object, options = {}) => {
      const voters: number[][] = [];
      await ask(more, { ...options, onVoters: ({ indices }: Neighbours) => voters.push([...indices]) });
      return voters;
    };
    expect((await ask({})).accuracy).toBe(1);
    expect((await ask({ groups })).accuracy).toBe(0);
    const queries = { queries: at([0.05, 0.55]), queryLabels: Int32Array.of(0, 1) };
    expect((await ask({ groups, ...queries })).accuracy).toBe(1);
    expect((await ask({ groups, ...queries, queryGroups: groups.subarray(1, 3) })).accuracy).toBe(0);
    expect((await ask({ groups, ...queries, queryGroups: Int32Array.of(-1, 1) })).accuracy).toBe(0.5);
    for (const more of [
      { groups, k: 2 },
      { groups, ...queries, queryGroups: groups.subarray(1, 3), k: 2 },
    ])
      expect((await votersOf(more, { mostFound: 1 })).flat()).toEqual((await votersOf(more)).flat()); // one at a time
    expect(await votersOf({ groups, k: 2 }, { mostFound: 1 })).toHaveLength(4);
    // the second view of each photo is the first of its neighbour in the group
    const turned = at([0.1, 0, 0.6, 0.5]);
    expect(await neighbourAgreement(line, turned, 4, 2)).toBe(0);
    expect(await neighbourAgreement(line, turned, 4, 2, { groups })).toBe(1);
  });

  describe('of rows that are read', () => {
    const [n, d, count, most] = [3001, 61, 300, 500];
    const uniform = random(1);
    const numbers = (length: number) => Float32Array.from({ length }, () => uniform() - 0.5);
    const [bank, asking] = [numbers(n * d), numbers(count * d)];
    bank.copyWithin(7 * d, 2900 * d, 2901 * d); // the same in two pieces: the lower votes
    asking.set(bank.subarray(7 * d, 8 * d));
    const labelsOf = (length: number) => Int32Array.from({ length }, (_, i) => (i * i) % 5);
    const groups = Int32Array.from({ length: n }, (_, i) => (i % 4 ? -1 : i % 400));
    const input = { bankLabels: labelsOf(n), d, classes: 5, k: 12, temperature: 0.1, groups };
    const queries = { queryLabels: labelsOf(count), queryGroups: groups.slice(0, count) };
    const asked = Int32Array.from({ length: count }, (_, i) => 10 * i);

    async function found(more: Omit<KnnInput, keyof typeof input>, options = {}) {
      const voters: number[] = [];
      const cosines: number[] = [];
      const onVoters = ({ indices, similarities }: Neighbours) =>
        void (voters.push(...indices), cosines.push(...similarities));
      return { ...(await knnClassify({ ...input, ...more }, { threads: 2, onVoters, ...options })), voters, cosines };
    }

    /** Never gives more than `most` rows at once. */
    const read = (features: Float32Array): FeatureRows => ({
      n: features.length / d,
      d,
      copy(from, rows, into) {
        expect(rows).toBeLessThanOrEqual(most);
        into.set(features.subarray(from * d, (from + rows) * d));
      },
    });

    it.each([
      ['others ask', { queries: asking, ...queries }, { queries: read(asking), ...queries }],
      ['some of the bank ask', { asked }, { asked }],
    ])('finds the same a piece at a time: %s', async (_, whole, pieced) => {
      const expected = await found({ bank, ...whole }, { pieceBytes: Infinity });
      const pieces = { pieceBytes: 4 * d * most, mostAsked: 70 * d };
      expect(await found({ bank: read(bank), ...pieced }, pieces)).toEqual(expected);
      expect(expected.voters.length).toBe(count * input.k);
    });

    it('names the row that is no number by its place among all', async () => {
      const broken = bank.slice();
      broken[2003 * d + 3] = NaN;
      await expect(found({ bank: broken, asked }, { pieceBytes: 4 * d * most })).rejects.toMatchObject({
        code: 'not-finite',
        details: { row: 2003 },
      });
    });

    it('reads none where a graph says who votes', async () => {
      const k = 3;
      const rows = Int32Array.from({ length: n }, (_, i) => i + 1); // the first photo of the graph has no label
      const indices = Int32Array.from({ length: (n + 1) * k }, (_, at) => 1 + ((Math.floor(at / k) + (at % k)) % n));
      const voters = votersAmong({ indices, similarities: new Float32Array(indices.length) }, k, rows, 2);
      expect(voters.lacking.length).toBe(0);
      expect([...voters.neighbours.indices.subarray(0, 4)]).toEqual([1, 2, 2, 3]);
      const nothing = { n, d, copy: () => expect.unreachable('a row was read') };
      const { bankLabels } = input;
      const { predictions, accuracy } = await knnClassify({ ...input, k: 2, bank: nothing, voters });
      // of two that are equally near and of different classes the lower class
      const next = (i: number) => Math.min(bankLabels[(i + 1) % n]!, bankLabels[(i + 2) % n]!);
      expect([...predictions]).toEqual(Array.from({ length: n }, (_, i) => next(i)));
      expect(accuracy).toBe(bankLabels.filter((label, i) => label === next(i)).length / n);
    });
  });

  it('measures agreement: every photo, none, and chance for a constant', async () => {
    expect(await neighbourAgreement(bank, bank, 150, d)).toBe(1);
    const turned = new Float32Array(bank.length);
    turned.set(bank.subarray(d));
    turned.set(bank.subarray(0, d), bank.length - d);
    expect(await neighbourAgreement(bank, turned, 150, d)).toBe(0);
    const constant = new Float32Array(bank.length).fill(0.3);
    expect(await neighbourAgreement(constant, constant, 150, d)).toBe(1 / 150);
  });
});

describe('confusionMatrix', () => {
  it('keeps the photos behind each cell', () => {
    const confusion = confusionMatrix(Int32Array.of(0, 1, 1, 2, 0, 1), Int32Array.of(0, 2, 1, 2, 1, 2), 4);
    expect([...confusion.counts]).toEqual([1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect([...confusion.cell(1, 2)]).toEqual([1, 5]);
    expect([...confusion.cell(2, 0)]).toEqual([]);
    expect(confusion.accuracy).toBe(0.5);
    expect([...confusion.recall.slice(0, 3)]).toEqual([0.5, 1 / 3, 1]);
    expect(confusion.recall[3]).toBeNaN();
  });
});
