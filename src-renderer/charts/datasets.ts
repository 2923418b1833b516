/** A chart's lines as chart.js draws them: four datasets each, the shade's two edges, the faint raw line and the smoothed one. */
import type { ChartDataset } from 'chart.js';
import { draw } from './series.ts';
import type { Line, Point, View } from './series.ts';

/** Which of a line's datasets the pointer finds: the smoothed one. */
export const smoothIndex = 3;
export const datasetsPerLine = 4;

export const withAlpha = (hex: string, alpha: number): string =>
  `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;

/** Numbers of values: with fewer a line is not smoothed (an average would trail behind them), and each has a dot. */
const few = { smoothed: 30, dotted: 24 };

export function datasetsOf(
  lines: readonly Line[],
  { highlighted, ...view }: View & { /** Id of the line to show in full; null: all. */ highlighted: string | null },
): ChartDataset<'line', Point[]>[] {
  // a run that another place left highlighted dims nothing here
  const isHere = lines.some(({ id }) => id === highlighted);
  return lines.flatMap((line): ChartDataset<'line', Point[]>[] => {
    const drawn = draw(line, { ...view, smoothing: line.buckets.length < few.smoothed ? 0 : view.smoothing });
    const dim = isHere && highlighted !== line.id ? 0.18 : 1;
    const base = {
      pointRadius: 0,
      pointHitRadius: 0,
      borderJoinStyle: 'round' as const,
      tension: 0,
      label: line.label,
    };
    return [
      { ...base, data: drawn.low, borderWidth: 0, fill: false },
      { ...base, data: drawn.high, borderWidth: 0, fill: '-1', backgroundColor: withAlpha(line.color, 0.12 * dim) },
      { ...base, data: drawn.raw, borderWidth: 1, borderColor: withAlpha(line.color, 0.28 * dim) },
      {
        ...base,
        data: drawn.smooth,
        borderWidth: 2,
        borderColor: withAlpha(line.color, dim),
        borderDash: line.dash ?? [],
        pointRadius: drawn.smooth.length <= few.dotted ? 2 : 0,
        pointBackgroundColor: withAlpha(line.color, dim),
        pointHitRadius: 8,
      },
    ];
  });
}
