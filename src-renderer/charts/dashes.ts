/** How the lines of a chart are told apart: several curves of a run, and several runs that a person gave one colour. */

/** As many of each as the chart with the most curves has. */
const ofCurve: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [1, 6]];
const tints = ['#0f7b93', '#c2570c', '#7b4bb3', '#b0307a'] as const;

/** The colour of a curve where all of its chart are of one run. */
export const tintOf = (curve: number): string => tints[curve]!;

/** Pixels of a line in the legend: its strokes and gaps once, and where they begin again. */
export const swatchWidth = (dash: readonly number[]): number =>
  Math.max(18, dash.reduce((sum, length) => sum + length, 0) + Math.min(6, dash[0] ?? 0));

/**
 * Lengths of strokes and gaps, in pixels.
 * @param curve which curve of its run, from 0
 * @param twins how many runs before it in the chart have its colour: as many dots follow each stroke
 */
export function dashOf(curve: number, twins: number): number[] {
  if (twins === 0) return [...ofCurve[curve]!];
  return [18 - 5 * curve, 3, ...Array.from({ length: twins }, () => [2, 3]).flat()];
}
