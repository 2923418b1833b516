/** Which formats the photos of a folder have, as its header says it. */
import type { Dataset } from '../../shared/contract.ts';

/** As their makers write them; what has no name of its own here is an abbreviation. */
const names: Readonly<Record<string, string>> = {
  webp: 'WebP',
  jxl: 'JPEG XL',
  jpeg2000: 'JPEG 2000',
  npy: 'NumPy',
  netpbm: 'Netpbm',
};
export const formatName = (format: string): string => names[format] ?? format.toUpperCase();

/**
 * Formats with their counts, the most frequent first; none until every photo has been opened once: those of the few that
 * somebody looked at would be taken for all of them.
 */
export function formatCounts({ formats, images }: Pick<Dataset, 'formats' | 'images'>): [string, number][] {
  const counts = Object.entries(formats).sort((a, b) => b[1] - a[1]);
  return counts.reduce((sum, [, count]) => sum + count, 0) === images ? counts : [];
}
