/** Ranges of the std ratio of z that its chart shades, at the verdict's own thresholds. */
import { thresholds } from '../../shared/verdict.ts';
import type { Band } from '../charts/bands.ts';

export const stdBands: Band[] = [
  { from: thresholds.zStdCollapsed, to: thresholds.zStdSuspicious, token: '--warn' },
  { from: 0, to: thresholds.zStdCollapsed, token: '--bad' },
];
