/** The share of all pairs of photos that are less alike than two of them are, as it is told (src-main/search/pairs.ts). */

/** No more is said: the sample of pairs tells no more. */
export const MOST_CLOSER = 0.9999;

/** At most that, and never rounded up to what it is not. @param digits of the percentage, behind its point */
export function toldCloser(closer: number, digits: number): number {
  const unit = 10 ** (digits + 2);
  return Math.floor(Math.min(closer, MOST_CLOSER) * unit + 1e-9) / unit;
}
