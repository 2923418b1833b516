/** The ranges of a chart that are shaded: below its alarm, and from there to below its warning. */
import type { Panel } from '../../shared/metrics.ts';
import type { Band } from '../charts/bands.ts';

export const bandsOf = ({ warnBelow, badBelow }: Panel): Band[] => [
  ...(warnBelow === undefined ? [] : [{ from: badBelow ?? 0, to: warnBelow, token: '--warn' as const }]),
  ...(badBelow === undefined ? [] : [{ from: 0, to: badBelow, token: '--bad' as const }]),
];
