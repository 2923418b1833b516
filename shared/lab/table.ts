/**
 * The table of a study: the rows that its trainings add up to, and how far chance moves them. What they show is
 * findings.ts, and for ways to begin beginningFindings.ts.
 */
import type { Experiment, Finding, LabCell, LabMeasure, LabRow, Outcome } from '../contract/lab.ts';
import type { LabKey } from '../messages/lab.ts';
import { Verdict } from '../verdict/judgement.ts';
import { isTaught } from './beginnings.ts';
import { referenceOf, studyOf } from './studies.ts';

export type Table = Pick<Experiment, 'study' | 'images' | 'measure' | 'asked' | 'seeds' | 'cells'>;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const meanOrNull = (values: readonly number[]): number | null => (values.length > 0 ? mean(values) : null);
const known = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value): value is number => value != null && Number.isFinite(value));

/** The figure of a cell by a measure, 0 to 1; null where it has none. */
export function valueOf({ figures, linear }: Pick<LabCell, 'figures' | 'linear'>, measure: LabMeasure): number | null {
  if (measure === 'linear') return linear;
  return figures?.[measure] ?? null;
}

/** The measure that is known before training too. */
export const probedBy = (measure: LabMeasure): Exclude<LabMeasure, 'linear'> =>
  measure === 'linear' ? 'knn' : measure;

/** Whether the training of a cell has finished and left figures. */
export const isDone = ({ state, figures }: LabCell): boolean => state === 'finished' && figures !== null;

/** Whether the training of a cell failed because its loss became NaN or infinite, which is a result of the study. */
export const diverged = ({ error }: Pick<LabCell, 'error'>): boolean => error?.code === 'non-finite-loss';

export function tableRows(table: Table): LabRow[] {
  const rows = figureRows(table);
  if (studyOf(table.study).paper === null) return rows.map((row) => ({ ...row, outcome: null }));
  const referenceRank = rows.find(({ reference }) => reference)?.rank ?? 0;
  return rows.map((row) => ({ ...row, outcome: outcomeOf(row, standardError(row, table.asked), referenceRank) }));
}

type FigureRow = Omit<LabRow, 'outcome'>;

/** An arm that has not learned and uses at most this share of the reference's directions has collapsed. */
const COLLAPSED_RANK = 0.3;

/**
 * The verdict goes by one training alone, and says healthy where nothing speaks for a collapse; here it stands beside the
 * network before training and the reference, so that an arm may have learned nothing, or collapsed, without an alarm.
 */
function outcomeOf(
  { verdict, mean, probed, untrained, rank, failed, done }: FigureRow,
  error: number,
  referenceRank: number,
): Outcome | null {
  if (mean === null && failed === 0) return null;
  if (verdict === 'diverging') return 'diverged';
  if (done === 0 || probed === null) return failed > 0 ? 'failed' : 'notLearned';
  if (verdict === 'collapsed' || verdict === 'dimensionalCollapse') return 'collapsed';
  const gain = untrained === null ? Infinity : probed - untrained;
  if (verdict !== 'notLearning' && gain > APART * error) return 'learned';
  if (rank !== null && rank <= COLLAPSED_RANK * referenceRank) return 'collapsed';
  if (verdict === 'suspicious') return 'collapsing';
  return gain < -APART * error ? 'lost' : 'notLearned';
}

function figureRows({ study: id, images, measure, cells }: Table): FigureRow[] {
  const study = studyOf(id);
  const reference = referenceOf(study, { images });
  const tried = study.arms({ images }).filter((arm) => !isTaught(arm) || cells.some(({ armId }) => armId === arm.id));
  return tried.map((arm) => {
    const own = cells.filter((cell) => cell.armId === arm.id);
    const done = own.filter(isDone);
    const failed = own.filter((cell) => cell.state === 'failed');
    const values = known(done.map((cell) => valueOf(cell, measure)));
    const center = meanOrNull(values);
    const figure = (of: (figures: NonNullable<LabCell['figures']>) => number | null) =>
      meanOrNull(known(done.map((cell) => of(cell.figures!))));
    return {
      armId: arm.id,
      reference: arm.id === reference,
      done: done.length,
      failed: failed.length,
      values,
      mean: center,
      spread:
        values.length < 2
          ? null
          : Math.sqrt(values.reduce((sum, value) => sum + (value - center!) ** 2, 0) / (values.length - 1)),
      probed: figure((figures) => figures[probedBy(measure)] ?? null),
      untrained: figure(({ untrained }) => untrained[probedBy(measure)] ?? null),
      // What costs nothing is known by the measure that serves features of any kind, which the quality does not.
      free: measure === 'quality' ? null : figure(({ free }) => free),
      loss: figure(({ loss }) => loss),
      rank: figure(({ rank }) => rank),
      untrainedRank: figure(({ untrained }) => untrained.rank),
      zStd: figure(({ zStd }) => zStd),
      verdict: mostFrequent([
        ...done.map((cell) => cell.figures!.verdict),
        ...failed.filter(diverged).map(() => 'diverging' as const),
      ]),
    };
  });
}

/** The most frequent verdict; of two that are as frequent, the graver. */
function mostFrequent(verdicts: readonly Verdict[]): Verdict | null {
  const count = (verdict: Verdict) => verdicts.filter((other) => other === verdict).length;
  return Verdict.options.reduce<Verdict | null>(
    (best, verdict) => (count(verdict) > 0 && (best === null || count(verdict) >= count(best)) ? verdict : best),
    null,
  );
}

/** Spread over seeds that is assumed where one seed shows none, as a fraction: what seeds of small runs differ by. */
const ASSUMED_SPREAD = 0.015;
/** Standard errors by which two means must differ to count as different. */
export const APART = 2;

/** Standard error of a row's mean: of its seeds, and never less than that of so many photos asked. */
export function standardError(row: Pick<LabRow, 'done' | 'mean' | 'spread'>, asked: number): number {
  const n = Math.max(1, row.done);
  const p = row.mean ?? 0;
  const photos = Math.sqrt(Math.max(0, p * (1 - p)) / Math.max(1, asked));
  const seeds = row.spread ?? ASSUMED_SPREAD;
  return (n < 2 ? Math.hypot(photos, seeds) : Math.max(photos, seeds)) / Math.sqrt(n);
}

type FindingKey = Extract<LabKey, `finding.${string}`> extends `finding.${infer K}` ? K : never;

export const percentOf = (fraction: number): number => Math.round(1000 * fraction) / 10;
/** That trainings are still to come; nothing where all have ended. */
export function partial({ cells }: Table): Finding[] {
  const ended = cells.filter((cell) => isDone(cell) || cell.state === 'failed').length;
  return ended < cells.length ? [finding('partial', { done: ended, count: cells.length })] : [];
}

/** Values that are no numbers are left out: a message has none. */
export const finding = (
  key: FindingKey,
  values: Record<string, number> = {},
  arms: Record<string, string[]> = {},
): Finding => ({
  key,
  values: Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value))),
  arms,
});
