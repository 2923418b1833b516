/** Rows of a run's history on the command line: as a table with the columns of shared/metrics.ts, and as the event `epoch`. */
import { metricNames, metricOf } from '../../shared/metrics.ts';
import { nestedBy, valueAt } from '../../shared/metricRows.ts';
import type { EpochMetrics } from '../../shared/metricRows.ts';
import { round } from './find.ts';
import { duration, percent } from './output.ts';

const columns = metricNames.flatMap((name) => {
  const { column, unit } = metricOf(name);
  return column ? [{ name, unit, ...column }] : [];
});

function text(row: EpochMetrics, { name, unit, digits }: (typeof columns)[number]): string {
  const value = valueAt(row, name);
  if (unit === '%') return percent(value);
  if (unit === 's') return duration(value);
  return value === null ? '-' : value.toFixed(digits ?? metricOf(name).digits ?? 2);
}

export const epochHeader = [
  'epoch'.padStart(8),
  ...columns.map(({ header, width }) => header.padStart(width)),
  ' verdict',
].join(' ');

/** @param verdict in a word; '' for none */
export function epochRow(row: EpochMetrics, verdict = ''): string {
  return [
    `${round(row.epoch)}/${round(row.epochs)}`.padStart(8),
    ...columns.map((column) => text(row, column).padStart(column.width)),
    verdict,
  ]
    .join(' ')
    .trimEnd();
}

const told = metricNames.filter((name) => metricOf(name).event);

/** The fields of the JSON event `epoch`; other programs rely on their names. */
export const epochEvent = (row: EpochMetrics, verdict: string | null): object => ({
  epoch: row.epoch,
  epochs: row.epochs,
  step: row.step,
  ...nestedBy(told, (name) => valueAt(row, name)),
  verdict,
});
