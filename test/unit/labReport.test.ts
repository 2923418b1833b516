/** The Lab's report: one file that stands alone, in both languages, with what it was given and nothing that runs. */
import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../shared/contract.ts';
import { findings } from '../../shared/lab/findings.ts';
import { tableRows } from '../../shared/lab/table.ts';
import { studyPlan } from '../../shared/lab/plan.ts';
import { studies } from '../../shared/lab/studies.ts';
import type { StudyId } from '../../shared/lab/studyId.ts';
import { labFacts } from '../helpers/labFacts.ts';
import { probeMetrics } from '../helpers/records.ts';
import type { EpochMetrics, ProbeMetrics } from '../../shared/metricRows.ts';
import { lineChart, ticks } from '../../src-main/app/lab/chart.ts';
import { reportHtml } from '../../src-main/app/lab/reportHtml.ts';
import type { ReportData } from '../../src-main/app/lab/reportHtml.ts';

const probe = (knn: number): ProbeMetrics => ({
  ...probeMetrics,
  knn,
  agreement: 0.4,
  rank: { backbone: 30, projection: 25 },
});
const epoch = (n: number, loss: number): EpochMetrics => ({
  ...probe(0.2 + n / 20),
  epoch: n,
  epochs: 4,
  step: 10 * n,
  loss,
  lossMin: loss,
  lossMax: loss,
  zStdTraining: 0.95,
  learningRate: 0.1,
  imagesPerSecond: 100,
  dataWait: 0,
  trainingSeconds: n,
  at: 0,
  etaSeconds: 0,
});

function dataOf(study: StudyId, language: ReportData['language'], seeds = 1): ReportData {
  const plan = studyPlan({ study, minutes: 2, seeds, linear: false }, labFacts());
  const cells: Experiment['cells'] = Array.from({ length: seeds }, (_, seed) =>
    plan.arms.map(({ armId }, i) => ({
      armId,
      seed,
      runId: `${armId}${seed}`,
      color: '#000000',
      state: 'finished' as const,
      progress: 1,
      etaSeconds: null,
      seconds: 60,
      figures: {
        epoch: 4,
        loss: -0.5 - i / 10,
        knn: 0.4 + i / 50 + seed / 100,
        agreement: 0.4,
        rank: 30,
        zStd: 0.95,
        verdict: 'healthy' as const,
        untrained: { knn: 0.2, agreement: 0.1, rank: 20 },
        free: 0.35,
      },
      linear: null,
      error: null,
    })),
  ).flat();
  const table = { study, images: 1200, measure: plan.measure, asked: plan.asked, seeds, cells };
  const experiment: Experiment = {
    ...table,
    id: 'e',
    datasetId: 'd',
    datasetName: 'Mine & <yours>',
    state: 'finished',
    minutes: 2,
    linear: false,
    split: plan.split,
    epochs: plan.epochs,
    device: 'cpu',
    createdAt: 0,
    endedAt: 1,
    rows: tableRows(table),
    findings: findings(table),
    progress: 1,
    etaSeconds: null,
    activity: null,
    reportFolder: null,
  };
  return {
    language,
    experiment,
    configs: new Map(plan.arms.map(({ armId, config }) => [armId, config])),
    curves: cells.map(({ armId, seed }, i) => ({
      armId,
      seed,
      untrained: probe(0.2),
      epochs: [1, 2, 3, 4].map((n) => epoch(n, -n / 10 - i / 100)),
    })),
    version: '1.2.3',
    now: Date.UTC(2026, 0, 2),
  };
}

describe.each(['en', 'zh-CN'] as const)('the report in %s', (language) => {
  it.each(studies.map(({ id }) => id))('of %s stands alone and has every arm in table, legend and charts', (id) => {
    const data = dataOf(id, language);
    const html = reportHtml(data);
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|https?:|url\(|@import|<link|<img/i);
    expect(html).not.toMatch(/\{\w+\}|undefined|NaN|\bnull\b/);
    const arms = data.experiment.rows.length;
    expect(html.match(/<path class="curve"/g)).toHaveLength(4 * arms); // measure, loss, rank, std
    expect(html.match(/<svg class="sample"/g)).toHaveLength(2 * arms); // table and legend
    // every element that is opened is closed, in its order
    const open: string[] = [];
    for (const [, close, name, empty] of html
      .replace(/<!doctype html>/, '')
      .replace(/<style>[^<]*<\/style>/, '')
      .matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
      if (empty || name === 'meta') continue;
      if (close) expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });
});

it('escapes names, and writes figures and settings as they are', () => {
  const html = reportHtml(dataOf('stop-gradient', 'en', 2));
  expect(html).toContain('Mine &amp; &lt;yours&gt;');
  expect(html).not.toContain('<yours>');
  const text = html
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
  // mean of .40 and .41, their spread, two seeds, before training, for nothing, rank, loss, std, outcome, the paper's
  expect(text).toContain('with stop-gradient reference 40.5 0.7 2 20.0 35.0 30.0 −0.50 0.95 learned 67.7');
  expect(text).toMatch(/Stop-gradient stopGradient true false/);
  expect(text).toContain('1.2.3');
  expect(text).toContain('January 2, 2026');
  expect(html.match(/<path class="curve"/g)).toHaveLength(4 * 2 * 2); // one for each seed
});

it('says that a study is not finished, and that curves are gone with their runs', () => {
  const data = dataOf('similarity', 'en');
  const [first, second] = data.experiment.cells;
  const cells = [first!, { ...second!, state: 'running' as const, figures: null }];
  const html = reportHtml({ ...data, experiment: { ...data.experiment, cells }, curves: [] });
  expect(html).toContain('This study is not finished: 1 of 2 trainings is done.');
  expect(html).toContain('no curve');
  expect(html).not.toContain('<path');
});

describe('charts', () => {
  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-0.97, 0, [-1, -0.8, -0.6, -0.4, -0.2, 0]],
    [3, 47, [0, 10, 20, 30, 40, 50]],
    [5, 5, [5, 6, 7, 8, 9, 10].slice(0, 2)],
  ])('tick %f to %f in round steps', (least, most, expected) => {
    const found = ticks(least, most);
    if (least !== most) expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThanOrEqual(2);
    expect(found[0]).toBeLessThanOrEqual(least);
    expect(found.at(-1)).toBeGreaterThanOrEqual(most);
  });

  it('put points where their values are, and leave out what is no number', () => {
    const svg = lineChart(
      [
        {
          label: 'a <b>',
          index: 3,
          points: [
            { x: 0, y: 0 },
            { x: 5, y: NaN },
            { x: 10, y: 1 },
          ],
        },
        { label: 'none', index: 4, points: [{ x: 1, y: Infinity }] },
      ],
      { title: 't "q"', xLabel: 'x', yText: String, xText: String, rule: { y: 0.5, label: 'half' } },
    );
    expect(svg.match(/<path/g)).toHaveLength(1);
    const [, x0, y0, x1, y1] = /d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
    expect([x0, y0, x1, y1].every(Number.isFinite)).toBe(true);
    expect(x1! - x0!).toBeGreaterThan(600);
    expect(y0! - y1!).toBeGreaterThan(200);
    expect(Number(/class="rule"[^>]*y1="([\d.]+)"/.exec(svg)![1])).toBeCloseTo((y0! + y1!) / 2, 0);
    expect(svg).toContain('a &lt;b&gt;');
    expect(svg).toContain('t &quot;q&quot;');
    expect(svg).toContain('var(--arm-3)');
  });
});
