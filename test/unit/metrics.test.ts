/** The table of metrics: what is made of its rows, and rows of other versions. */
import { describe, expect, it } from 'vitest';
import { metricNames, metricOf, panels, probeMetricNames, reportMetrics } from '../../shared/metrics.ts';
import { EpochMetrics, ProbeMetrics, completed, valueAt } from '../../shared/metricRows.ts';
import { epochEvent, epochHeader, epochRow } from '../../src-main/cli/epochs.ts';
import { verdictWord } from '../../src-main/cli/verdictWord.ts';
import type { Verdict } from '../../shared/verdict/judgement.ts';
import { measures } from '../../src-main/evaluate/index.ts';
import type { Probe } from '../../src-main/evaluate/index.ts';
import { epochMetrics, probeMetrics } from '../helpers/records.ts';

const optional = probeMetricNames.filter((name) => metricOf(name).optional);

describe('the table of metrics', () => {
  it('has a computation for every figure of the probe, and for no other', () => {
    expect(Object.keys(measures).sort()).toEqual([...probeMetricNames].sort());
  });

  it('draws something in every chart', () => {
    const drawn = new Set(metricNames.map((name) => metricOf(name).panel));
    for (const panel of Object.keys(panels)) expect(drawn).toContain(panel);
  });

  it('compares the arms of a study by one measure of quality', () => {
    expect(reportMetrics('agreement')).toEqual(['loss', 'zStdTraining', 'rank.backbone', 'agreement']);
    expect(reportMetrics('linear')).toEqual(['loss', 'zStdTraining', 'rank.backbone', 'knn']);
  });
});

describe('rows of other versions', () => {
  const { knn: _, ...older } = epochMetrics(3);

  it('have null for what they were written without', () => {
    expect(EpochMetrics.parse(older).knn).toBeNull();
    expect(completed(older as EpochMetrics).knn).toBeNull();
    expect(completed(epochMetrics(3)).knn).toBe(0.4);
    for (const name of optional) {
      const { [name]: _, ...row } = epochMetrics(3) as EpochMetrics & Record<string, unknown>;
      expect(valueAt(EpochMetrics.parse(row), name)).toBeNull();
      expect(completed(row)).toHaveProperty([name], null);
    }
  });

  it('lose what this version does not know, and nothing else', () => {
    expect(EpochMetrics.parse({ ...epochMetrics(3), newer: 1 })).toEqual(EpochMetrics.parse(epochMetrics(3)));
    expect(ProbeMetrics.parse({ ...probeMetrics, std: { ...probeMetrics.std, target: 1 } })).toMatchObject(
      probeMetrics,
    );
  });

  it('are refused without a figure that every version has', () => {
    const { agreement: __, ...cut } = epochMetrics(3);
    expect(() => EpochMetrics.parse(cut)).toThrow(/agreement/);
  });
});

describe('on the command line', () => {
  const row = epochMetrics(3, { etaSeconds: 200 });

  it('figures have a column each, and absent ones a dash', () => {
    expect(epochHeader).toBe('   epoch     loss  std z   rank     kNN  agreement  photos/s      left  verdict');
    expect(epochRow(row, 'healthy')).toBe(
      '   3/100  -0.5000   0.90   30.0  40.0 %     60.0 %       100     3 min healthy',
    );
    expect(epochRow({ ...row, knn: null })).toContain('  30.0       -     60.0 %');
  });

  it('a verdict is said in the words of the window, and is none before anything is judged', () => {
    const word = (key: string, verdict: Verdict) => verdictWord({ key, verdict });
    expect(word('early', 'healthy')).toBe('too early to say');
    expect(word('starting', 'healthy')).toBe('too early to say');
    expect(word('healthy', 'healthy')).toBe('healthy');
    expect(word('cosine', 'dimensionalCollapse')).toBe('dimensional collapse');
    expect(verdictWord(null)).toBe('');
  });

  it('the event of an epoch keeps the names that other programs rely on', () => {
    expect(epochEvent(row, 'healthy')).toMatchObject({
      epoch: 3,
      epochs: 100,
      step: 30,
      loss: -0.5,
      learningRate: 0.05,
      std: { backbone: 0.4, projection: 0.9, prediction: 0.8 },
      rank: { backbone: 30, projection: 60 },
      knn: 0.4,
      agreement: 0.6,
      imagesPerSecond: 100,
      dataWait: 0,
      etaSeconds: 200,
      verdict: 'healthy',
    });
    expect(epochEvent({ ...row, knn: null }, null)).toMatchObject({ knn: null, verdict: null });
  });
});

describe('kNN accuracy with classes weighed alike', () => {
  const votesOf = (truth: number[], predictions: number[], classes: number) => ({
    votes: () =>
      Promise.resolve({
        truth: Int32Array.from(truth),
        predictions: Int32Array.from(predictions),
        classes,
        accuracy: truth.filter((label, i) => predictions[i] === label).length / truth.length,
      }),
  });
  const of = (...given: Parameters<typeof votesOf>) => measures.balancedKnn(votesOf(...given) as unknown as Probe);

  it('does not reward naming the largest class always', async () => {
    const truth = [...Array.from({ length: 90 }, () => 0), ...Array.from({ length: 10 }, (_, i) => 1 + (i % 2))];
    expect(
      await of(
        truth,
        truth.map(() => 0),
        3,
      ),
    ).toBeCloseTo(1 / 3, 12);
    expect(await of(truth, truth, 3)).toBe(1);
  });

  it('is the mean recall over the classes that were asked about', async () => {
    const truth = Array.from({ length: 200 }, (_, i) => (i * i) % 7); // not every class of 7, and unevenly
    const predictions = truth.map((label, i) => (i % 3 === 0 ? (label + i) % 7 : label));
    const recalls = [...new Set(truth)].map((label) => {
      const asked = truth.flatMap((other, i) => (other === label ? [i] : []));
      return asked.filter((i) => predictions[i] === label).length / asked.length;
    });
    expect(recalls.length).toBeLessThan(7);
    expect(await of(truth, predictions, 7)).toBeCloseTo(recalls.reduce((a, b) => a + b) / recalls.length, 12);
  });

  it('is absent without labels, and where none was asked about', async () => {
    expect(await measures.balancedKnn({ votes: () => Promise.resolve(null) } as unknown as Probe)).toBeNull();
    expect(await of([], [], 3)).toBeNull();
  });
});
