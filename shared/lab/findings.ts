/**
 * What a study's trainings add up to: the rows of its table, and by rule what they show. A difference counts only
 * beyond what chance explains: the spread over seeds and the number of photos asked. Pure; the sentences are in
 * shared/messages/lab.ts.
 */
import type { Experiment, Finding, LabCell, LabMeasure, LabRow } from '../contract/lab.ts';
import type { LabKey } from '../messages/lab.ts';
import { Verdict } from '../verdict/judgement.ts';
import { referenceOf, studyOf } from './studies.ts';
import type { Arm, Study } from './studies.ts';

type FindingKey = Extract<LabKey, `finding.${string}`> extends `finding.${infer K}` ? K : never;
type Table = Pick<Experiment, 'study' | 'images' | 'measure' | 'asked' | 'seeds' | 'cells'>;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const meanOrNull = (values: readonly number[]): number | null => (values.length > 0 ? mean(values) : null);
const known = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value): value is number => value != null && Number.isFinite(value));

/** The figure of a cell by a measure, 0 to 1; null where it has none. */
export function valueOf({ figures, linear }: Pick<LabCell, 'figures' | 'linear'>, measure: LabMeasure): number | null {
  if (measure === 'linear') return linear;
  return figures?.[measure] ?? null;
}

/** Whether the training of a cell has finished and left figures. */
const isDone = ({ state, figures }: LabCell): boolean => state === 'finished' && figures !== null;

/** Whether the training of a cell failed because its loss became NaN or infinite, which is a result of the study. */
export const diverged = ({ error }: Pick<LabCell, 'error'>): boolean => error?.code === 'non-finite-loss';

export function tableRows({ study: id, images, measure, cells }: Table): LabRow[] {
  const study = studyOf(id);
  const reference = referenceOf(study, { images });
  return study.arms({ images }).map((arm) => {
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
      probed: figure((figures) => (measure === 'agreement' ? figures.agreement : figures.knn)),
      untrained: figure(({ untrained }) => (measure === 'agreement' ? untrained.agreement : untrained.knn)),
      free: figure(({ free }) => free),
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
const APART = 2;

/** Standard error of a row's mean: of its seeds, and never less than that of so many photos asked. */
function standardError(row: LabRow, asked: number): number {
  const n = Math.max(1, row.done);
  const p = row.mean ?? 0;
  const photos = Math.sqrt(Math.max(0, p * (1 - p)) / Math.max(1, asked));
  const seeds = row.spread ?? ASSUMED_SPREAD;
  return (n < 2 ? Math.hypot(photos, seeds) : Math.max(photos, seeds)) / Math.sqrt(n);
}

/** An arm that has not learned and uses at most this share of the reference's directions has collapsed. */
const COLLAPSED_RANK = 0.3;

type Outcome = 'learned' | 'collapsed' | 'collapsing' | 'notLearned' | 'lost' | 'diverged' | 'failed';
interface Judged {
  row: LabRow;
  arm: Arm;
  outcome: Outcome;
  error: number;
}

function outcomeOf(
  { verdict, probed, untrained, rank, failed, done }: LabRow,
  error: number,
  referenceRank: number,
): Outcome {
  if (verdict === 'diverging') return 'diverged';
  if (done === 0 || probed === null) return failed > 0 ? 'failed' : 'notLearned';
  if (verdict === 'collapsed' || verdict === 'dimensionalCollapse') return 'collapsed';
  const gain = untrained === null ? Infinity : probed - untrained;
  if (verdict !== 'notLearning' && gain > APART * error) return 'learned';
  if (rank !== null && rank <= COLLAPSED_RANK * referenceRank) return 'collapsed';
  if (verdict === 'suspicious') return 'collapsing';
  return gain < -APART * error ? 'lost' : 'notLearned';
}

const percentOf = (fraction: number): number => Math.round(1000 * fraction) / 10;
const one = (value: number | null): number => Math.round(10 * (value ?? NaN)) / 10;
const two = (value: number): number => Math.round(100 * value) / 100;
/** Values that are no numbers are left out: a message has none. */
const finding = (
  key: FindingKey,
  values: Record<string, number> = {},
  arms: Record<string, string[]> = {},
): Finding => ({
  key,
  values: Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value))),
  arms,
});

