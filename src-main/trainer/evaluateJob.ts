/**
 * The evaluate job: kNN, linear or few-shot accuracy of embeddings that were made before. Photos without a label are
 * left out. A test photo whose label the training photos do not have counts, and cannot be right.
 */
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import type { EvaluateJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { reason } from '../../shared/reason.ts';
import {
  chosenRows,
  confusionMatrix,
  drawPerClass,
  fewShot,
  knnClassify,
  linearEvaluation,
  pieces,
  rowsOfFile,
  votersAmong,
} from '../evaluate/index.ts';
import type { FeatureRows, Voters } from '../evaluate/index.ts';
import { checkNpy, readArrays, readNpyLayout } from '../files/index.ts';
import { epochOrder } from '../images/index.ts';
import { saying } from './control.ts';
import type { JobContext } from './control.ts';
import { TrainerError } from './errors.ts';
import { firstNotFinite, NotFiniteError } from './finite.ts';
import { timedProgress } from './photos.ts';

type EvaluateResult = Extract<JobResult, { kind: 'evaluate' }>;

interface Labelled {
  ids: string[];
  features: FeatureRows; // [n, d]
  labels: Int32Array; // [n]
  /** For each photo the number of what it belongs to, a group or the file that it is part of; -1: it stands alone. */
  groups: Int32Array; // [n]
}

/** Share of the photos of each class that a counted split keeps for the test. */
const TEST_SHARE = 0.2;
const FEW_SHOT_DRAWS = 5;

export async function evaluate(job: EvaluateJob, { control, report }: JobContext): Promise<EvaluateResult> {
  report(saying(reason('doing.reading-embeddings'), 0));
  const labels = [...job.train.images, ...(job.test?.images ?? [])].flatMap(({ label }) =>
    label === null ? [] : [label],
  );
  const classes = [...new Set(labels)].sort();
  if (classes.length < 2) throw new TrainerError('bad-job.labels', { count: classes.length }, { classes });
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
  const trained = await read(job.train, classes, closing, groups);
  const { rows, d } = trained;
  // groups of two folders that are called alike are not the same
  const inside = job.test?.vectors === job.train.vectors ? '' : 'test\0';
  const tested = job.test ? await read(job.test, classes, closing, groups, inside) : null;
  if (tested && tested.d !== d) throw new TrainerError('bad-job.dimensions', { train: d, test: tested.d });
  if (tested?.rows.ids.length === 0) throw new TrainerError('bad-job.unlabelled');
  if (tested && !sharesLabels(rows, tested.rows))
    throw new TrainerError('bad-job.other-labels', { train: names(rows, classes), test: names(tested.rows, classes) });
  control.throwIfStopping();
  const stoppable = { signal: control.signal, turn: control.turn };
  report(saying(reason('doing.classifying'), 0.2));

  const apart = job.test ? (job.test.vectors === job.train.vectors ? 'held-out' : 'other-folder') : null;
  if (job.evaluation === 'knn') {
    const asking = tested?.rows ?? rows;
    const voters = tested ? null : await votersOf(job, trained);
    const asked = voters ? null : sampled(asking.labels.length, rows.labels.length, job.seed);
    const some = asked ? select(asking, asked) : asking;
    const { accuracy, predictions } = await knnClassify(
      {
        bank: inMemory(rows.features),
        bankLabels: rows.labels,
        d,
        classes: classes.length,
        k: job.k,
        temperature: job.temperature,
        groups: rows.groups,
        ...(tested
          ? { queries: inMemory(some.features), queryLabels: some.labels, queryGroups: some.groups }
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

  const shots = (await fewShot(input, { shots: job.shots, draws: FEW_SHOT_DRAWS, seed: job.seed, ...stoppable })).map(
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

const sharesLabels = (a: Labelled, b: Labelled): boolean => new Set(a.labels).intersection(new Set(b.labels)).size > 0;

/** The first few labels that occur. */
function names({ labels }: Labelled, classes: string[]): string {
  const present = [...new Set(labels)].sort((a, b) => a - b).map((label) => classes[label]!);
  return present.slice(0, 3).join(', ') + (present.length > 3 ? ', ...' : '');
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
  const placeOf = new Int32Array(indices.length / graph.k).fill(-1);
  places.forEach((row, place) => (placeOf[row] = place));
  const n = rows.labels.length;
  const among = { indices: new Int32Array(n * graph.k), similarities: new Float32Array(n * graph.k) };
  places.forEach((row, place) => {
    for (let e = 0; e < graph.k; e++) {
      const other = indices[row * graph.k + e]!;
      among.indices[place * graph.k + e] = other < 0 ? -1 : placeOf[other]!;
      among.similarities[place * graph.k + e] = similarities[row * graph.k + e]!;
    }
  });
  const voters = votersAmong(among, n, graph.k, Math.min(k, n - 1), rows.groups);
  const most = sampled(n, n, seed)?.length ?? n;
  return voters.lacking.length <= most ? voters : null;
}

/** The rows of a file that have a label: which they are there, and its checksum. */
interface LabelledFile {
  rows: Labelled;
  d: number;
  source: string;
  places: Int32Array; // [rows]
}

/** Rows of the file that have a label, with its number among `classes`; they are read as they are needed. */
async function read(
  { vectors, images }: EvaluateJob['train'],
  classes: string[],
  closing: Stop[],
  groups: Map<string, number>,
  inside = '',
): Promise<LabelledFile> {
  const source = await checkNpy(vectors);
  const { shape, type, byteOffset } = await readNpyLayout(vectors);
  const [n, d] = shape as [number, number];
  if (n !== images.length || type !== 'f4') throw new TrainerError('bad-job.rows', { rows: n, images: images.length });
  const features = rowsOfFile(vectors, byteOffset, n, d);
  closing.push(() => features.close());
  for (const { from, values } of pieces(features)) {
    const wrong = firstNotFinite(values);
    if (wrong >= 0) throw new NotFiniteError('not-finite.row', { row: from + Math.floor(wrong / d) });
  }
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const all: Labelled = {
    ids: images.map(({ id }) => id),
    features,
    labels: Int32Array.from(images, ({ label }) => (label === null ? -1 : numbers.get(label)!)),
    groups: groupsOf(images, groups, inside),
  };
  const places = Int32Array.from(images.keys()).filter((row) => all.labels[row]! >= 0);
  return { rows: select(all, places), d, source, places };
}

function inMemory(rows: FeatureRows): Float32Array {
  const out = new Float32Array(rows.n * rows.d);
  rows.copy(0, rows.n, out);
  return out;
}

function groupsOf(images: EvaluateJob['train']['images'], numbers: Map<string, number>, inside: string): Int32Array {
  return Int32Array.from(images, ({ group }) => {
    if (group === undefined) return -1;
    const name = inside + group;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
}

/** Groups of several photos that were kept together, and those that lie on both sides; both 0 where there are none. */
function togetherness(train: Labelled, test: Labelled): { kept: number; cut: number } {
  const counts = new Map<number, [train: number, test: number]>();
  const count = (groups: Int32Array, side: 0 | 1) => {
    for (const group of groups) {
      if (group < 0) continue;
      const known = counts.get(group) ?? [0, 0];
      known[side]++;
      counts.set(group, known);
    }
  };
  count(train.groups, 0);
  if (test !== train) count(test.groups, 1);
  let [kept, cut] = [0, 0];
  for (const [inTrain, inTest] of counts.values())
    if (inTrain > 0 && inTest > 0) cut++;
    else if (inTrain + inTest > 1) kept++;
  return { kept, cut };
}

function select({ ids, features, labels, groups }: Labelled, rows: readonly number[] | Int32Array): Labelled {
  return {
    ids: Array.from(rows, (row) => ids[row]!),
    features: chosenRows(features, Int32Array.from(rows)),
    labels: Int32Array.from(rows, (row) => labels[row]!),
    groups: Int32Array.from(rows, (row) => groups[row]!),
  };
}

/**
 * A fifth of each class is tested, the same for the same seed; a class of one photo is only trained on. The parts of a
 * file stay together: a file goes to the test while any of its classes lacks some and none would be left without.
 */
export function split(rows: Labelled, classes: number, seed: number): { train: Labelled; test: Labelled } {
  const counts = new Int32Array(classes);
  for (const label of rows.labels) counts[label]!++;
  const order = drawPerClass(rows.labels, classes, rows.labels.length, seed);
  const taken = new Int32Array(classes);
  const wanted = (label: number) => (counts[label]! < 2 ? 0 : Math.max(1, Math.round(TEST_SHARE * counts[label]!)));
  const members = Map.groupBy(rows.labels.keys(), (row) => (rows.groups[row]! < 0 ? -1 - row : rows.groups[row]!));
  const seen = new Set<number>();
  const test = new Set<number>();
  for (const row of order) {
    const key = rows.groups[row]! < 0 ? -1 - row : rows.groups[row]!;
    const label = rows.labels[row]!;
    if (seen.has(key) || taken[label]! >= wanted(label)) continue;
    seen.add(key);
    const own = members.get(key)!;
    const inClass = Map.groupBy(own, (member) => rows.labels[member]!);
    if ([...inClass].some(([each, some]) => taken[each]! + some.length >= counts[each]!)) continue;
    for (const member of own) {
      test.add(member);
      taken[rows.labels[member]!]!++;
    }
  }
  const positions = [...rows.labels.keys()];
  return {
    train: select(
      rows,
      positions.filter((row) => !test.has(row)),
    ),
    test: select(
      rows,
      positions.filter((row) => test.has(row)),
    ),
  };
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
    tested: test.ids,
    split: separation,
    groups: togetherness(train, whole),
    asked: { of: whole.labels.length, byGraph: 0 },
  };
}
