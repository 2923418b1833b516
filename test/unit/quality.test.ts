/** The label-free quality: its ends, and what it is worth on the recorded runs that nothing was chosen on. */
import { describe, expect, it } from 'vitest';
import { ofRuns } from '../../scripts/quality-table.ts';
import { qualityOf } from '../../shared/quality.ts';
import { measureProbe } from '../../src-main/evaluate/index.ts';
import { recordedRuns } from './recordings.ts';

const figures = (alignment: number, std: number, agreement = 0.5, rank = 20) => ({
  alignment,
  agreement,
  std: { backbone: std },
  rank: { backbone: rank },
});

describe('the label-free quality', () => {
  it('is near 1 where views coincide and photos do not, and near 0 where all photos lie at one point', () => {
    expect(qualityOf(figures(0, 0.8))).toBeCloseTo(1, 6);
    expect(qualityOf(figures(0.5, 0.02, 0, 1))!).toBeLessThan(0.01);
  });

  it('rises as views come together, photos apart, neighbours right and directions more', () => {
    const middle = qualityOf(figures(0.4, 0.6))!;
    expect(qualityOf(figures(0.3, 0.6))!).toBeGreaterThan(middle);
    expect(qualityOf(figures(0.4, 0.7))!).toBeGreaterThan(middle);
    expect(qualityOf(figures(0.4, 0.6, 0.9))!).toBeGreaterThan(middle);
    expect(qualityOf(figures(0.4, 0.6, 0.5, 40))!).toBeGreaterThan(middle);
  });

  it('is none of figures that are not finite, or of photos and views that are all one point', () => {
    expect(qualityOf(figures(NaN, 0.6))).toBeNull();
    expect(qualityOf(figures(0.4, Infinity))).toBeNull();
    expect(qualityOf(figures(0, 0))).toBeNull();
  });

  it('orders the recorded runs that are held out as their labels do, better than what it is made of', () => {
    const runs = recordedRuns();
    const quality = ofRuns(runs, 'held out', 'quality');
    expect(quality.count).toBeGreaterThanOrEqual(40);
    expect(quality.correlation).toBeGreaterThanOrEqual(0.8);
    for (const part of ['agreement', 'rank'] as const)
      expect(ofRuns(runs, 'held out', part).correlation).toBeLessThan(quality.correlation);
  });

  it('is among the figures of the probe', async () => {
    const n = 12;
    const rows = (turn: number) =>
      Float32Array.from({ length: n * 4 }, (_, i) => Math.sin(7 * i + 1) + turn * Math.cos(3 * i));
    const metrics = await measureProbe({
      features: rows(0),
      projections: rows(0),
      predictions: rows(0),
      n,
      second: rows(0.1),
      paired: n,
      votes: () => Promise.resolve(null),
      threads: 1,
    });
    expect(metrics.quality).toBe(qualityOf(metrics));
    expect(metrics.quality!).toBeGreaterThan(0.5);
  });
});
