/**
 * The recorded runs in fixtures/runs: how they are stored (settings as their difference from the defaults, rows as a
 * table), and what became of each, read from its last rows. The outcome is what the verdict is measured against, so it
 * uses what the verdict does not: labels, the end of the run and a matched healthy run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseConfig } from '../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../shared/config.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metrics.ts';

/** Thresholds are chosen on one half; the confusion table is of the other. Which half is written down before a run is made. */
export type Half = 'chosen on' | 'held out';

export interface StoredRun {
  about: string;
  half: Half;
  command: string;
  folder: 'cifar' | 'sample';
  images: number;
  device: string;
  /** Seconds of training. */
  seconds: number;
  /** What differs from the defaults of the method. */
  config: ConfigPatch;
  /** A healthy run that differs in the cause alone, where there is one. */
  matched?: string;
  untrained: ProbeMetrics;
  columns: string[];
  rows: (number | null)[][];
  /** The code that the run failed with. */
  error: string | null;
}

export interface RecordedRun extends Omit<StoredRun, 'config' | 'columns' | 'rows'> {
  name: string;
  config: RunConfig;
  history: EpochMetrics[];
}

const folder = new URL('./fixtures/runs/', import.meta.url);

/** Not stored: the clock of the day on which the run was made. */
const clock = { at: 0, etaSeconds: null };

export function recordedRun(name: string): RecordedRun {
  const { columns, rows, ...run } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as StoredRun;
  return { ...run, name, config: parseConfig(run.config), history: rows.map((row) => rowOf(columns, row)) };
}

export const recordedRuns = (): RecordedRun[] => readdirSync(folder).sort().map((file) => recordedRun(file.replace(/\.json$/, '')));

function rowOf(columns: readonly string[], row: readonly (number | null)[]): EpochMetrics {
  const out: Record<string, unknown> = { ...clock };
  columns.forEach((column, i) => {
    const [outer, inner] = column.split('.') as [string, string?];
    if (inner === undefined) out[outer] = row[i];
    else out[outer] = { ...(out[outer] as object | undefined), [inner]: row[i] };
  });
  return out as unknown as EpochMetrics;
}

/** Dotted names and values of a row, without the clock; four digits. */
export function flatten(row: EpochMetrics): Record<string, number | null> {
  const out: Record<string, number | null> = {};
  for (const [key, value] of Object.entries(row as Record<string, unknown>)) {
    if (key in clock) continue;
    if (typeof value === 'object' && value !== null) for (const [inner, x] of Object.entries(value)) out[`${key}.${inner}`] = short(x as number);
    else out[key] = short(value as number | null);
  }
  return out;
}

/** Figures with four digits. */
export const rounded = <T>(value: T): T => JSON.parse(JSON.stringify(value), (_, x: unknown) => short(x as number)) as T;

const short = (x: number | null): number | null => (typeof x === 'number' && !Number.isInteger(x) && Number.isFinite(x) ? Number(x.toPrecision(4)) : x);
