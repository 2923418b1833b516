/** The table of an experiment as text: our measure beside the paper's. */
import type { Experiment } from '../../shared/contract.ts';
import { studyOf } from '../../shared/lab/studies.ts';
import { armLabel, labText } from '../../shared/messages/lab.ts';
import { percent, table } from './output.ts';

const language = 'en';
const figure = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));

export function experimentTable({ study, images, measure, seeds, rows }: Experiment): string {
  const arms = new Map(
    studyOf(study)
      .arms({ images })
      .map((arm) => [arm.id, arm]),
  );
  const several = seeds > 1;
  const inPaper = studyOf(study).paper !== null;
  const linear = measure === 'linear';
  return table([
    [
      'arm',
      labText(language, `measure.${measure}`),
      ...(several ? ['spread', 'seeds'] : []),
      ...(linear ? ['kNN'] : []),
      'before',
      'free',
      'rank',
      'loss',
      'std z',
      inPaper ? 'outcome' : 'verdict',
      ...(inPaper ? ['paper'] : []),
    ],
    ...rows.map((row) => {
      const { paper } = arms.get(row.armId)!;
      return [
        armLabel(language, study, row.armId, images),
        percent(row.mean),
        ...(several ? [percent(row.spread), String(row.values.length)] : []),
        ...(linear ? [percent(row.probed)] : []),
        percent(row.untrained),
        percent(row.free),
        figure(row.rank, 1),
        figure(row.loss, 2),
        figure(row.zStd, 2),
        row.outcome
          ? labText(language, `became.${row.outcome}`)
          : row.verdict
            ? labText(language, `verdict.${row.verdict}`)
            : row.failed > 0
              ? labText(language, 'state.failed')
              : '-',
        ...(inPaper
          ? [paper.top1 === null ? labText(language, `outcome.${paper.outcome}`) : `${paper.top1.toFixed(1)} %`]
          : []),
      ];
    }),
  ]);
}
