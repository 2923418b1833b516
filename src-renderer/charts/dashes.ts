/** How lines of one colour are told apart: several curves of a run, and several runs that a person gave one colour. */

const ofCurve: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];

/**
 * Lengths of strokes and gaps, in pixels.
 * @param curve which curve of its run, from 0
 * @param twins how many runs before it in the chart have its colour: as many dots follow each stroke
 */
export function dashOf(curve: number, twins: number): number[] {
  if (twins === 0) return [...ofCurve[curve]!];
  return [16 - 5 * curve, 3, ...Array.from({ length: twins }, () => [2, 3]).flat()];
}
