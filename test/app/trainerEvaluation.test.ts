/** The job that evaluates embeddings: how photos are split, what each solver and kNN find, and which photos were tested. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluateJob } from '../../shared/contract/job.ts';
import { IdList } from '../../shared/idList.ts';
import { writeNpy } from '../../src-main/export/index.ts';
import { checkNpy, writeArrays } from '../../src-main/files/index.ts';
import { shotsOf } from '../../src-main/trainer/evaluateJob.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { finish, startHere } from './trainerHarness.ts';

const folder = sharedFolder('evaluation');

describe('evaluation', () => {
  /** Two classes far apart, and one photo of each on the wrong side. */
  const made = async (name: string, n: number): Promise<EvaluateJob['train']> => {
    const vectors = join(folder, `${name}.npy`);
    const images = Array.from({ length: n }, (_, i) => ({ id: `${name}-${i}`, label: i % 2 ? 'b' : 'a' }));
    const data = Float32Array.from({ length: n * 3 }, (_, at) => {
      const [i, j] = [Math.floor(at / 3), at % 3];
      const side = (i % 2) ^ Number(i < 2);
      return j === 2 ? Math.sin(i) / 20 : Number(side === j);
    });
    await writeNpy(vectors, { shape: [n, 3], data });
    return { vectors, images };
  };
  const job = (more: Partial<EvaluateJob> & Pick<EvaluateJob, 'train'>): EvaluateJob => ({
    kind: 'evaluate',
    evaluation: 'knn',
    test: null,
    k: 5,
    temperature: 0.1,
    solver: 'lbfgs',
    shots: [1, 5],
    seed: 0,
    ...more,
  });

  it('leaves each photo out, and says which photos were tested', async () => {
    const result = await finish(job({ train: await made('loo', 20) }));
    expect(result).toMatchObject({
      split: 'leave-one-out',
      classes: ['a', 'b'],
      confusion: [
        [9, 1],
        [1, 9],
      ],
      spread: null,
    });
    expect(result.accuracy).toBeCloseTo(0.9, 9);
    expect(IdList.read(result.tested)).toHaveLength(20);
    expect([...result.predictions].slice(0, 4)).toEqual([1, 0, 0, 1]);
  }, 30_000);

  it('takes the voters from the kept graph where it has enough of them, and looks for the others', async () => {
    const train = await made('graph', 20);
    train.images[4] = { id: 'graph-4', label: null };
    const k = 3;
    // each photo's neighbours are the next ones, whatever their features: what follows shows that they voted
    const indices = Int32Array.from({ length: 20 * k }, (_, at) => (Math.floor(at / k) + 1 + (at % k)) % 20);
    const kept = { kind: 'neighbours', version: 1, source: await checkNpy(train.vectors) };
    const file = join(folder, 'graph.graph');
    await writeArrays(file, kept, [indices, new Float32Array(20 * k).fill(0.5)]);
    const graph = { file, kind: 'neighbours', version: 1, k };
    const byGraph = await finish(job({ train, k, graph }));
    // 1, 2 and 3 have the photo without a label among theirs: their own are looked for
    expect(byGraph.asked).toEqual({ of: 19, byGraph: 16 });
    // of three next ones two are of the other class
    expect(byGraph.accuracy).toBeLessThan(0.2);
    expect((await finish(job({ train, k, graph: { ...graph, version: 2 } }))).asked.byGraph).toBe(0);
    expect((await finish(job({ train, k: 4, graph }))).accuracy).toBeGreaterThan(0.8);
  }, 30_000);

  it('tests another folder, and splits one with a count', async () => {
    const other = await finish(
      job({ evaluation: 'linear', train: await made('train', 40), test: await made('test', 10) }),
    );
    expect(other).toMatchObject({
      split: 'other-folder',
      confusion: [
        [4, 1],
        [1, 4],
      ],
    });
    const counted = await finish(job({ evaluation: 'linear', train: await made('train', 40) }));
    expect(counted.split).toBe('counted-split');
    expect(IdList.read(counted.tested)).toHaveLength(8);
    expect((await finish(job({ evaluation: 'linear', train: await made('train', 40) }))).tested).toEqual(
      counted.tested,
    );
  }, 60_000);

  it.each(['sgd', 'lars'] as const)(
    'fits the linear classifier as papers do: %s',
    async (solver) => {
      const result = await finish(
        job({ evaluation: 'linear', solver, train: await made('train', 40), test: await made('test', 10) }),
      );
      expect(result).toMatchObject({
        split: 'other-folder',
        confusion: [
          [4, 1],
          [1, 4],
        ],
      });
    },
    60_000,
  );

  it('refuses folders that share no label', async () => {
    const test = await made('test', 10);
    const elsewhere = { ...test, images: test.images.map(({ id }) => ({ id, label: 'c' })) };
    const end = await startHere(job({ train: await made('train', 40), test: elsewhere })).ended;
    expect(end).toMatchObject({
      type: 'failed',
      error: { code: 'bad-job', message: expect.stringContaining('a, b; tested: c') as string },
    });
  }, 30_000);

  it('gives the mean and the spread of few shots', async () => {
    const result = await finish(
      job({ evaluation: 'fewshot', train: await made('train', 40), test: await made('test', 10) }),
    );
    expect(result.shots.map(({ shots }) => shots)).toEqual([1, 5]);
    expect(result.accuracy).toBe(result.shots[1]!.accuracy);
    expect(result.spread).toBe(result.shots[1]!.spread);
  }, 30_000);

  it('calls no more photos a class than there are', () => {
    expect(shotsOf([1, 5, 50, 60], Int32Array.of(0, 1, 1, 1, 1, 1, 1), 2)).toEqual([1, 5, 6]);
    expect(shotsOf([5, 10], Int32Array.of(0, 1), 2)).toEqual([1]);
  });

  it.each([
    [null, /^none of the photos has a label: sort them into two or more folders/],
    ['cats', /^all labelled photos have the one label cats/],
  ])(
    'asks for labels where there is but %s',
    async (label, says) => {
      const train = await made('unlabelled', 10);
      const images = train.images.map(({ id }, i) => ({ id, label: i < 8 ? label : null }));
      const end = await startHere(job({ train: { ...train, images } })).ended;
      const message = expect.stringMatching(says) as string;
      expect(end).toMatchObject({ type: 'failed', error: { code: 'bad-job', message } });
    },
    30_000,
  );
});
