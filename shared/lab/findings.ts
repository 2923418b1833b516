/**
 * What a study's trainings show, by rule, of the rows that they add up to (table.ts). A difference counts only
 * beyond what chance explains: the spread over seeds and the number of photos asked. Pure; the sentences are in
 * shared/messages/lab.ts.
 */
import type { Finding, LabRow, Outcome } from '../contract/lab.ts';
import { beginningFindings } from './beginningFindings.ts';
import { studyOf } from './studies.ts';
import type { Arm, Study } from './studies.ts';
import { APART, finding, partial, percentOf, standardError, tableRows } from './table.ts';
import type { Table } from './table.ts';

interface Judged {
  row: LabRow;
  arm: Arm;
  outcome: Outcome;
  error: number;
}

const one = (value: number | null): number => Math.round(10 * (value ?? NaN)) / 10;
const two = (value: number): number => Math.round(100 * value) / 100;
/** What the table shows; empty before the reference arm has ended with at least one seed. */
export function findings(table: Table): Finding[] {
  const study = studyOf(table.study);
  if (study.paper === null) return beginningFindings(table);
  const arms = new Map(study.arms(table).map((arm) => [arm.id, arm]));
  const rows = tableRows(table);
  const all = rows.flatMap((row): Judged[] => {
    const { armId, outcome } = row;
    return outcome ? [{ row, arm: arms.get(armId)!, error: standardError(row, table.asked), outcome }] : [];
  });
  const reference = all.find(({ row }) => row.reference);
  if (!reference) return [];
  const name = { reference: [reference.arm.id] };
  const out: Finding[] = [];
  out.push(...partial(table));

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
