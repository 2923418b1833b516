/**
 * The verdict on recorded real runs (scripts/record-runs.ts), row by row as a person would have seen it: what it must
 * say of whole halves of them, and what it says of single ones.
 */
import { describe, expect, it } from 'vitest';
import { ConfigError, mergeConfig, parseConfig, patchFromAssignment } from '../../shared/config.ts';
import { judge } from '../../shared/verdict.ts';
import { Judgement } from '../../shared/verdict/judgement.ts';
import {
  firstTime,
  isAlarm,
  namesCollapse,
  outcomeOf,
  recordedRun as recorded,
  recordedRuns,
  verdictsOf as verdicts,
} from './recordings.ts';
import type { RecordedRun } from './recordings.ts';

const runs = recordedRuns();
const seen = ({ config, untrained, history }: RecordedRun) =>
  history.map((_, i) => judge({ config, untrained, history: history.slice(0, i + 1) }));
const became = (outcome: string) => runs.filter((run) => outcomeOf(run, runs) === outcome);

describe('a teacher', () => {
  const taught = (run: RecordedRun): RecordedRun => ({
    ...run,
    config: { ...run.config, teacher: { from: 'a.onnx', weight: 0.8, origin: '', licence: '' } },
  });
  const ends = (run: RecordedRun) => seen(run).at(-1)!.verdict;

  it('says how many directions there are, which is no collapse; photos that all look the same are one', () => {
    const few = runs.filter((run) => ends(run) === 'dimensionalCollapse');
    expect(few.length).toBeGreaterThan(0);
    for (const run of few) expect(namesCollapse(ends(taught(run))), run.name).toBe(false);
    const points = runs.filter((run) => ends(run) === 'collapsed').map((run) => ends(taught(run)));
    expect(points).toContain('collapsed');
  });
});

/** Steps after which a collapse has been named at the latest: a tenth of a run of twelve hundred, as `quick` makes. */
const NAMED_WITHIN = 120;

describe('collapses of the recorded runs', () => {
  const collapses = became('collapse');

  it.each(collapses)('$name is named within so many steps', (run) => {
    const named = verdicts(run).findIndex(namesCollapse);
    expect(run.history[named]!.step).toBeLessThanOrEqual(NAMED_WITHIN);
  });

  it('are named in the first tenth of those that are long enough to tell, with labels and without', () => {
    const long = collapses.filter(({ history }) => history.at(-1)!.step >= 6 * NAMED_WITHIN);
    expect(long.length).toBeGreaterThanOrEqual(2);
    for (const run of long)
      for (const labels of [true, false])
        expect(firstTime(run, namesCollapse, { labels })!.share, run.name).toBeLessThanOrEqual(0.1 + 1e-9);
  });
});

describe.each(['held out', 'chosen on'])('of the runs %s', (half) => {
  it.each(became('healthy').filter((run) => run.half === half))('$name is healthy and never alarmed', (run) => {
    expect(run.history.length).toBeGreaterThan(4);
    expect(verdicts(run).filter(isAlarm)).toEqual([]);
    // Without labels only agreement is left to show slow learning: it cannot among 32 photos, nor what little a
    // network learns from a predictor that is not trained.
    const slow = run.images <= 32 || run.config.predictor.kind === 'fixed';
    const unlabelled = verdicts(run, { labels: false }).filter(isAlarm);
    expect(slow ? unlabelled.filter((verdict) => verdict !== 'notLearning') : unlabelled).toEqual([]);
  });

  it.each(became('collapse').filter((run) => run.half === half))(
    '$name collapses, and is told so within its first third',
    (run) => {
      expect(firstTime(run, namesCollapse)?.share ?? Infinity).toBeLessThanOrEqual(1 / 3 + 1e-9);
    },
  );
});

