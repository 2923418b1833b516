/** Which formats the photos of a folder have, as its header says it. */
import type { Dataset } from '../../shared/contract.ts';

/**
 * Formats with their counts, the most frequent first; none until every photo has been opened once: those of the few that
 * somebody looked at would be taken for all of them.
 */
export function formatCounts({ formats, images }: Pick<Dataset, 'formats' | 'images'>): [string, number][] {
  const counts = Object.entries(formats).sort((a, b) => b[1] - a[1]);
  return counts.reduce((sum, [, count]) => sum + count, 0) === images ? counts : [];
}
