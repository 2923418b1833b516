/**
 * Which rows to look at first. Of an index whose rows were standardised, so that a feature in which all rows are alike
 * does not hide the others: the rows that differ most, those that stand for many, those in doubt, or a mix of these.
 * What a row is, and where doubt comes from, is the caller's.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { ExactIndex } from './exactIndex.ts';
import { few, markedRows } from './few.ts';

export interface Choice {
  /** How many; fewer are chosen where no more are allowed. */
  count: number;
  /** Rows that may be chosen, 1 each [n]; null: all. */
  allowed: Uint8Array | null;
  /** Rows that were chosen before: what is like them is not chosen again. */
  before: readonly number[];
  /** How unsure each row's class is, 0 to 1 [n]; null: nothing is known of classes yet. */
  doubt: Float32Array | null;
  seed?: number;
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Vectors whose products with all rows are computed at once. */
const VECTORS_PER_BATCH = 32;
/** Values of 16 bits. */
const DIGITS = 0x10000;
/** Of so many rows one vector's products are compared in half a millisecond. */
const QUICK = 100_000;
/** Most rows that clusters are found among; their centres hold for the others. */
const CLUSTERED = 16_384;
const ITERATIONS = 15;
/** Most clusters; what is asked for beyond them differs from their middles. */
const MOST_CLUSTERS = 2000;
/** Of how many of the rows in doubt, for each that is wanted, those that differ are chosen. */
const DOUBTFUL = 4;
/** So many examples make doubt mean something; the share of the rows that are then taken to be in doubt. */
const SETTLED = 60;
const UNSURE = 0.3;

const isAllowed = ({ allowed }: Choice, row: number): boolean => allowed === null || allowed[row] === 1;

/** The cosine of every row with the nearest of `rows` [n]; -1 where there are none. @param onBatch after so many of them */
async function nearestOf(
  index: ExactIndex,
  rows: readonly number[],
  signal?: AbortSignal,
  onBatch?: (done: number) => void,
): Promise<Float32Array> {
  const nearest = new Float32Array(index.n).fill(-1);
  for (let at = 0; at < rows.length; at += VECTORS_PER_BATCH) {
    const some = rows.slice(at, at + VECTORS_PER_BATCH);
    const products = await index.products(index.some(some), some.length, signal);
    for (let q = 0; q < some.length; q++) {
      for (let i = 0; i < index.n; i++) nearest[i] = Math.max(nearest[i]!, products[q * index.n + i]!);
      if (index.n > QUICK) await breathe();
    }
    onBatch?.(at + some.length);
  }
  return nearest;
}

/**
 * Row numbers in the order in which they are chosen, at most `count`: each next row is the one farthest by cosine from all
 * before it (Gonzalez 1985).
 * @throws the reason of an aborted `signal`
 */
export async function varied(index: ExactIndex, choice: Choice): Promise<number[]> {
  const { count, before, seed = 0, signal, onProgress } = choice;
  const chosen: number[] = [];
  // all rows are compared with each of them: some stand for very many
  const first = before.length > 0 ? few(before, CLUSTERED) : [seed % index.n];
  const steps = first.length / VECTORS_PER_BATCH + count;
  let nearest = await nearestOf(index, first, signal, (done) => onProgress?.(done / VECTORS_PER_BATCH / steps));
  for (const row of before) nearest[row] = Infinity;
  while (chosen.length < count) {
    let farthest = -1;
    for (let i = 0; i < index.n; i++)
      if (isAllowed(choice, i) && nearest[i]! < (farthest < 0 ? Infinity : nearest[farthest]!)) farthest = i;
    if (farthest < 0) break;
    chosen.push(farthest);
    const products = await index.products(index.row(farthest), 1, signal);
    // the row that the first is farthest from was none that was chosen
    if (chosen.length === 1 && before.length === 0) nearest = products;
    else for (let i = 0; i < index.n; i++) nearest[i] = Math.max(nearest[i]!, products[i]!);
    nearest[farthest] = Infinity;
    onProgress?.((first.length / VECTORS_PER_BATCH + chosen.length) / steps);
  }
  return chosen;
}

/**
 * Row numbers of what stands for many: the middle of each of as many clusters as rows are wanted, those of the largest
 * first.
 * @throws the reason of an aborted `signal`
 */
export async function typical(index: ExactIndex, choice: Choice): Promise<number[]> {
  const rows = few(openRows(index, choice), CLUSTERED);
  return filled(index, choice, await middles(index, rows, choice.count, [], choice));
}

/**
 * Row numbers of a mix. At first what stands for many: all rows are divided into as many clusters as rows were and will
 * be chosen, and those where none was give their middle. Once there are examples enough that doubt means something, the
 * same among the rows whose class is in doubt.
 */