describe('the ordering of the paper on the sample set', () => {
  const seeds = (name: string) => runs.filter((run) => run.name === name || run.name.startsWith(`${name}-seed-`));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const gain = (name: string) => mean(seeds(name).map((run) => run.history.at(-1)!.knn! - run.untrained.knn!));
  const rank = (name: string) => recorded(name).history.at(-1)!.rank.backbone;

  it.each(['simsiam', 'simclr', 'moco', 'byol', 'swav'])('%s learns: 15 points, mean of three seeds', (name) => {
    expect(seeds(name)).toHaveLength(3);
    expect(gain(name)).toBeGreaterThanOrEqual(0.15);
  });

  it.each(['simsiam-no-stop-gradient', 'simsiam-no-predictor'])('%s collapses', (name) => {
    expect(gain(name)).toBeLessThanOrEqual(0);
    // Of the committed seed: others may end at a single point, where the rank is that of the noise that is left.
    expect(rank(name)).toBeLessThanOrEqual(rank('simsiam') / 4);
    for (const run of seeds(name)) expect(namesCollapse(verdicts(run).at(-1)!), run.name).toBe(true);
  });

  it('a fixed predictor does not learn, which is not called a collapse', () => {
    const run = recorded('simsiam-fixed-predictor');
    expect(run.history.at(-1)!.knn! - run.untrained.knn!).toBeLessThan(0.05);
    expect(verdicts(run).at(-1)).toBe('notLearning');
    // Of the committed seed: others gain a little, a third of what SimSiam does.
    expect(gain('simsiam-fixed-predictor')).toBeLessThanOrEqual(gain('simsiam') / 3);
    for (const each of seeds('simsiam-fixed-predictor'))
      expect(verdicts(each).filter(namesCollapse), each.name).toEqual([]);
  });

  it.each(['simsiam-cross-entropy', 'simsiam-asymmetric', 'simsiam-alternation-10'])('%s learns', (name) => {
    expect(gain(name)).toBeGreaterThanOrEqual(0.1);
  });
});

