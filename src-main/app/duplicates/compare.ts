/** Pairs of photos in the pool's processes: each job reads a few thumbnails once and answers for the pairs among them. */
import { ImageError } from '../../images/index.ts';
import type { Fit, ImagePool } from '../../images/index.ts';
import { sorted, unhurried } from '../unhurried.ts';

/**
 * Two places in a list of files, and the orientations in which the first is held against the second, a bit for each.
 */
export interface Pair {
  a: number;
  b: number;
  ways: number;
}

/** Pairs of a job: some hundred milliseconds, so that one that is cancelled ends soon. */
const PAIRS_PER_JOB = 12;

/** Failures of a job that say nothing of its photos: the machine was busy or asleep. */
const passing = new Set(['timed-out', 'crashed']);

export interface Compared {
  /** How each pair fits, in their order; null where one of the two cannot be read, or the pair was not compared. */
  fits: (Fit | null)[];
  /** How many pairs could not be compared in time. */
  missed: number;
}

/**
 * Compares pairs of files. Those of a job that meets its time limit are tried once more when all others are done, each
 * alone.
 * @param files null: there is none
 */
export async function comparePairs(
  pool: Pick<ImagePool, 'run' | 'workers'>,
  files: readonly (string | null)[],
  pairs: readonly Pair[],
  signal: AbortSignal,
  onProgress: (share: number) => void = () => {},
): Promise<Compared> {
  const fits = new Array<Fit | null>(pairs.length).fill(null);
  /** Whether the pairs at these places were compared. */
  const compared = async (some: readonly number[]): Promise<boolean> => {
    const places = new Map<number, number>();
    const place = (row: number) => places.get(row) ?? (places.set(row, places.size), places.size - 1);
    const asked = some.map((i) => ({ a: place(pairs[i]!.a), b: place(pairs[i]!.b), ways: pairs[i]!.ways }));
    const sources = [...places.keys()].map((row) => files[row]!);
    try {
      const found = await pool.run({ kind: 'compare', source: sources[0]!, sources, pairs: asked }, signal);
      some.forEach((i, n) => (fits[i] = found[n]!));
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ImageError && passing.has(error.code))) throw error;
      return false;
    }
  };
  // pairs of one photo lie side by side, so that a job reads few files
  const order = await unhurried(
    sorted(
      [...pairs.keys()].filter((i) => files[pairs[i]!.a] && files[pairs[i]!.b]),
      (x, y) => pairs[x]!.a - pairs[y]!.a || pairs[x]!.b - pairs[y]!.b,
    ),
    signal,
  );
  const late: number[] = [];
  let at = 0;
  const lane = async () => {
    while (at < order.length) {
      const some = order.slice(at, (at += PAIRS_PER_JOB));
      if (!(await compared(some))) late.push(...some);
      onProgress(Math.min(1, at / order.length));
    }
  };
  await Promise.all(Array.from({ length: pool.workers + 1 }, lane));
  let missed = 0;
  for (const i of late) if (!(await compared([i]))) missed++;
  return { fits, missed };
}
