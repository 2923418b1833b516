/** The power of two at or below x, 1 at least. */
export const powerOfTwoBelow = (x: number): number => 2 ** Math.floor(Math.log2(Math.max(1, x)));

/** Smallest batch that is proposed: batch normalisation takes its statistics over it. */
const LEAST_BATCH = 4;

/** The batch to propose where at most x photos fit into one: a power of two. */
export const batchBelow = (x: number): number => Math.max(LEAST_BATCH, powerOfTwoBelow(x));

/** The middle value, or the mean of the two that are; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
