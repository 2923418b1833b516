/** What a trial of ways to begin shows, and the way that it ends in. Pure; the sentences are in shared/messages/lab.ts. */
import type { Finding, LabRow } from '../contract/lab.ts';
import { bestBeginning, choicePatch } from './beginnings.ts';
import type { BeginningChoice, PhotoKind } from './photoKind.ts';
import { studyOf } from './studies.ts';
import { APART, finding, isDone, partial, percentOf, standardError, tableRows } from './table.ts';
import type { Table } from './table.ts';

/** The way to go on with as far as the table shows it; null before an arm is done, and for the paper's studies. */
export function choiceOf(table: Table, kind: PhotoKind, teacher?: string): BeginningChoice | null {
  if (studyOf(table.study).paper !== null) return null;
  const chosen = chosenBeginning(table);
  if (!chosen) return null;
  const { armId } = chosen.best;
  return { armId, patch: choicePatch(armId, kind, teacher), close: chosen.close };
}

function chosenBeginning(table: Table) {
  const rows = tableRows(table);
  const found = bestBeginning(rows);
  if (!found) return null;
  const [best, next] = [found.best, found.next].map((tried) => rows.find(({ armId }) => armId === tried?.armId));
  const gain = best!.mean! - (next?.mean ?? NaN);
  const error = (row: LabRow) => standardError(row, table.asked);
  return {
    best: best!,
    next: next ?? null,
    gain,
    close: !!next && gain <= APART * Math.hypot(error(best!), error(next)),
  };
}

/** Which way to begin is best, and whether it is better than what costs nothing. */
export function beginningFindings(table: Table): Finding[] {
  const out: Finding[] = [];
  const chosen = chosenBeginning(table);
  if (!chosen) {
    const failed = table.cells.filter(({ state }) => state === 'failed').length;
    return failed > 0 && failed === table.cells.length ? [finding('beginningNone', { count: failed })] : out;
  }
  const { best, next, gain, close } = chosen;
  out.push(...partial(table));
  const values = { mean: percentOf(best.mean!), gain: Math.max(0, percentOf(gain)) };
  const arms = { arm: [best.armId], ...(next && { next: [next.armId] }) };
  out.push(finding(!next ? 'beginningAlone' : close ? 'beginningClose' : 'beginningBest', values, arms));
  if (best.free !== null)
    out.push(
      finding(best.mean! > best.free ? 'beginningWorth' : 'beginningNotYet', {
        mean: percentOf(best.mean!),
        free: percentOf(best.free),
      }),
    );
  if (table.measure === 'quality') {
    const figures = table.cells.find((cell) => cell.armId === best.armId && isDone(cell))?.figures;
    if (figures?.free != null)
      out.push(finding('beginningAgreement', { mean: percentOf(figures.agreement), free: percentOf(figures.free) }));
    return out; // how far chance moves the quality is not known
  }
  const errors = tableRows(table).flatMap((row) => (row.mean === null ? [] : [standardError(row, table.asked)]));
  out.push(finding('oneSeed', { points: percentOf(APART * Math.SQRT2 * Math.max(...errors)) }));
  return out;
}