/** What the table shows; empty before the reference arm has ended with at least one seed. */
export function findings(table: Table): Finding[] {
  const study = studyOf(table.study);
  const arms = new Map(study.arms(table).map((arm) => [arm.id, arm]));
  const rows = tableRows(table);
  const referenceRank = rows.find((row) => row.reference)?.rank ?? 0;
  const all = rows
    .filter((row) => row.mean !== null || row.failed > 0)
    .map((row): Judged => {
      const error = standardError(row, table.asked);
      return { row, arm: arms.get(row.armId)!, error, outcome: outcomeOf(row, error, referenceRank) };
    });
  const reference = all.find(({ row }) => row.reference);
  if (!reference) return [];
  const name = { reference: [reference.arm.id] };
  const out: Finding[] = [];
  const ended = table.cells.filter((cell) => isDone(cell) || cell.state === 'failed').length;
  if (ended < table.cells.length) out.push(finding('partial', { done: ended, count: table.cells.length }));

  const { row } = reference;
  if (reference.outcome === 'learned') out.push(finding('learned', shown(row), name));
  else if (row.probed !== null) out.push(finding('referenceNotLearned', shown(row), name));
  // beside a reference that learned nothing, that others did not either says nothing
  const telling = all.filter(({ outcome }) => reference.outcome === 'learned' || outcome !== 'notLearned');
  for (const item of telling) out.push(...bad(item, reference));
  if (reference.outcome === 'learned') out.push(...outcomes(all));
  out.push(
    ...ranking(
      all.filter(({ outcome }) => outcome === 'learned'),
      study,
    ),
  );
  out.push(chance(all, table.seeds));
  return out;
}

const shown = (row: LabRow) => ({ mean: percentOf(row.probed ?? NaN), untrained: percentOf(row.untrained ?? NaN) });

/** What became of an arm that did not learn; the reference has had its sentence, save where it collapsed or ended. */
function bad({ row, arm, outcome }: Judged, reference: Judged): Finding[] {
  const name = { arm: [arm.id] };
  const loss = two(row.loss ?? NaN);
  const rank = one(row.rank);
  if (arm.id === reference.arm.id && outcome !== 'diverged' && outcome !== 'failed') return [];
  switch (outcome) {
    case 'learned':
      return [];
    case 'collapsed':
    case 'collapsing':
      return [
        finding(
          outcome,
          { ...shown(row), loss, rank, referenceRank: one(reference.row.rank) },
          { ...name, reference: [reference.arm.id] },
        ),
      ];
    case 'notLearned':
      return [finding('notLearned', { ...shown(row), loss, rank }, name)];
    case 'lost':
      return [finding('lost', shown(row), name)];
    case 'diverged':
      return [finding('diverged', {}, name)];
    case 'failed':
      return [finding('failed', {}, name)];
    default:
      throw new Error(`there is no outcome ${outcome satisfies never}`);
  }
}

/** Whether the arms that learn are the paper's; said where the paper has some that do not, or ours differ. */
function outcomes(all: readonly Judged[]): Finding[] {
  const compared = all.filter(({ outcome }) => outcome !== 'failed');
  const inPaper = ({ arm }: Judged) => arm.paper.outcome === 'learns';
  const learnsUnlike = compared.filter((item) => !inPaper(item) && item.outcome === 'learned');
  const failsUnlike = compared.filter((item) => inPaper(item) && item.outcome !== 'learned');
  const ids = (items: readonly Judged[]) => ({ arms: items.map(({ arm }) => arm.id) });
  const out: Finding[] = [];
  if (learnsUnlike.length > 0) out.push(finding('learnsUnlike', {}, ids(learnsUnlike)));
  if (failsUnlike.length > 0) out.push(finding('failsUnlike', {}, ids(failsUnlike)));
  if (out.length === 0 && compared.length > 1) out.push(finding('outcomesAgree'));
  return out;
}

const apart = (a: Judged, b: Judged): boolean =>
  Math.abs(a.row.mean! - b.row.mean!) > APART * Math.hypot(a.error, b.error);

/** Which of the arms that learn is best, and whether their order is the paper's. */
function ranking(learned: readonly Judged[], study: Study): Finding[] {
  if (learned.length < 2) return [];
  const sorted = [...learned].sort((a, b) => b.row.mean! - a.row.mean!);
  const [best, next] = [sorted[0]!, sorted[1]!];
  const tied = sorted.filter((item) => item === best || !apart(best, item));
  if (tied.length === sorted.length) return [finding('noDifference')];
  const out: Finding[] = [
    apart(best, next)
      ? finding(
          'best',
          { mean: percentOf(best.row.mean!), gain: percentOf(best.row.mean! - next.row.mean!) },
          { arm: [best.arm.id] },
        )
      : finding('tied', {}, { arms: tied.map(({ arm }) => arm.id) }),
  ];
  const count = { pairs: 0, agree: 0, differ: 0, same: 0 };
  for (const [i, a] of learned.entries())
    for (const b of learned.slice(i + 1)) {
      const inPaper = (a.arm.paper.top1 ?? NaN) - (b.arm.paper.top1 ?? NaN);
      if (!(Math.abs(inPaper) >= study.decisive)) continue;
      count.pairs++;
      if (!apart(a, b)) count.same++;
      else if (Math.sign(a.row.mean! - b.row.mean!) === Math.sign(inPaper)) count.agree++;
      else count.differ++;
    }
  if (count.pairs > 0) out.push(finding('order', count));
  return out;
}

/** How far chance alone moves a difference of two arms. */
function chance(all: readonly Judged[], seeds: number): Finding {
  const error = Math.max(...all.filter(({ row }) => row.mean !== null).map((item) => item.error), 0);
  const points = percentOf(APART * Math.SQRT2 * error);
  return seeds === 1 ? finding('oneSeed', { points }) : finding('spread', { seeds, points });
}
