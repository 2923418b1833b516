/** Ranges of the std ratio that the charts shade: below the first a warning, below the second an alarm. */
import type { Band } from '../charts/bands.ts';

export const stdBands: Band[] = [
  { from: 0.25, to: 0.5, token: '--warn' },
  { from: 0, to: 0.25, token: '--bad' },
];
