/**
 * What choosing is worth: accuracy against the number of rows whose class is known, chosen by chance and by the mix, on
 * rows whose classes are all known. The same classifier (ridge.ts) and the same test rows for both.
 */
import type { ExactIndex } from './exactIndex.ts';
import { counted } from './kMeans.ts';
import { mixed } from './pick.ts';
import { classified, fitRidge } from './ridge.ts';

interface GainPoint {
  /** Rows whose class is known. */
  known: number;
  /** Accuracy on the test rows, 0 to 1: mean and standard deviation over the draws. */
  random: { mean: number; deviation: number };
  mixed: { mean: number; deviation: number };
}

interface GainOptions {
  /** How many known rows, ascending. */
  sizes: readonly number[];
  draws?: number;
  seed?: number;
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Of the pool, the share that a draw chooses from: so that the mix, which is no matter of chance, differs as well. */
const DRAWN = 0.8;

/**
 * Accuracy on the test rows by the number of known ones, a point for each of `sizes`. The index has the pool and, behind
 * it, the rows to test on.
 *
 * @param labels of all rows, 0 to classes - 1 [n]
 * @param pool how many of the rows, from the first on, are chosen from
 */
export async function gain(
  index: ExactIndex,
  labels: Int32Array,
  classes: number,
  pool: number,
  { sizes, draws = 5, seed = 0, signal, onProgress }: GainOptions,
): Promise<GainPoint[]> {
  const found = { random: sizes.map((): number[] => []), mixed: sizes.map((): number[] => []) };
  const steps = 2 * draws * sizes.length;
  let done = 0;
  for (let draw = 0; draw < draws; draw++) {
    const order = shuffled(pool, seed + draw);
    const allowed = new Uint8Array(index.n);
    for (const row of order.slice(0, Math.ceil(DRAWN * pool))) allowed[row] = 1;
    const judge = async (rows: readonly number[], size: number, into: number[][]) => {
      const { accuracy, doubt } = await judged(index, labels, classes, pool, rows, signal);
      into[size]!.push(accuracy);
      onProgress?.(++done / steps);
      return doubt;
    };
    for (const [i, size] of sizes.entries()) await judge(order.slice(0, size), i, found.random);
    let chosen: number[] = [];
    let doubt: Float32Array | null = null;
    for (const [i, size] of sizes.entries()) {
      const more = { count: size - chosen.length, allowed, before: chosen, doubt, seed: seed + draw, signal };
      chosen = [...chosen, ...(await mixed(index, more))];
      doubt = await judge(chosen, i, found.mixed);
    }
  }
  return sizes.map((known, i) => ({ known, random: meanOf(found.random[i]!), mixed: meanOf(found.mixed[i]!) }));
}

async function judged(
  index: ExactIndex,
  labels: Int32Array,
  classes: number,
  pool: number,
  rows: readonly number[],
  signal?: AbortSignal,
): Promise<{ accuracy: number; doubt: Float32Array }> {
  const { n } = index;
  const { labels: said, doubt } = await classify(
    index,
    index.some(rows),
    Int32Array.from(rows, (row) => labels[row]!),
    classes,
    signal,
  );
  let right = 0;
  for (let i = pool; i < n; i++) if (said[i] === labels[i]) right++;
  return { accuracy: right / (n - pool), doubt };
}

/**
 * The class of every row of the index, 0 to classes - 1 [n], and how unsure that is, 0 to 1 [n].
 * @param examples rows whose class is known [count, d]
 * @param labels of them [count]
 */
export async function classify(
  index: ExactIndex,
  examples: Float32Array,
  labels: Int32Array,
  classes: number,
  signal?: AbortSignal,
): Promise<{ labels: Int32Array; doubt: Float32Array }> {
  const { n, d } = index;
  const { directions, offsets } = await fitRidge(examples, labels, d, classes);
  const products = new Float32Array(classes * n);
  for (let c = 0; c < classes; c += 32) {
    const count = Math.min(32, classes - c);
    products.set(await index.products(directions.slice(c * d, (c + count) * d), count, signal), c * n);
  }
  return await classified({ offsets }, products, n);
}

/** Numbers from 0 to n - 1 in an order that follows from the seed (Fisher and Yates). */
function shuffled(n: number, seed: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(counted(seed, i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function meanOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}
