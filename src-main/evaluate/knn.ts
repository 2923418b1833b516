/**
 * The weighted nearest-neighbour classifier of Wu et al. 2018, as the paper uses it to watch training, and the
 * agreement between two views where there are no labels. Both on frozen features, by cosine.
 */
import { nearest } from '../search/nearest.ts';
import type { IndexOptions, Neighbours } from '../search/index.ts';

export interface KnnInput {
  /** Features of the bank [n, d] and the class of each, 0 to classes - 1. */
  bank: Float32Array;
  bankLabels: Int32Array;
  d: number;
  classes: number;
  /** Held-out features [count, d]; left out, the bank asks itself, each photo without itself. */
  queries?: Float32Array;
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
  neighbours: Neighbours; // [count, k]
}

/** Neighbours held at a time, 8 bytes each, where more are looked for than vote. */
const MOST_FOUND = 1 << 25;

/**
 * Classifies each query by score(c) = sum over its k nearest of class c of exp(cos / T); ties go to the lower class.
 * An empty bank or no queries give an accuracy of NaN.
 * @throws SearchError not-finite when a feature is NaN or infinite
 */
export async function knnClassify(
  input: KnnInput,
  { mostFound = MOST_FOUND, ...search }: IndexOptions & { signal?: AbortSignal; mostFound?: number } = {},
): Promise<KnnResult> {
  if (input.voters) return byVoters(input, input.voters, { mostFound, ...search });
  const { bank, bankLabels, d } = input;
  const n = bankLabels.length;
  const leaveOneOut = input.queries === undefined;
  const own = leaveOneOut ? (input.asked ?? Int32Array.from(bankLabels.keys())) : null;
  const queries = input.queries ?? (input.asked ? rowsAt(bank, input.asked, d) : bank);
  const truth = own ? Int32Array.from(own, (row) => bankLabels[row]!) : input.queryLabels!;
  const count = truth.length;
  const k = Math.max(1, Math.min(input.k, leaveOneOut ? n - 1 : n));
  const { groups } = input;
  const ownGroups = own ? groups && Int32Array.from(own, (row) => groups[row]!) : input.queryGroups;
  // a query of the bank is left out by itself; what else is of its group is not
  const others = groups && ownGroups ? largestGroup(groups) - (leaveOneOut ? 1 : 0) : 0;
  const asked = Math.min(Math.max(1, leaveOneOut ? n - 1 : n), k + others);
  const find = (from: number, to: number) => {
    const exclude = own?.subarray(from, to) ?? null;
    return nearest(bank, n, d, queries.subarray(from * d, to * d), to - from, asked, { ...search, exclude });
  };
  let neighbours: Neighbours;
  if (others === 0) neighbours = await find(0, count);
  else {
    neighbours = { indices: new Int32Array(count * k).fill(-1), similarities: new Float32Array(count * k) };
    // as many more are looked for as the largest group has: of all queries together that may be more than memory
    const atOnce = Math.max(1, Math.floor(mostFound / asked));
    for (let from = 0; from < count; from += atOnce) {
      const to = Math.min(count, from + atOnce);
      const apart = withoutOwn(await find(from, to), asked, groups!, ownGroups!.subarray(from, to), k);
      neighbours.indices.set(apart.indices, from * k);
      neighbours.similarities.set(apart.similarities, from * k);
    }
  }

  return { ...vote(neighbours, k, truth, input), k, leaveOneOut, neighbours };
}

/** Neighbours that are known vote; those of rows that lack some are looked for. */
async function byVoters(
  input: KnnInput,
  { neighbours: known, k, lacking }: Voters,
  options: IndexOptions & { signal?: AbortSignal; mostFound?: number },
): Promise<KnnResult> {
  const { voters: _, ...asking } = input;
  const neighbours = { indices: known.indices.slice(), similarities: known.similarities.slice() };
  if (lacking.length > 0) {
    const found = await knnClassify({ ...asking, asked: lacking, k }, options);
    lacking.forEach((row, i) => {
      neighbours.indices.set(found.neighbours.indices.subarray(i * k, (i + 1) * k), row * k);
      neighbours.similarities.set(found.neighbours.similarities.subarray(i * k, (i + 1) * k), row * k);
    });
  }
  return { ...vote(neighbours, k, input.bankLabels, input), k, leaveOneOut: true, neighbours };
}

/**
 * Who votes by a graph of the bank, whose rows are in the order of their similarity.
 * @param graph neighbours of each row of the bank [n, kept], as rows of it; -1: one that has no label
 */
export function votersAmong(graph: Neighbours, n: number, kept: number, k: number, groups?: Int32Array): Voters {
  const neighbours = { indices: new Int32Array(n * k).fill(-1), similarities: new Float32Array(n * k) };
  const lacking: number[] = [];
  for (let row = 0; row < n; row++) {
    let votes = 0;
    for (let e = row * kept; e < (row + 1) * kept && votes < k; e++) {
      const other = graph.indices[e]!;
      if (other < 0 || (groups && groups[row]! >= 0 && groups[other] === groups[row])) continue;
      neighbours.indices[row * k + votes] = other;
      neighbours.similarities[row * k + votes++] = graph.similarities[e]!;
    }
    if (votes < k) lacking.push(row);
  }
  return { neighbours, k, lacking: Int32Array.from(lacking) };
}

function vote(
  neighbours: Neighbours,
  k: number,
  truth: Int32Array,
  { bankLabels, classes, temperature }: Pick<KnnInput, 'bankLabels' | 'classes' | 'temperature'>,
): Pick<KnnResult, 'accuracy' | 'predictions'> {
  const count = truth.length;
  const predictions = new Int32Array(count);
  const score = new Float64Array(classes);
  let right = 0;
  for (let q = 0; q < count; q++) {
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
    if (winner === truth[q]) right++;
  }
  return { accuracy: bankLabels.length > 0 ? right / count : NaN, predictions };
}

function rowsAt(features: Float32Array, rows: Int32Array, d: number): Float32Array {
  const out = new Float32Array(rows.length * d);
  rows.forEach((row, i) => out.set(features.subarray(row * d, (row + 1) * d), i * d));
  return out;
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
