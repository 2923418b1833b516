/** An evaluation in a terminal: its line, its confusion matrix, and the matrix as a CSV file. */
import type { Evaluation } from '../../shared/contract.ts';
import { csvLine, guarded } from '../../shared/csv.ts';
import { byName, orderOf } from '../../shared/names.ts';
import { counted } from '../../shared/messages/format.ts';
import { writeCsvFile } from './csvFile.ts';
import { oneLine, percent, table } from './output.ts';

/** More classes than this do not fit beside each other. */
const widest = 24;

const kinds = { knn: 'kNN', linear: 'linear', fewshot: 'few-shot' } as const;

/** What was measured, in one line. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { kind, settings, accuracy, spread, images, classes, split } = evaluation;
  const how = Object.entries(settings)
    .map(([name, value]) => `, ${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`)
    .join('');
  return `${kinds[kind]} accuracy ${percent(accuracy)}${spread === null ? '' : ` ± ${percent(spread)}`} on ${counted(images, 'photo')} of ${counted(classes.length, 'class', 'classes')} (${split}${how}; chance ${percent(1 / classes.length)}, the largest class ${percent(largestShare(evaluation))})`;
}

/** Accuracy of always saying the class that most test photos have. */
const largestShare = ({ confusion, images }: Pick<Evaluation, 'confusion' | 'images'>): number =>
  Math.max(0, ...confusion.map((row) => row.reduce((sum, count) => sum + count, 0))) / Math.max(1, images);

/** What a person should know of how it was measured, a line each. */
export function remarksOf({ kind, classes, confusion, groups, split, ...asked }: Evaluation): string[] {
  const untested = classes.filter((_, i) => confusion[i]?.every((count) => count === 0)).sort(byName);
  const lines: string[] = [];
  if (asked.imagesOf !== null && asked.imagesOf > asked.images)
    lines.push(`${asked.images} photos were tested, drawn by chance from ${asked.imagesOf}`);
  if (asked.byGraph > 0) lines.push(`the neighbours of ${asked.byGraph} photos are those of the kept graph`);
  if (untested.length > 0)
    lines.push(
      `no test photo is of ${untested.slice(0, 5).map(oneLine).join(', ')}${untested.length > 5 ? ', ...' : ''}`,
    );
  const { kept, cut } = groups;
  if (cut > 0)
    lines.push(
      `${counted(cut, 'group of photos lies', 'groups of photos lie')} on both sides of the split${kind === 'knn' ? ': none voted for its own' : ': the accuracy is too good for photos of no known group'}`,
    );
  if (kept > 0)
    lines.push(
      split === 'leave-one-out'
        ? `${counted(kept, 'group')} of several photos: none voted for another of its own`
        : `${counted(kept, 'group of several photos was', 'groups of several photos were')} kept on one side`,
    );
  return lines;
}

type Matrix = Pick<Evaluation, 'classes' | 'confusion'>;

function inOrder({ classes, confusion }: Matrix): Matrix {
  const order = orderOf(classes);
  const sorted = <T>(row: readonly T[]): T[] => order.map((i) => row[i]!);
  return { classes: sorted(classes), confusion: sorted(confusion).map(sorted) };
}

/**
 * Rows are true classes, columns predicted ones; with more than `widest` classes the most frequent mistake of each
 * alone.
 */
export function confusionTable(evaluation: Matrix): string {
  const { classes, confusion } = inOrder(evaluation);
  const right = (row: number[], i: number) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return percent(total > 0 ? row[i]! / total : null);
  };
  if (classes.length <= widest)
    return table([
      ['class', '', 'right', ...classes.map((_, i) => String(i + 1))],
      ...confusion.map((row, i) => [oneLine(classes[i]!), String(i + 1), right(row, i), ...row.map(String)]),
    ]);
  return table([
    ['class', 'right', 'most often taken for'],
    ...confusion.map((row, i) => {
      const [most] = row
        .map((count, j) => ({ count, j }))
        .filter(({ count, j }) => j !== i && count > 0)
        .sort((a, b) => b.count - a.count);
      return [oneLine(classes[i]!), right(row, i), most ? `${oneLine(classes[most.j]!)} (${most.count})` : ''];
    }),
  ]);
}

/** A header with the classes, then a row for each class: its name and its counts. Written whole or not at all. */
export function writeConfusion(file: string, evaluation: Matrix, guard = false): void {
  const { classes, confusion } = inOrder(evaluation);
  const names = guard ? classes.map(guarded) : classes;
  const rows = [['actual \\ predicted', ...names], ...confusion.map((row, i) => [names[i]!, ...row.map(String)])];
  writeCsvFile(file, rows.map(csvLine));
}
