/**
 * The evaluate job: kNN, linear or few-shot accuracy of embeddings that were made before (labelled.ts). A test photo whose
 * label the training photos do not have counts, and cannot be right.
 */
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import type { EvaluateJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { IdList } from '../../shared/idList.ts';
import { reason } from '../../shared/reason.ts';
import {
  confusionMatrix,
  drawPerClass,
  fewShot,
  knnClassify,
  linearEvaluation,
  votersAmong,
} from '../evaluate/index.ts';
import type { Voters } from '../evaluate/index.ts';
import { readArrays } from '../files/index.ts';
import { epochOrder } from '../images/index.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { TrainerError } from './errors.ts';
import { timedProgress } from './photos.ts';
import { labelNames, readLabelled, select, sharesLabels, split, togetherness } from './labelled.ts';
import type { Labelled, LabelledFile } from './labelled.ts';

type EvaluateResult = Extract<JobResult, { kind: 'evaluate' }>;

const FEW_SHOT_DRAWS = 5;

export async function evaluate(job: EvaluateJob, { control, report }: JobContext): Promise<EvaluateResult> {
  report(saying(reason('doing.reading-embeddings'), 0));
  const labels = new Set<string>();
  for (const side of [job.train, job.test])
    for (const { label } of side?.images ?? []) if (label !== null) labels.add(label);
  const classes = [...labels].sort();
  const [only] = classes;
  if (only === undefined) throw new TrainerError('bad-job.no-labels', undefined, { classes });
  if (classes.length < 2) throw new TrainerError('bad-job.one-label', { label: only }, { classes });
  const closing: Stop[] = [];
  try {
    return await evaluated(job, classes, closing, { control, report });
  } finally {
    await stopAll(closing);
  }
}

async function evaluated(
  job: EvaluateJob,
  classes: string[],
  closing: Stop[],
  { control, report }: Pick<JobContext, 'control' | 'report'>,
): Promise<EvaluateResult> {
  const groups = new Map<string, number>();
  const trained = await readLabelled(job.train, classes, closing, groups);
  const { rows, d } = trained;
  // groups of two folders that are called alike are not the same
  const inside = job.isOneFolder ? '' : 'test\0';
  const tested = job.test ? await readLabelled(job.test, classes, closing, groups, inside) : null;
  if (tested && tested.d !== d) throw new TrainerError('bad-job.dimensions', { train: d, test: tested.d });
  if (tested?.rows.ids.length === 0) throw new TrainerError('bad-job.unlabelled');
  if (tested && !sharesLabels(rows, tested.rows))
    throw new TrainerError('bad-job.other-labels', {
      train: labelNames(rows, classes),
      test: labelNames(tested.rows, classes),
    });
  control.throwIfStopping();
  const stoppable = { signal: control.signal, turn: control.turn };
  report(saying(reason('doing.classifying'), 0.2));

  const apart = job.test ? (job.isOneFolder ? 'held-out' : 'other-folder') : null;
  if (job.evaluation === 'knn') {
    const asking = tested?.rows ?? rows;
    const voters = tested ? null : await votersOf(job, trained);
    const asked = voters ? null : sampled(asking.labels.length, rows.labels.length, job.seed);
    const some = asked ? select(asking, asked) : asking;
    const { accuracy, predictions } = await knnClassify(
      {
        bank: rows.features,
        bankLabels: rows.labels,
        d,
        classes: classes.length,
        k: job.k,
        temperature: job.temperature,
        groups: rows.groups,
        ...(tested
          ? { queries: some.features, queryLabels: some.labels, queryGroups: some.groups }
          : voters
            ? { voters }
            : asked && { asked }),
      },
      { signal: control.signal },
    );
    return {
      ...result({ accuracy, predictions }, some, classes, apart ?? 'leave-one-out', rows, asking),
      asked: { of: asking.labels.length, byGraph: voters ? rows.labels.length - voters.lacking.length : 0 },
    };
  }
  const { train, test } = tested ? { train: rows, test: tested.rows } : split(rows, classes.length, job.seed);
  const input = { train, test, d, classes: classes.length };
  const separation = apart ?? 'counted-split';
  if (job.evaluation === 'linear') {
    const onStep = timedProgress(report, 'doing.fitting-linear');
    return result(
      await linearEvaluation(input, { solver: job.solver, seed: job.seed, onStep, ...stoppable }),
      test,
      classes,
      separation,
      train,
    );
  }

  const drawn = shotsOf(job.shots, train.labels, classes.length);
  const shots = (await fewShot(input, { shots: drawn, draws: FEW_SHOT_DRAWS, seed: job.seed, ...stoppable })).map(
    ({ shots: count, mean, deviation }) => ({ shots: count, accuracy: mean, spread: deviation }),
  );
  // The confusion is of the first draw with the most shots; the accuracy is the mean over the draws.
  const most = shots.reduce((a, b) => (b.shots > a.shots ? b : a));
  const few = select(train, drawPerClass(train.labels, classes.length, most.shots, job.seed));
  const { predictions } = await linearEvaluation({ ...input, train: few }, stoppable);
  return {
    ...result({ accuracy: most.accuracy, predictions }, test, classes, separation, train),
    spread: most.spread,
    shots,
  };
}

/** The asked numbers of photos a class, none above what the largest class has: 50 of 12 photos would be called 50. */
export function shotsOf(asked: readonly number[], labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  const largest = Math.max(1, ...counts);
  return [...new Set(asked.map((count) => Math.min(count, largest)))];
}

/**
 * Pairs of photos that are compared at most, those of 50,000 photos that each ask all; and photos that ask at least, by
 * which an accuracy is known to .35 points (one standard error).
 */
const MOST_PAIRS = 50_000 ** 2;
const LEAST_ASKED = 20_000;

/** Rows of `count` that ask a bank of `n`, drawn by the seed, in their order; null: all. */
export function sampled(count: number, n: number, seed: number): Int32Array | null {
  const asked = Math.max(LEAST_ASKED, Math.floor(MOST_PAIRS / n));
  if (asked >= count) return null;
  return epochOrder(seed, 0, count).slice(0, asked).sort();
}

/**
 * Who votes by the kept graph, for leaving out each of all photos; null where there is none of this file, where more are
 * to vote than it has, or where it lacks those of more photos than are asked exactly.
 */
async function votersOf(
  { graph, k, seed }: EvaluateJob,
  { rows, source, places }: LabelledFile,
): Promise<Voters | null> {
  if (!graph || k > graph.k) return null;
  const [indices, similarities] = (await readArrays(graph.file, { ...graph, source })) ?? [];
  if (!(indices instanceof Int32Array) || !(similarities instanceof Float32Array)) return null;
  const n = rows.labels.length;
  const voters = votersAmong({ indices, similarities }, graph.k, places, Math.min(k, n - 1), rows.groups);
  const most = sampled(n, n, seed)?.length ?? n;
  return voters.lacking.length <= most ? voters : null;
}

/** @param whole the photos that `test` is a sample of */
function result(
  { accuracy, predictions }: { accuracy: number; predictions: Int32Array },
  test: Labelled,
  classes: string[],
  separation: string,
  train: Labelled,
  whole = test,
): EvaluateResult {
  const { counts } = confusionMatrix(test.labels, predictions, classes.length);
  const confusion = classes.map((_, row) => [...counts.subarray(row * classes.length, (row + 1) * classes.length)]);
  return {
    kind: 'evaluate',
    accuracy,
    spread: null,
    shots: [],
    classes,
    confusion,
    predictions,
    truth: test.labels,
    tested: IdList.of(test.ids).bytes,
    split: separation,
    groups: togetherness(train, whole),
    asked: { of: whole.labels.length, byGraph: 0 },
  };
}
