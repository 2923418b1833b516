/**
 * The runs that record-runs.ts records, by name. `half` was written down before a run was made: thresholds of the
 * verdict are chosen on the one, its confusion table is of the other. Families are kept together (the seeds of a
 * configuration, a method at one scale), and every kind of outcome has families in both halves.
 */
import { committedRuns } from './recordings/committed.ts';
import { narrowRuns, smallRuns } from './recordings/narrow.ts';
import { otherRuns } from './recordings/others.ts';
import type { Recording } from './recordings/recording.ts';

export const recordings: Record<string, Recording> = { ...committedRuns, ...smallRuns, ...narrowRuns, ...otherRuns };
