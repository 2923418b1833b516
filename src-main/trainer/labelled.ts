/** The labelled rows of a file of embeddings, and how they are parted into those that are trained on and those that are tested. */
import type { Stop } from '../../shared/closers.ts';
import type { EvaluateJob } from '../../shared/contract/job.ts';
import { byName } from '../../shared/names.ts';
import { chosenRows, drawPerClass, pieces, rowsOfFile } from '../evaluate/index.ts';
import type { FeatureRows } from '../evaluate/index.ts';
import { checkNpy, readNpyLayout } from '../files/index.ts';
import { TrainerError } from './errors.ts';
import { firstNotFinite, NotFiniteError } from './finite.ts';

export interface Labelled {
  ids: string[];
  features: FeatureRows; // [n, d]
  labels: Int32Array; // [n]
  /** For each photo the number of what it belongs to, a group or the file that it is part of; -1: it stands alone. */
  groups: Int32Array; // [n]
}

/** Share of the photos of each class that a counted split keeps for the test. */
const TEST_SHARE = 0.2;

/** Whether any label is on both sides. */
export const sharesLabels = (a: Labelled, b: Labelled): boolean =>
  new Set(a.labels).intersection(new Set(b.labels)).size > 0;

/** The first few labels that occur. */
export function labelNames({ labels }: Labelled, classes: string[]): string {
  const present = [...new Set(labels)].map((label) => classes[label]!).sort(byName);
  return present.slice(0, 3).join(', ') + (present.length > 3 ? ', ...' : '');
}

/** The rows of a file that have a label: which they are there, and its checksum. */
export interface LabelledFile {
  rows: Labelled;
  d: number;
  source: string;
  places: Int32Array; // [rows]
}

/** Rows of the file that have a label, with its number among `classes`; they are read as they are needed. */
export async function readLabelled(
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

function groupsOf(images: EvaluateJob['train']['images'], numbers: Map<string, number>, inside: string): Int32Array {
  return Int32Array.from(images, ({ group }) => {
    if (group === undefined) return -1;
    const name = inside + group;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
}

/** Groups of several photos that were kept together, and those that lie on both sides; both 0 where there are none. */
export function togetherness(train: Labelled, test: Labelled): { kept: number; cut: number } {
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

/** Some of the rows, in the order given. */
export function select({ ids, features, labels, groups }: Labelled, rows: readonly number[] | Int32Array): Labelled {
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
