/** The verdict on recorded real runs (scripts/record-runs.ts), row by row as a person would have seen it. */
import { describe, expect, it } from 'vitest';
import { ConfigError, mergeConfig, parseConfig, patchFromAssignment } from '../../shared/config.ts';
import { Judgement, judge } from '../../shared/verdict.ts';
import { recordedRun as recorded, recordedRuns } from './recordings.ts';
import type { RecordedRun } from './recordings.ts';

const seen = ({ config, untrained, history }: RecordedRun) => history.map((_, i) => judge({ config, untrained, history: history.slice(0, i + 1) }));
const verdicts = (run: RecordedRun) => seen(run).map((j) => j.verdict);

const healthy = ['collapse-healthy', 'quick', 'small-healthy'];
const collapsing = ['collapse', 'collapse-32px', 'small-collapse'];

describe('healthy runs', () => {
  it.each(healthy)('%s is never alarmed', (name) => {
    const run = recorded(name);
    expect(run.history.length).toBeGreaterThan(4);
    expect(new Set(verdicts(run))).toEqual(new Set(['healthy']));
  });
});

describe('collapses', () => {
  it.each(collapsing)('%s is called one within its first third, and to its end', (name) => {
    const run = recorded(name);
    const all = verdicts(run);
    const isCollapse = (verdict: string) => verdict === 'collapsed' || verdict === 'dimensionalCollapse';
    const first = all.findIndex(isCollapse);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(run.history[first]!.epoch).toBeLessThanOrEqual(run.history.at(-1)!.epochs / 3);
    expect(all.slice(first).every(isCollapse), all.join(' ')).toBe(true);
  });

  it('without a predictor is suspicious within its first third, a collapse at its end, and the predictor is the cause named first', () => {
    const run = recorded('no-predictor');
    const all = seen(run);
    expect(all.find(({ verdict }) => verdict !== 'healthy')!.verdict).toBe('suspicious');
    expect(run.history[all.findIndex(({ verdict }) => verdict === 'suspicious')]!.epoch).toBeLessThanOrEqual(run.history.at(-1)!.epochs / 3);
    expect(all.at(-1)).toMatchObject({ verdict: 'collapsed', advice: [{ key: 'predictor' }, { key: 'lastHealthy' }, {}, {}, {}, {}, {}] });
  });

  it('ends as the paper says: loss near -1, rank at most a quarter of the matched healthy run', () => {
    const [collapse, matched] = [recorded('collapse').history.at(-1)!, recorded('collapse-healthy').history.at(-1)!];
    expect(collapse.step).toBeGreaterThanOrEqual(600);
    expect(collapse.step).toBe(matched.step);
    expect(collapse.loss).toBeLessThan(-0.9);
    expect(collapse.rank.backbone).toBeLessThanOrEqual(matched.rank.backbone / 4);
  });

  it('names the cause that stands in the settings first, then the checkpoint, the rate, warm-up, crops, jitter, another method', () => {
    const run = recorded('collapse');
    const { advice } = seen(run).at(-1)!;
    expect(advice.map(({ key }) => key)).toEqual(['stopGradient', 'lastHealthy', 'learningRateDown', 'warmup', 'crops', 'jitter', 'method']);
    const withStop = judge({ ...run, config: { ...run.config, stopGradient: true } });
    expect(withStop.advice[0]!.key).toBe('lastHealthy');
  });

  it('gives numbers in the sentence, and patches that are settings', () => {
    const run = recorded('collapse');
    const { sentence, values, advice } = seen(run).at(-1)!;
    expect(sentence).toContain(run.history.at(-1)!.loss.toFixed(2).replace('-', '−'));
    expect(values['rankShare']).toBeCloseTo(run.history.at(-1)!.rank.backbone / values['rankBest']!, 9);
    for (const { patch } of advice) {
      const parts = Object.entries(patch ?? {}).map(([path, value]) => patchFromAssignment(`${path}=${String(value)}`));
      expect(() => parseConfig(mergeConfig(run.config, ...parts))).not.toThrow(ConfigError);
    }
  });
});

describe('other troubles', () => {
  it('a run that does not learn is told so, and what to raise', () => {
    const run = recorded('no-rate');
    const last = seen(run).at(-1)!;
    expect(last.verdict).toBe('notLearning');
    expect(last.advice[0]).toMatchObject({ key: 'learningRateUp', patch: { 'optimizer.baseLearningRate': 3e-7 } });
    expect(verdicts(run)[0]).toBe('healthy');
  });

  it('a predictor that is not trained is the cause that is named first', () => {
    const run = recorded('fixed-predictor');
    const last = seen(run).at(-1)!;
    expect(last.verdict).toBe('notLearning');
    expect(last.advice[0]).toMatchObject({ key: 'predictor', patch: { 'predictor.kind': 'mlp' } });
  });

  it('a rate far too high is called a collapse while it is one, and diverging when its loss rises again', () => {
    const all = verdicts(recorded('high-rate'));
    expect(all.slice(2)).not.toContain('healthy');
    expect(all).toEqual(expect.arrayContaining(['collapsed', 'diverging']));
  });

  it('a loss that rises and stays up, or is not a number, diverges', () => {
    const run = recorded('collapse-healthy');
    const base = run.history.slice(0, 8);
    const rows = (losses: number[]) => [...base, ...losses.map((loss) => ({ ...base.at(-1)!, loss }))];
    const best = Math.min(...base.map((row) => row.loss));
    const verdict = (losses: number[]) => judge({ ...run, history: rows(losses) }).verdict;
    expect(verdict([best + 0.4])).not.toBe('diverging');
    expect(verdict([best + 0.4, best + 0.45])).toBe('diverging');
    expect(verdict([best + 0.4, best + 0.1])).not.toBe('diverging');
    expect(verdict([NaN])).toBe('diverging');
  });
});

describe('the judgement', () => {
  it('is a pure function that its schema accepts', () => {
    const runs = recordedRuns();
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) {
      for (const judgement of seen(run)) expect(() => Judgement.parse(judgement)).not.toThrow();
      expect(seen(run)).toEqual(seen(structuredClone(run)));
    }
  });
  it('has nothing against a run before its first row', () => {
    const { config, untrained } = recorded('collapse');
    expect(judge({ config, untrained, history: [] })).toMatchObject({ verdict: 'healthy', advice: [] });
  });
});
