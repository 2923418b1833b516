/** What picking is worth, in labels. */
import type { AppResult } from '../../shared/contract.ts';

type Points = AppResult<'explore.gain'>['points'];

/** Labelled photos of each class, on average, below which nothing is measured. */
const FEWEST_OF_CLASS = 10;

/** Whether what picking is worth can be measured: -1 is the label of none. */
export function isMeasurable({ classes, labels }: { classes: readonly string[]; labels: Int32Array }): boolean {
  const labelled = labels.reduce((count, label) => count + Number(label >= 0), 0);
  return classes.length > 1 && labelled >= FEWEST_OF_CLASS * classes.length;
}

/**
 * The most photos picked by chance whose accuracy fewer picked ones reach, and how few; null where picking is worth
 * nothing.
 */
export function labelsSaved(points: Points): { by: number; random: number; accuracy: number } | null {
  for (const {
    known: random,
    random: { mean: accuracy },
  } of points.toReversed()) {
    const enough = points.find(({ known, mixed }) => known < random && mixed.mean >= accuracy);
    if (enough) return { by: enough.known, random, accuracy };
  }
  return null;
}
