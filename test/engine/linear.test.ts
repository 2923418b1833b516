/** Linear and few-shot evaluation against scikit-learn (test/golden/linear.py) and PyTorch (test/golden/probe.py). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  chosenRows,
  fewShot,
  fitLogistic,
  fitProbe,
  linearEvaluation,
  rowsOfFile,
} from '../../src-main/evaluate/index.ts';
import { minimize } from '../../src-main/evaluate/lbfgs.ts';
import { drawPerClass } from '../../src-main/evaluate/linear.ts';
import { testFolder } from '../helpers/folders.ts';
import { counted, distance, expectClose, norm } from './golden.ts';

interface Case {
  name: string;
  classes: number;
  d: number;
  x: string;
  y: number[];
  tx: string;
  ty: number[];
  fits: { standardize: boolean; C: number; accuracy: number; predictions: number[]; weightNorm: number | null }[];
}
const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/linear.json.gz', import.meta.url))).toString(),
) as Case[];
const floats = (base64: string) => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
const input = ({ classes, d, x, y, tx, ty }: Case) => ({
  classes,
  d,
  train: { features: floats(x), labels: Int32Array.from(y) },
  test: { features: floats(tx), labels: Int32Array.from(ty) },
});

describe.each(golden)('$name', (set) => {
  it.each(set.fits)("is scikit-learn's fit: standardised $standardize, C $C", async (fit) => {
    const result = await linearEvaluation({ ...input(set), standardize: fit.standardize }, { C: fit.C });
    expect([...result.classifier.weight].every(Number.isFinite)).toBe(true);
    expect(Math.abs(result.accuracy - fit.accuracy)).toBeLessThanOrEqual(0.005);
    const same = fit.predictions.filter((p, i) => p === result.predictions[i]).length;
    expect(same / fit.predictions.length).toBeGreaterThanOrEqual(0.995);
    // With two classes scikit-learn fits one weight vector where the softmax has two: the norm does not compare.
    if (fit.weightNorm !== null) {
      const norm = Math.hypot(...result.classifier.weight);
      expect(Math.abs(norm / fit.weightNorm - 1)).toBeLessThan(2e-3);
    }
    expect(result.confusion.accuracy).toBe(result.accuracy);
    expect(result.confusion.counts.reduce((a, b) => a + b)).toBe(set.ty.length);
  });
});

interface Steps {
  optimizer: 'sgd' | 'lars';
  n: number;
  d: number;
  classes: number;
  epochs: number;
  seed: number;
  losses: number[];
  weight: number[];
  bias: number[];
}
const steps = JSON.parse(readFileSync(new URL('../golden/probe.json', import.meta.url), 'utf8')) as Steps[];

describe('the recipes of papers', () => {
  it.each(steps)("take PyTorch's steps: $optimizer", async ({ optimizer, n, d, classes, epochs, seed, ...golden }) => {
    const features = counted(`probe.${optimizer}.x`, n * d, 3);
    const labels = Int32Array.from({ length: n }, (_, i) => (i * i + Math.floor(i / 7)) % classes);
    labels.forEach((label, i) => (features[i * d + (label % d)]! += 1));
    const start = new Map([
      ['probe.weight', { shape: [classes, d], data: counted(`probe.${optimizer}.weight`, classes * d, 0.02) }],
      ['probe.bias', { shape: [classes], data: new Float32Array(classes) }],
    ]);
    const losses: number[] = [];
    const onStep = (_done: number, total: number, loss: number) => {
      expect(total).toBe(golden.losses.length);
      losses.push(loss);
    };
    const { weight, bias } = await fitProbe(features, labels, d, classes, optimizer, { epochs, seed, start, onStep });
    expectClose(losses, golden.losses, 1e-4, 1e-5, 'losses');
    expect(distance(weight, golden.weight) / norm(golden.weight)).toBeLessThan(1e-4);
    expect(distance(bias, golden.bias) / norm(golden.bias)).toBeLessThan(1e-4);
  });

  it('end where the convex optimum is, and repeat with their seed', async () => {
    const data = input(golden[0]!);
    const optimum = await linearEvaluation(data);
    for (const solver of ['sgd', 'lars'] as const) {
      const { accuracy, predictions, classifier } = await linearEvaluation(data, { solver, seed: 3 });
      expect([...classifier.weight].every(Number.isFinite)).toBe(true);
      expect(Math.abs(accuracy - optimum.accuracy)).toBeLessThan(0.025); // 200 photos
      expect((await linearEvaluation(data, { solver, seed: 3 })).predictions).toEqual(predictions);
    }
  });

  it('can be stopped', async () => {
    const { train, d, classes } = input(golden[0]!);
    await expect(
      fitProbe(train.features, train.labels, d, classes, 'lars', { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
  });
});

describe('few shots', () => {
  it('learn more from more photos, repeat with their seed and differ without', async () => {
    const data = input(golden[1]!);
    const first = await fewShot(data, { draws: 4, seed: 1 });
    expect(first.map((r) => r.shots)).toEqual([1, 5, 10]);
    for (const { mean, deviation, accuracies } of first) {
      expect(Number.isFinite(mean) && Number.isFinite(deviation)).toBe(true);
      expect(mean).toBeCloseTo(accuracies.reduce((a, b) => a + b) / 4, 12);
    }
    expect(first[0]!.mean).toBeGreaterThan(0.12); // chance is 0.1
    expect(first[2]!.mean).toBeGreaterThan(first[0]!.mean + 0.1);
    expect(await fewShot(data, { draws: 4, seed: 1 })).toEqual(first);
    expect((await fewShot(data, { draws: 4, seed: 9 }))[0]!.accuracies).not.toEqual(first[0]!.accuracies);
  });

  it('draw so many of each class, without repeats, and all of a small one', () => {
    const labels = Int32Array.from([0, 1, 0, 1, 0, 2, 1, 0]);
    const rows = drawPerClass(labels, 4, 2, 3);
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows.map((row) => labels[row])).toEqual([0, 0, 1, 1, 2]);
  });
});

describe('logistic regression', () => {
  it('is the same of rows that are read from a file a piece at a time', async () => {
    const { train, test, d, classes } = input(golden[0]!);
    const n = train.labels.length;
    const folder = testFolder('rows');
    const file = join(folder, 'rows');
    // every row twice, the second time spoilt, behind a head
    const doubled = new Float32Array(3 + 2 * n * d).fill(9);
    for (let i = 0; i < n; i++) doubled.set(train.features.subarray(i * d, (i + 1) * d), 3 + 2 * i * d);
    writeFileSync(file, new Uint8Array(doubled.buffer));
    const rows = rowsOfFile(file, 12, 2 * n, d);
    const features = chosenRows(
      rows,
      Int32Array.from({ length: n }, (_, i) => 2 * i),
    );
    for (const options of [{}, { solver: 'sgd', seed: 3, epochs: 5 }] as const) {
      const expected = await linearEvaluation({ train, test, d, classes }, options);
      const found = await linearEvaluation({ train: { ...train, features }, test, d, classes }, options);
      expect(found.predictions).toEqual(expected.predictions);
      expectClose(found.classifier.weight, expected.classifier.weight, 1e-3, 1e-4); // threads add up in another order
    }
    const beyond = chosenRows(rows, Int32Array.of(2 * n));
    expect(() => beyond.copy(0, 1, new Float32Array(d))).toThrow(/ends before row/);
    rows.close();
  });

  it('says that it has converged, and that it ran out of iterations', async () => {
    const { train, d, classes } = input(golden[1]!);
    expect((await fitLogistic(train.features, train.labels, d, classes)).converged).toBe(true);
    expect((await fitLogistic(train.features, train.labels, d, classes, { maxIterations: 2 })).converged).toBe(false);
  });
});

describe('the optimiser', () => {
  it("finds Rosenbrock's minimum", async () => {
    const rosenbrock = async (p: Float64Array) => {
      const [x, y] = [p[0]!, p[1]!];
      return {
        value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
      };
    };
    const found = await minimize(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 200, tolerance: 1e-9 });
    expect(found.converged).toBe(true);
    expect(found.position[0]).toBeCloseTo(1, 6);
    expect(found.position[1]).toBeCloseTo(1, 6);
    const short = await minimize(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 3, tolerance: 1e-9 });
    expect(short.converged).toBe(false);
  });

  it('can be stopped', async () => {
    const { train, d, classes } = input(golden[0]!);
    const fit = fitLogistic(train.features, train.labels, d, classes, { signal: AbortSignal.abort() });
    await expect(fit).rejects.toThrow();
  });
});
