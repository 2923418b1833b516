/**
 * The weighted nearest-neighbour classifier of Wu et al. 2018, as the paper uses it to watch training, and the
 * agreement between two views where there are no labels. Both on frozen features, by cosine.
 */
import { InternalError } from '../../shared/errors.ts';
import { isSmall, nearest } from '../search/nearest.ts';
import { PiecedIndex } from '../search/pieced.ts';
import type { IndexOptions, Neighbours } from '../search/index.ts';
import { chosenRows, inMemory, rowsOf } from './rows.ts';
import type { FeatureRows } from './rows.ts';

export interface KnnInput {
  /** Features of the bank [n, d] and the class of each, 0 to classes - 1. */
  bank: Float32Array | FeatureRows;
  bankLabels: Int32Array;
  d: number;
  classes: number;
  /** Held-out features [count, d]; left out, the bank asks itself, each photo without itself. */
  queries?: Float32Array | FeatureRows;
  queryLabels?: Int32Array;
  /** Where the bank asks itself: the rows that ask; left out, all. */
  asked?: Int32Array; // [count]
  /** Photos with the same number (0 and up) belong together and do not vote for each other. */
  groups?: Int32Array; // [n]
  /** The number of each query's group, where there are queries; left out: they belong to none. */
  queryGroups?: Int32Array; // [count]
  /** Where the bank asks itself and all ask: what is known of who votes (`votersAmong`); only the others are looked for. */
  voters?: Voters;
  /** Neighbours that vote; clamped to the bank. */
  k: number;
  temperature: number;
}

/** The k nearest of each row that may vote for it, where a graph of the bank says them. */
export interface Voters {
  neighbours: Neighbours; // [n, k]
  k: number;
  /** Rows of which it does not: too few of its neighbours have a label and are of another group. */
  lacking: Int32Array;
}

export interface KnnResult {
  accuracy: number; // 0 to 1
  predictions: Int32Array; // [count]
  /** Neighbours that voted after clamping. */
  k: number;
  leaveOneOut: boolean;
}

export interface KnnOptions extends IndexOptions {
  signal?: AbortSignal;
  /** Neighbours held at a time, 8 bytes each. */
  mostFound?: number;
  /** Numbers of queries held at a time. */
  mostAsked?: number;
  /** Bytes of the bank held at a time. */
  pieceBytes?: number;
  /** Is given who voted for the queries from `from` on, [.., k]: for many queries that is more than is kept. */
  onVoters?(neighbours: Neighbours, from: number): void;
}
const MOST_FOUND = 1 << 25;
const MOST_ASKED = 1 << 24;

/**
 * Classifies each query by score(c) = sum over its k nearest of class c of exp(cos / T); ties go to the lower class.
 * Bank and queries are read as they are needed. An empty bank or no queries give an accuracy of NaN.
 * @throws SearchError not-finite when a feature is NaN or infinite
 */
export async function knnClassify(input: KnnInput, options: KnnOptions = {}): Promise<KnnResult> {
  if (input.voters) return byVoters(input, input.voters, options);
  const { mostFound = MOST_FOUND, mostAsked = MOST_ASKED, pieceBytes, onVoters, signal, ...index } = options;
  const { bankLabels, d, groups } = input;
  const n = bankLabels.length;
  const leaveOneOut = input.queries === undefined;
  const own = leaveOneOut ? (input.asked ?? Int32Array.from(bankLabels.keys())) : null;
  const bank = rowsOf(input.bank, d);
  const queries = own ? chosenRows(bank, own) : rowsOf(input.queries!, d);
  const truth = own ? own.map((row) => bankLabels[row]!) : input.queryLabels!;
  const count = truth.length;
  checkRows('bank', bank, n);
  checkRows('queries', queries, count);
  const k = Math.max(1, Math.min(input.k, leaveOneOut ? n - 1 : n));
  const ownGroups = own ? groups && own.map((row) => groups[row]!) : input.queryGroups;
  // a query of the bank is left out by itself; what else is of its group is not
  const others = groups && ownGroups ? largestGroup(groups) - (leaveOneOut ? 1 : 0) : 0;
  const asked = Math.min(Math.max(1, leaveOneOut ? n - 1 : n), k + others);
  const atOnce = Math.max(1, Math.floor(Math.min(mostFound / asked, mostAsked / d)));

  const predictions = new Int32Array(count);
  const small = isSmall(n, d, count) ? inMemory(bank, d, 0, n) : null;
  const pieced = small ? null : new PiecedIndex(bank, { ...index, pieceBytes });
  try {
    for (let from = 0; from < count; from += atOnce) {
      const to = Math.min(count, from + atOnce);
      const some = inMemory(queries, d, from, to);
      const search = { exclude: own?.subarray(from, to) ?? null, signal };
      let found = await (pieced?.query(some, to - from, asked, search) ??
        nearest(small!, n, d, some, to - from, asked, search));
      if (others > 0) found = withoutOwn(found, asked, groups!, ownGroups!.subarray(from, to), k);
      vote(found, k, input, predictions.subarray(from, to));
      onVoters?.(found, from);
    }
  } finally {
    await pieced?.close();
  }
  return { accuracy: shareRight(predictions, truth, n), predictions, k, leaveOneOut };
}

