/**
 * What the label-free quality is worth, as the tables of docs/evaluation.md, which recorded-tables.ts writes: of the recorded
 * runs of the verdict (record-runs.ts) and of the points that quality.ts measured.
 */
import { qualityOf } from '../shared/quality.ts';
import { recordedRuns } from '../test/unit/recordings.ts';
import type { Half, RecordedRun } from '../test/unit/recordings.ts';
import { qualityOfPoint, recordedPoints, spearman } from '../test/unit/points.ts';
import type { Point } from '../test/unit/points.ts';
import { markdownTable } from './markdownTable.ts';

const halves = ['chosen on', 'held out'] as const satisfies readonly Half[];

/** Of the last rows of the runs of a half: Spearman of a figure with kNN accuracy, and how many runs. */
export function ofRuns(runs: readonly RecordedRun[], half: Half, figure: 'quality' | 'agreement' | 'rank') {
  const rows = runs
    .filter((run) => run.half === half)
    .map(({ history }) => history.at(-1)!)
    .filter((last) => last.knn !== null && qualityOf(last) !== null);
  const of = (last: (typeof rows)[number]): number =>
    figure === 'quality' ? qualityOf(last)! : figure === 'rank' ? last.rank.backbone : last.agreement;
  const labels = rows.map(({ knn }) => knn!);
  return { count: rows.length, correlation: spearman(rows.map(of), labels) };
}

/** The quality first, then two of the figures that it is made of. */
const columns: readonly [name: string, of: (point: Point) => number][] = [
  ['quality', (point) => qualityOfPoint(point)!],
  ['agreement', ({ agreement }) => agreement],
  ['rank', ({ rank }) => rank],
];

export function qualityTables(): string {
  const runs = recordedRuns();
  const points = recordedPoints();
  const trained = points.filter(({ step, recipe }) => step >= 0 && recipe !== 'weak');
  const two = (value: number) => value.toFixed(2);
  const ofHalves = halves.map((half) => {
    const [quality, agreement, rank] = (['quality', 'agreement', 'rank'] as const).map((figure) =>
      ofRuns(runs, half, figure),
    );
    return [half, quality!.count, ...[quality, agreement, rank].map((one) => two(one!.correlation))];
  });
  const situations = [...new Set(points.map(({ situation }) => situation))];
  const each = situations.map((situation) => {
    const own = trained.filter((point) => point.situation === situation);
    const correlated = (of: (point: Point) => number, label: (point: Point) => number) =>
      two(spearman(own.map(of), own.map(label)));
    return [
      situation,
      own[0]!.half,
      own.length,
      ...columns.flatMap(([, of]) => [correlated(of, ({ linear }) => linear!), correlated(of, ({ knn }) => knn)]),
    ];
  });
  const kinds = situations.map((situation) => {
    const own = points.filter(
      (point) =>
        point.situation === situation &&
        (point.step === -1 || point.step === 0 || (point.step === 140 && point.recipe !== 'weak')),
    );
    return [
      situation,
      own.length,
      ...columns.slice(0, 2).map(([, of]) =>
        two(
          spearman(
            own.map(of),
            own.map(({ knn }) => knn),
          ),
        ),
      ),
    ];
  });
  return [
    'Last rows of the recorded runs of the verdict, with kNN accuracy:',
    markdownTable(['runs', 'number', ...columns.map(([name]) => name)], ofHalves),
    'Checkpoints of short runs on one folder, with the same views, with linear and kNN accuracy of photos that were never seen:',
    markdownTable(
      ['photos', 'half', 'checkpoints', ...columns.flatMap(([name]) => [`${name}: linear`, `${name}: kNN`])],
      each,
    ),
    'Features of different kinds on one folder (pixels, whitened pixels, edges beside colours, networks at their beginning and end), with kNN accuracy:',
    markdownTable(['photos', 'features', ...columns.slice(0, 2).map(([name]) => name)], kinds),
  ].join('\n\n');
}
