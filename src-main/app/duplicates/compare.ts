/** Pairs of photos in the pool's processes: each job reads a few thumbnails once and answers for the pairs among them. */
import type { Fit, ImagePool } from '../../images/index.ts';

/**
 * Two places in a list of files, and the orientations in which the first is held against the second, a bit for each.
 */
export interface Pair {
  a: number;
  b: number;
  ways: number;
}

/** Pairs of a job: some hundred milliseconds, so that one that is cancelled ends soon. */
const AT_ONCE = 12;

/**
 * How each pair fits, in their order; null where one of the two cannot be read.
 * @param files null: there is none
 */
export async function comparePairs(
  pool: Pick<ImagePool, 'run' | 'workers'>,
  files: readonly (string | null)[],
  pairs: readonly Pair[],
  signal: AbortSignal,
  onProgress: (share: number) => void = () => {},
): Promise<(Fit | null)[]> {
  const out = new Array<Fit | null>(pairs.length).fill(null);
  // pairs of one photo lie side by side, so that a job reads few files
  const order = [...pairs.keys()]
    .filter((i) => files[pairs[i]!.a] && files[pairs[i]!.b])
    .sort((x, y) => pairs[x]!.a - pairs[y]!.a || pairs[x]!.b - pairs[y]!.b);
  let at = 0;
  const lane = async () => {
    while (at < order.length) {
      const some = order.slice(at, (at += AT_ONCE));
      const places = new Map<number, number>();
      const place = (row: number) => places.get(row) ?? (places.set(row, places.size), places.size - 1);
      const asked = some.map((i) => ({ a: place(pairs[i]!.a), b: place(pairs[i]!.b), ways: pairs[i]!.ways }));
      const sources = [...places.keys()].map((row) => files[row]!);
      const fits = await pool.run({ kind: 'compare', source: sources[0]!, sources, pairs: asked }, signal);
      some.forEach((i, n) => (out[i] = fits[n]!));
      onProgress(Math.min(1, at / order.length));
    }
  };
  await Promise.all(Array.from({ length: pool.workers + 1 }, lane));
  return out;
}