function checkRows(what: string, rows: FeatureRows, n: number): void {
  if (rows.n !== n) throw new InternalError('bad-shape', `${what} has ${rows.n} rows for ${n} labels`, { n });
}

/** Neighbours that are known vote; those of rows that lack some are looked for. */
async function byVoters(
  { voters: _, ...input }: KnnInput,
  { neighbours, k, lacking }: Voters,
  options: KnnOptions,
): Promise<KnnResult> {
  const n = input.bankLabels.length;
  const predictions = new Int32Array(n);
  vote(neighbours, k, input, predictions);
  if (lacking.length > 0) {
    const found = await knnClassify({ ...input, asked: lacking, k }, options);
    lacking.forEach((row, i) => (predictions[row] = found.predictions[i]!));
  }
  return { accuracy: shareRight(predictions, input.bankLabels, n), predictions, k, leaveOneOut: true };
}

/**
 * Who votes by a graph of more than the bank, whose neighbours are in the order of their similarity.
 * @param graph `kept` neighbours of each of its rows; -1: there are fewer
 * @param rows the bank's rows there [n]
 */
export function votersAmong(graph: Neighbours, kept: number, rows: Int32Array, k: number, groups?: Int32Array): Voters {
  const n = rows.length;
  const placeOf = new Int32Array(graph.indices.length / kept).fill(-1);
  rows.forEach((row, place) => (placeOf[row] = place));
  const neighbours = { indices: new Int32Array(n * k).fill(-1), similarities: new Float32Array(n * k) };
  const lacking: number[] = [];
  for (let place = 0; place < n; place++) {
    let votes = 0;
    const from = rows[place]! * kept;
    for (let e = from; e < from + kept && votes < k; e++) {
      const other = placeOf[graph.indices[e]!] ?? -1;
      if (other < 0 || (groups && groups[place]! >= 0 && groups[other] === groups[place])) continue;
      neighbours.indices[place * k + votes] = other;
      neighbours.similarities[place * k + votes++] = graph.similarities[e]!;
    }
    if (votes < k) lacking.push(place);
  }
  return { neighbours, k, lacking: Int32Array.from(lacking) };
}

/** The class that the k neighbours of each query vote for. */
function vote(
  neighbours: Neighbours,
  k: number,
  { bankLabels, classes, temperature }: Pick<KnnInput, 'bankLabels' | 'classes' | 'temperature'>,
  predictions: Int32Array,
): void {
  const score = new Float64Array(classes);
  for (let q = 0; q < predictions.length; q++) {
    score.fill(0);
    const best = neighbours.similarities[q * k]!;
    for (let i = q * k; i < (q + 1) * k; i++) {
      const row = neighbours.indices[i]!;
      // Relative to the nearest: the same winner, and no temperature overflows.
      if (row >= 0) score[bankLabels[row]!]! += Math.exp((neighbours.similarities[i]! - best) / temperature);
    }
    let winner = 0;
    for (let c = 1; c < classes; c++) if (score[c]! > score[winner]!) winner = c;
    predictions[q] = winner;
  }
}

function shareRight(predictions: Int32Array, truth: Int32Array, bank: number): number {
  let right = 0;
  for (let q = 0; q < truth.length; q++) if (predictions[q] === truth[q]) right++;
  return bank > 0 ? right / truth.length : NaN;
}

function largestGroup(groups: Int32Array): number {
  const sizes = new Map<number, number>();
  for (const group of groups) if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return [...sizes.values()].reduce((a, b) => Math.max(a, b), 1);
}

/** The first k of each row's `asked` neighbours that are not of its own group; -1 where there are fewer. */
function withoutOwn(
  { indices, similarities }: Neighbours,
  asked: number,
  groups: Int32Array,
  own: Int32Array,
  k: number,
): Neighbours {
  const count = own.length;
  const out = { indices: new Int32Array(count * k).fill(-1), similarities: new Float32Array(count * k) };
  for (let q = 0; q < count; q++)
    for (let i = q * asked, kept = 0; i < (q + 1) * asked && kept < k; i++) {
      const row = indices[i]!;
      if (row < 0 || (groups[row]! >= 0 && groups[row] === own[q])) continue;
      out.indices[q * k + kept] = row;
      out.similarities[q * k + kept++] = similarities[i]!;
    }
  return out;
}

/**
 * How often the second view of a photo is the nearest of all second views to its first: `first` and `second` [n, d]
 * hold the features of two views of the same n photos in the same order. Chance is 1 / n. Photos of one of `groups`, by
 * their number from 0 up, are not compared.
 * @throws SearchError not-finite when a feature is NaN or infinite
 */
export async function neighbourAgreement(
  first: Float32Array,
  second: Float32Array,
  n: number,
  d: number,
  { groups, ...options }: IndexOptions & { groups?: Int32Array } = {},
): Promise<number> {
  const k = groups ? Math.min(n, largestGroup(groups)) : 1;
  const { indices } = await nearest(second, n, d, first, n, k, options);
  const isOfOwn = (row: number, i: number) => row !== i && groups![row]! >= 0 && groups![row] === groups![i];
  let hits = 0;
  for (let i = 0; i < n; i++) {
    let at = i * k;
    while (k > 1 && at < (i + 1) * k - 1 && isOfOwn(indices[at]!, i)) at++;
    if (indices[at] === i) hits++;
  }
  return n > 0 ? hits / n : NaN;
}
