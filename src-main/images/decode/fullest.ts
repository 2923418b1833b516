/** Which of several pictures has most on it: the first and last of a stack are often empty, and sometimes the middle. */
import { robustRange, sortedSample } from './samples.ts';
import type { Values } from './samples.ts';

/** Pictures that are looked at, and values of each. */
const LOOKED_AT = 16;
const SAMPLE = 4096;

/** How far the values of a picture reach, hot pixels left out; -1 where there are none. */
export function spreadOf(values: Values): number {
  const { sorted } = sortedSample({ bands: [values], nodata: null }, SAMPLE);
  const range = robustRange(sorted, 1);
  return range ? range.high - range.low : -1;
}

/** At most so many numbers below `count`, evenly taken, the first and last among them. */
export function lookedAt(count: number, most = LOOKED_AT): number[] {
  const length = Math.min(count, most);
  return Array.from({ length }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, length - 1)));
}

/**
 * The middle one, or where another reaches more than twice as far the one that reaches farthest. Others that cannot be
 * read are passed over. @throws what the middle one cannot be read for
 */
export async function fullestOf(
  count: number,
  bandsOf: (index: number) => Promise<readonly Values[]>,
): Promise<number> {
  const spread = (bands: readonly Values[]) => Math.max(-1, ...bands.map(spreadOf));
  const middle = Math.floor(count / 2);
  let [best, most] = [middle, 2 * spread(await bandsOf(middle))];
  for (const index of lookedAt(count)) {
    const found = index === middle ? -1 : spread(await bandsOf(index).catch(() => []));
    if (found > most) [best, most] = [index, found];
  }
  return best;
}
