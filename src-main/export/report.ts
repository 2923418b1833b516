/** What an export reports when it is done: its files, how each was checked, and the lines that load it elsewhere. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportError } from './errors.ts';

export interface ExportReport {
  /** Names relative to the export's folder. */
  files: { file: string; bytes: number; format: string }[];
  /** Largest difference found when a file was read back. */
  verified: { file: string; difference: number; reader: string }[];
  snippets: { format: string; language: string; code: string }[];
}

export const emptyReport = (): ExportReport => ({ files: [], verified: [], snippets: [] });

export async function addFile(report: ExportReport, directory: string, file: string, format: string): Promise<void> {
  report.files.push({ file, bytes: (await stat(join(directory, file))).size, format });
}

/** @throws ExportError verify-failed when what was read back differs */
export function verifyFailed(file: string, what: string, details: Record<string, unknown> = {}): ExportError {
  return new ExportError(
    'verify-failed',
    `${file} was written, but reading it back gave ${what}: export again, and check the disk if it repeats`,
    { file, ...details },
  );
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
