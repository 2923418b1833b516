/** What picking is worth, in labels. */
import type { AppResult } from '../../shared/contract.ts';

type Points = AppResult<'explore.gain'>['points'];

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