export async function mixed(index: ExactIndex, choice: Choice): Promise<number[]> {
  const { count, before, doubt } = choice;
  const open = openRows(index, choice);
  if (doubt && before.length >= SETTLED) {
    const sorted = await byDoubt(open, doubt);
    const unsure = sorted.subarray(0, Math.max(DOUBTFUL * count, Math.ceil(UNSURE * open.length)));
    return filled(index, choice, await middles(index, few(unsure, CLUSTERED), count, [], choice));
  }
  return filled(index, choice, await middles(index, few(open, CLUSTERED), count, few(before, CLUSTERED), choice));
}

/** Rows that may be chosen and were not, ascending. */
function openRows(index: ExactIndex, choice: Choice): Int32Array {
  const isOpen = choice.allowed?.slice() ?? new Uint8Array(index.n).fill(1);
  for (const row of choice.before) isOpen[row] = 0;
  return markedRows(isOpen);
}

/**
 * Rows by their doubt, most first, those of equal doubt in their order: by the 16 lower, then the 16 upper bits of what
 * is left of certainty, as sorting a million by comparison would hold the thread for a second; others have a turn between.
 */
export async function byDoubt(rows: Int32Array, doubt: Float32Array): Promise<Int32Array> {
  const count = rows.length;
  const values = new Float32Array(count);
  for (let at = 0; at < count; at++) values[at] = doubt[rows[at]!]!;
  const bits = new Uint32Array(values.buffer); // of no negative number: in its order
  let order = Uint32Array.from({ length: count }, (_, at) => at);
  let next = new Uint32Array(count);
  for (const shift of [0, 16]) {
    await breathe();
    const starts = new Uint32Array(DIGITS + 1);
    for (let at = 0; at < count; at++) starts[DIGITS - ((bits[at]! >>> shift) % DIGITS)]!++;
    for (let i = 0; i < DIGITS; i++) starts[i + 1]! += starts[i]!;
    await breathe();
    for (let i = 0; i < count; i++) {
      const at = order[i]!;
      next[starts[DIGITS - 1 - ((bits[at]! >>> shift) % DIGITS)]!++] = at;
    }
    [order, next] = [next, order];
  }
  await breathe();
  const sorted = new Int32Array(count);
  for (let i = 0; i < count; i++) sorted[i] = rows[order[i]!]!;
  return sorted;
}

/** The rows in the middle of clusters of `rows` and `before` that have none of `before`, those of the largest first. */
async function middles(
  index: ExactIndex,
  rows: readonly number[],
  count: number,
  before: readonly number[],
  { seed = 0, count: all, signal, onProgress }: Choice,
): Promise<number[]> {
  if (rows.length <= count) return [...rows];
  const part = await indexOf(index, [...rows, ...before]);
  try {
    const wanted = Math.min(count + before.length, MOST_CLUSTERS);
    // clusters find what they find at once: what is filled up afterwards is counted by itself
    const {
      labels,
      similarities,
      count: found,
    } = await part.kMeans(wanted, {
      seed,
      signal,
      iterations: ITERATIONS,
      onProgress: (done) => onProgress?.((done * Math.min(wanted, all)) / all),
    });
    const middle = new Int32Array(found).fill(-1);
    const isTaken = new Set(labels.subarray(rows.length));
    for (let i = 0; i < rows.length; i++) {
      const label = labels[i]!;
      if (middle[label]! < 0 || similarities[i]! > similarities[middle[label]!]!) middle[label] = i;
    }
    return [...middle].flatMap((i, label) => (i < 0 || isTaken.has(label) ? [] : [rows[i]!])).slice(0, count);
  } finally {
    await part.close();
  }
}

/** With what differs most from all that were chosen, where these are fewer than were asked for. */
async function filled(index: ExactIndex, choice: Choice, chosen: number[]): Promise<number[]> {
  if (chosen.length >= choice.count) return chosen;
  const before = [...choice.before, ...chosen];
  const count = choice.count - chosen.length;
  const onProgress = (done: number) => choice.onProgress?.((chosen.length + done * count) / choice.count);
  return [...chosen, ...(await varied(index, { ...choice, before, count, onProgress }))];
}

/**
 * Row numbers of those whose class is in most doubt, and that differ from each other.
 * @throws RangeError where no doubt is known; the reason of an aborted `signal`
 */
export async function uncertain(index: ExactIndex, choice: Choice): Promise<number[]> {
  const { count, doubt, signal, onProgress } = choice;
  if (!doubt) throw new RangeError('there is no doubt to go by');
  const sorted = await byDoubt(openRows(index, choice), doubt);
  const rows = [...sorted.subarray(0, DOUBTFUL * count)];
  if (rows.length <= count) return rows;
  const part = await indexOf(index, rows);
  try {
    const rest = { allowed: null, doubt: null, signal, onProgress };
    const chosen = await varied(part, { ...rest, count: count - 1, before: [0] });
    return [0, ...chosen].map((i) => rows[i]!);
  } finally {
    await part.close();
  }
}

/** An index over some of the rows of another; others have a turn before its rows are taken and before its threads start. */
async function indexOf(index: ExactIndex, rows: readonly number[]): Promise<ExactIndex> {
  await breathe();
  const some = index.some(rows);
  await breathe();
  return ExactIndex.create(some, rows.length, index.d);
}