describe('collapses', () => {
  it('a missing predictor is the cause that is named first', () => {
    const all = seen(recorded('no-predictor'));
    expect(all.at(-1)).toMatchObject({
      verdict: 'collapsed',
      advice: [{ key: 'predictor' }, { key: 'lastHealthy' }, {}, {}, {}, {}, {}],
    });
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
    expect(advice.map(({ key }) => key)).toEqual([
      'stopGradient',
      'lastHealthy',
      'learningRateDown',
      'warmup',
      'crops',
      'jitter',
      'method',
    ]);
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

  it('figures that were not measured count for nothing, not as none', () => {
    const run = recorded('no-rate');
    const learnt = run.untrained.knn! + 0.2;
    const verdict = (every: number) =>
      judge({ ...run, history: run.history.map((row, i) => ({ ...row, knn: i % every ? null : learnt })) }).verdict;
    expect(verdict(1)).not.toBe('notLearning');
    expect(verdict(3)).not.toBe('notLearning');
    expect(verdict(Infinity)).toBe('notLearning'); // measured once, at the beginning
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

  it('before anything is judged it is said to be too early, not that nothing is wrong', () => {
    const run = recorded('simsiam');
    const at = (step: number) => judge({ ...run, history: [{ ...run.history[0]!, step }] });
    expect(at(29)).toMatchObject({ verdict: 'healthy', key: 'early', values: { step: 29, least: 30 }, advice: [] });
    expect(at(29).sentence).toMatch(/^Too early to say: 29 steps are done, and nothing is judged before step 30\./);
    expect(at(30)).toMatchObject({ verdict: 'healthy', key: 'healthy' });
    expect(at(30).sentence).toMatch(/^Healthy, with no sign of a collapse: /);
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

describe('a run that began with known weights', () => {
  const run = recorded('simsiam');
  const knn = run.history.map((row) => row.knn!);
  const free = { measure: 'knn', pixels: 0.2, whitened: 0.2, hog: 0.3 } as const;
  const last = (start: number, untrained = run.untrained.knn!, rows = run.history) =>
    judge({ ...run, history: rows, baselines: { ...free, untrained, start } });

  it('is told that it makes its start worse, by how much, and to go on more gently', () => {
    const { verdict, sentence, values, advice, worth } = last(0.9);
    expect([verdict, worth]).toEqual(['worseThanStart', undefined]);
    expect(sentence).not.toContain('More time');
    expect(sentence).toContain('90 % of the neighbours were right');
    expect(values).toMatchObject({ start: 0.9, now: knn.at(-1) });
    expect(advice.map(({ key }) => key).slice(0, 2)).toEqual(['keepStart', 'learningRateGentle']);
    expect(advice[1]!.patch).toEqual({ 'optimizer.baseLearningRate': run.config.optimizer.baseLearningRate / 10 });
  });

  it('is told so at its first settled row where much is lost, else at the second', () => {
    const settled = run.history.findIndex(({ step }) => step >= 30);
    const at = (start: number, rows: number) => last(start, 0.25, run.history.slice(0, rows)).verdict;
    expect(at(0.9, settled + 1)).toBe('worseThanStart');
    const few = run.history.slice(0, settled + 1).map((row, i) => ({ ...row, knn: i === settled ? 0.62 : 0.8 }));
    expect(last(0.8, 0.25, few).verdict).not.toBe('worseThanStart');
    expect(last(0.8, 0.25, [...few, few.at(-1)!]).verdict).toBe('worseThanStart');
  });

  it('is told so, and stopped with its start kept, also where its loss rises as it loses it', () => {
    const first = run.history.findIndex(({ step }) => step >= 30);
    const torn = run.history.map((row, i) => ({ ...row, loss: i === 0 ? -0.9 : -0.1, step: 10 * (i + 1), knn: 0.3 }));
    const verdicts = [2, 3, first + 3].map((rows) => last(0.9, 0.25, torn.slice(0, rows)).verdict);
    expect(verdicts[0]).not.toBe('worseThanStart');
    expect(verdicts.slice(1)).toEqual(['worseThanStart', 'worseThanStart']);
    const [row] = torn.slice(-1);
    expect(last(0.9, 0.25, [...torn, { ...row!, loss: NaN }]).verdict).toBe('diverging');
    expect(last(0.9, 0.9, torn).verdict).toBe('diverging');
  });

  it('is not where it keeps its start, or where its start was worth no more than random weights', () => {
    expect(last(knn.at(-1)! - 0.05).verdict).toBe('healthy');
    expect(last(knn.at(-1)! + 0.04).verdict).toBe('healthy');
    expect(last(0.9, 0.9).verdict).toBe('healthy');
    expect(judge(run).verdict).toBe('healthy');
  });

  it('is not where its start was the rendered weights, which every copy of the application has', () => {
    const config = { ...run.config, backbone: { ...run.config.backbone, init: 'rendered' } };
    const baselines = { ...free, untrained: run.untrained.knn!, start: 0.9 };
    expect(judge({ ...run, baselines }).verdict).toBe('worseThanStart');
    expect(judge({ ...run, config, baselines }).verdict).toBe('healthy');
  });
});

describe('photos that lie close together', () => {
  it('are not called a collapse without labels either, while their views find each other better than before', () => {
    const run = recorded('batch-128-no-stop-gradient');
    const hidden = <T extends object>(metrics: T): T => ({ ...metrics, knn: null });
    const input = { config: run.config, untrained: hidden(run.untrained) };
    const rising = run.history.map((row, i) => ({ ...hidden(row), agreement: 0.1 + (0.4 * i) / run.history.length }));
    expect(namesCollapse(judge({ ...input, history: run.history.map(hidden) }).verdict)).toBe(true);
    expect(judge({ ...input, history: rising }).verdict).toBe('healthy');
  });
});

describe('the judgement', () => {
  it('is a pure function that its schema accepts', () => {
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
