/**
 * The recorded runs in fixtures/runs: how they are stored (settings as their difference from the defaults, rows as a
 * table), and what became of each, read from its last rows. The outcome is what the verdict is measured against, so it
 * uses what the verdict does not: labels, the end of the run and a matched healthy run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseConfig } from '../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../shared/config.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metricRows.ts';
import { lossOf } from '../../shared/methods/index.ts';
import { judge } from '../../shared/verdict.ts';
import { thresholds } from '../../shared/verdict/thresholds.ts';
import type { Verdict } from '../../shared/verdict/judgement.ts';

/** Thresholds are chosen on one half; the confusion table is of the other. Which half is written down before a run is made. */
export type Half = 'chosen on' | 'held out';

/** CIFAR-10's training photos; the sample set; scripts/dim-photos.ts. */
export type Folder = 'cifar' | 'sample' | 'dim';

export interface StoredRun {
  about: string;
  half: Half;
  command: string;
  folder: Folder;
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

export const recordedRuns = (): RecordedRun[] =>
  readdirSync(folder)
    .sort()
    .map((file) => recordedRun(file.replace(/\.json$/, '')));

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
    if (typeof value === 'object' && value !== null)
      for (const [inner, x] of Object.entries(value)) out[`${key}.${inner}`] = short(x as number);
    else out[key] = short(value as number | null);
  }
  return out;
}

/** Figures with four digits. */
export const rounded = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, x: unknown) => short(x as number)) as T;

const short = (x: number | null): number | null =>
  typeof x === 'number' && !Number.isInteger(x) && Number.isFinite(x) ? Number(x.toPrecision(4)) : x;

/**
 * What became of a run. A collapse: the features keep at most a quarter of the rank of the matched healthy run (of the
 * untrained network where there is none), or the std ratio of z, which the paper shows at 1 for a healthy run and at 0
 * for a collapse, ends at most at a half although the head normalises z; where it does not, at most at 0.05. A partial
 * collapse: at most half of that rank, or at most 0.75 of that ratio. Healthy: kNN gained 5 points. Diverged: the loss
 * was not finite, or ended above that of its first row by more than chance. Else nothing was learned, which a short run
 * may simply not have had the time for.
 */
export type Outcome = 'healthy' | 'collapse' | 'partial collapse' | 'learned nothing' | 'diverged';

export function outcomeOf(run: RecordedRun, all: readonly RecordedRun[]): Outcome {
  const end = atEnd(run);
  const matched = all.find(({ name }) => name === run.matched);
  const gain = end.knn - run.untrained.knn!;
  const reference = matched ? atEnd(matched).rank : run.untrained.rank.backbone;
  if (run.error !== null) return 'diverged';
  const normalised = run.config.head.norm === 'default' || run.config.head.norm === 'all';
  if (end.rank <= reference / 4 || end.zStd <= (normalised ? 0.5 : 0.05)) return 'collapse';
  if ((matched && end.rank <= reference / 2) || (normalised && end.zStd <= 0.75)) return 'partial collapse';
  if (gain >= 0.05) return 'healthy';
  // A loss that stands still may rise by chance: a third of what the verdict calls diverging is more than that.
  const loss = lossOf(run.config);
  const rise = (loss.kind === 'cosine' ? thresholds.lossRise : thresholds.lossRiseShare * loss.chance) / 3;
  return end.loss > run.history[0]!.loss + rise ? 'diverged' : 'learned nothing';
}

/** Means of the last three rows: one probe of a few hundred photos is off by two points as often as not. */
export function atEnd({ history }: RecordedRun): { knn: number; rank: number; zStd: number; loss: number } {
  const rows = history.slice(-3);
  const mean = (of: (row: EpochMetrics) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    knn: mean((row) => row.knn!),
    rank: mean((row) => row.rank.backbone),
    zStd: mean((row) => row.zStdTraining),
    loss: mean((row) => row.loss),
  };
}

/** The verdict as a person would have seen it, row by row. `labels: false` hides the kNN accuracy from it. */
export function verdictsOf({ config, untrained, history }: RecordedRun, { labels = true } = {}): Verdict[] {
  const hidden = <T extends ProbeMetrics>(metrics: T): T => (labels ? metrics : { ...metrics, knn: null });
  const rows = history.map(hidden);
  return rows.map((_, i) => judge({ config, untrained: hidden(untrained), history: rows.slice(0, i + 1) }).verdict);
}

/** A verdict that interrupts a person. */
export const isAlarm = (verdict: Verdict): boolean => verdict !== 'healthy' && verdict !== 'suspicious';
export const namesCollapse = (verdict: Verdict): boolean =>
  verdict === 'collapsed' || verdict === 'dimensionalCollapse';

/** The first row of which `is` is true: its verdict, and how far the run was, as a share of its epochs. */
export function firstTime(
  run: RecordedRun,
  is: (verdict: Verdict) => boolean,
  options?: { labels?: boolean },
): { verdict: Verdict; share: number } | null {
  const verdicts = verdictsOf(run, options);
  const at = verdicts.findIndex(is);
  return at < 0 ? null : { verdict: verdicts[at]!, share: run.history[at]!.epoch / run.history[at]!.epochs };
}
