/** What an export reports when it is done: its files, how each was checked, and the lines that load it elsewhere. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobResult } from '../../shared/contract/report.ts';
import { ExportError } from './errors.ts';

export type ExportReport = Omit<Extract<JobResult, { kind: 'export' }>, 'kind'>;

export const emptyReport = (): ExportReport => ({ files: [], verified: [], snippets: [], failures: [] });

export async function addFile(report: ExportReport, directory: string, file: string, format: string): Promise<void> {
  report.files.push({ file, bytes: (await stat(join(directory, file))).size, format });
}

/** The error for a file in which something else was read back than was written; the caller throws it. */
export function verifyFailed(file: string, what: string, details: Record<string, unknown> = {}): ExportError {
  return new ExportError('verify-failed.file', { file, what }, { file, ...details });
}

/** Largest absolute difference; infinite where one side is NaN and the other is not, or lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/** Checks a file that has to hold exactly the numbers given. @throws ExportError verify-failed */
export function exactly(file: string, difference: number, reader: string): ExportReport['verified'][number] {
  if (difference > 0) throw verifyFailed(file, `numbers that differ by ${difference}`);
  return { file, difference, reader };
}
