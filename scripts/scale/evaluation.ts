/**
 * kNN evaluation of a file of embeddings of 512 numbers, as the compute process does it: of photos that are held out, which
 * ask the whole folder, and of each photo without itself by the kept graph. The file is written a piece at a time, so
 * that the peak is the job's.
 */
import { join } from 'node:path';
import type { EvaluateJob } from '../../shared/contract/job.ts';
import { checkNpy, writeArrays } from '../../src-main/files/index.ts';
import { writeNpyRows } from '../../src-main/export/index.ts';
import type { JobContext } from '../../src-main/trainer/control.ts';
import { Control } from '../../src-main/trainer/control.ts';
import { evaluate } from '../../src-main/trainer/evaluateJob.ts';
import { random } from '../../test/helpers/random.ts';
import type { Operation } from './operations.ts';

const D = 512;
const CLASSES = 100;
/** Few, as what is asked is memory: the time of a query is a row of its own. */
const ASKED = 500;
const ROWS_PER_BATCH = 1000;
const kept = { kind: 'neighbours', version: 1 };
const k = 15;

/** Numbers that rows begin anywhere among, as their noise. */
const NOISE = 1 << 20;

/** Rows around the centre of each one's class, in turn. */
function* rows(n: number, seed: number): Generator<Float32Array> {
  const [uniform, places] = [random(seed), random(1)];
  const centres = Float32Array.from({ length: CLASSES * D }, () => places() - 0.5);
  const noise = Float32Array.from({ length: NOISE + D }, () => 3 * (uniform() - 0.5));
  for (let from = 0; from < n; from += ROWS_PER_BATCH) {
    const out = new Float32Array(Math.min(ROWS_PER_BATCH, n - from) * D);
    for (let at = 0; at < out.length; at += D) {
      const [start, centre] = [Math.floor(NOISE * uniform()), ((from + at / D) % CLASSES) * D];
      for (let j = 0; j < D; j++) out[at + j] = centres[centre + j]! + noise[start + j]!;
    }
    yield out;
  }
}

async function side(folder: string, name: string, n: number, seed: number): Promise<EvaluateJob['train']> {
  const vectors = join(folder, `${name}.npy`);
  await writeNpyRows(vectors, n, D, rows(n, seed), { sealed: true });
  const images = Array.from({ length: n }, (_, i) => ({ id: `d-${name}${i}`, label: `kind ${i % CLASSES}` }));
  return { vectors, images };
}

/** @param isHeldOut whether other photos ask; else each of all without itself */
const knn = (row: string, isHeldOut: boolean): Operation => ({
  rows: [row],
  async run(n, { measure, note, folder }) {
    const train = await side(folder, 'train', n, 2);
    const test = isHeldOut ? await side(folder, 'test', ASKED, 3) : null;
    const file = join(folder, 'graph');
    if (!isHeldOut) {
      const indices = Int32Array.from({ length: n * k }, (_, at) => (Math.floor(at / k) + 50 * (1 + (at % k))) % n);
      const similarities = Float32Array.from({ length: n * k }, (_, at) => 0.9 - (at % k) / 100);
      await writeArrays(file, { ...kept, source: await checkNpy(train.vectors) }, [indices, similarities]);
    }
    const job: EvaluateJob = {
      ...{ kind: 'evaluate', evaluation: 'knn', train, test, solver: 'lbfgs', shots: [], seed: 0 },
      ...(isHeldOut ? { k: 200 } : { k, graph: { file, ...kept, k } }),
      temperature: 0.1,
    };
    const context = { report: () => undefined, control: new Control() } as unknown as JobContext;
    const before = process.memoryUsage.rss();
    const { accuracy, asked } = await measure(row, () => evaluate(job, context));
    const grown = process.resourceUsage().maxRSS / 1024 - before / 2 ** 20;
    note(`accuracy ${accuracy.toFixed(6)}, ${asked.byGraph} by the graph, ${grown.toFixed(0)} MB above what is given`);
  },
});

export const evaluations: readonly Operation[] = [
  knn('kNN evaluation 512, held out', true),
  knn('kNN evaluation 512, by graph', false),
];
