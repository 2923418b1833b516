/** Verdicts that were wrong: no collapse where labels are still told apart, and one verdict that stands. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { EpochMetrics } from '../../shared/metricRows.ts';
import { judge } from '../../shared/verdict.ts';
import { thresholds } from '../../shared/verdict/thresholds.ts';
import { epochMetrics, probeMetrics } from '../helpers/records.ts';

const config = parseConfig({ backbone: { width: 0.25 }, batchSize: 64 });
/** Photos that lie close together: dim cells of a microscope, or a rate far too high. */
const close = {
  loss: -0.9,
  zStdTraining: 0.6,
  std: { backbone: 0.3, projection: 0.2, prediction: 0.2 },
  rank: { backbone: 31, projection: 8 },
};
const sound = {
  loss: -0.7,
  zStdTraining: 0.97,
  std: { backbone: 0.4, projection: 0.9, prediction: 0.9 },
  rank: { backbone: 31, projection: 60 },
};
const untrained = { ...probeMetrics, knn: 0.4, agreement: 0.3 };
const rows = (...of: Partial<EpochMetrics>[]): EpochMetrics[] =>
  of.map((more, i) => epochMetrics(i + 1, { step: 60 * (i + 1), ...more }));
/** What is said at each row. */
const said = (history: EpochMetrics[], before = untrained) =>
  history.map((_, i) => judge({ untrained: before, history: history.slice(0, i + 1), config }).verdict);

describe('photos that lie close together', () => {
  it('are no collapse while kNN rises from 40 to 88 %', () => {
    const rising = [0.52, 0.63, 0.7, 0.76, 0.81, 0.84, 0.86, 0.88].map((knn) => ({ ...close, knn }));
    expect(said(rows(...rising))).toEqual(rising.map(() => 'healthy'));
  });

  it('are no collapse in one row among sound ones, labels being told apart all along', () => {
    const history = [0.5, 0.52, 0.55, 0.56, 0.58, 0.59, 0.6, 0.61].map((knn, i) => ({
      ...(i === 5 ? close : sound),
      knn,
    }));
    expect(new Set(said(rows(...history)))).toEqual(new Set(['healthy']));
  });

  it('are a collapse where kNN has not risen, or has lost most of what it gained', () => {
    expect(said(rows(...[0.41, 0.4, 0.42].map((knn) => ({ ...close, knn })))).at(-1)).toBe('collapsed');
    const lost = [0.6, 0.7, 0.75, 0.5, 0.5, 0.5].map((knn, i) => ({ ...(i < 3 ? sound : close), knn }));
    expect(said(rows(...lost)).at(-1)).toBe('collapsed');
  });

  it('are a collapse where there are no labels to say otherwise', () => {
    const unlabelled = [0.4, 0.4, 0.4].map((agreement) => ({ ...close, knn: null, agreement }));
    expect(said(rows(...unlabelled), { ...untrained, knn: null as never }).at(-1)).toBe('collapsed');
  });
});

describe('one verdict stands', () => {
  const flapping = [close, sound, close, sound, sound, close, sound, sound].map((row) => ({ ...row, knn: 0.4 }));

  it('where signs come and go', () => {
    expect(new Set(said(rows(...flapping)))).toEqual(new Set(['collapsed']));
  });

  it('until nothing has been wrong for several rows', () => {
    const well = Array.from({ length: thresholds.holdRows }, (_, i) => ({ ...sound, knn: 0.5 + 0.05 * i }));
    const all = said(rows(...flapping, ...well));
    const last = flapping.lastIndexOf(flapping.findLast((row) => row.loss === close.loss)!);
    expect(all[last + thresholds.holdRows - 1]).toBe('collapsed');
    expect(all[last + thresholds.holdRows]).toBe('healthy');
  });

  it('and a graver one is said at once', () => {
    const suspicious = { ...sound, loss: -0.65, zStdTraining: 0.84, knn: 0.4 };
    expect(said(rows(sound, suspicious, { ...close, knn: 0.4 }))).toEqual(['healthy', 'suspicious', 'collapsed']);
  });
});
