/** Is a run worth having: the judgement's comparison with what costs nothing, and how it is worded. */
import { describe, expect, it } from 'vitest';
import { baselineNames, bestBaseline, bestFree } from '../../../shared/baselines.ts';
import type { Baselines } from '../../../shared/baselines.ts';
import { parseConfig } from '../../../shared/config.ts';
import { judge } from '../../../shared/verdict.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import {
  baselineLines,
  baselinesText,
  bestFreeText,
  judgementFigures,
  judgementText,
  verdictText,
  worthText,
} from '../../../src-renderer/lib/baseline-text.ts';
import { epochMetrics, probeMetrics } from '../../helpers/records.ts';

const baselines: Baselines = { measure: 'knn', pixels: 0.407, whitened: 0.448, hog: 0.501, untrained: 0.3, start: 0.3 };
const judged = (knn: number | null, compared: Baselines | null = baselines) =>
  judge({
    untrained: probeMetrics,
    history: [epochMetrics(4, { knn, agreement: 0.4 })],
    config: parseConfig({}),
    baselines: compared,
  });

describe('worth', () => {
  it('names the best that costs nothing', () => {
    expect(bestFree(baselines)).toEqual({ name: 'hog', value: 0.501 });
    expect(bestFree({ ...baselines, whitened: 0.6 })).toEqual({ name: 'whitened', value: 0.6 });
    expect(bestFree({ ...baselines, edges: 0.61 })).toEqual({ name: 'edges', value: 0.61 });
    expect(bestBaseline({ ...baselines, edges: 0.61, start: 0.62 })).toEqual({ name: 'start', value: 0.62 });
  });

  it('compares a run with the best of all of them, the weights it began with too', () => {
    const edges = judged(0.62, { ...baselines, edges: 0.6 });
    expect(edges.worth).toEqual({ key: 'better', measure: 'knn', baseline: 'edges', points: 2 });
    expect(edges.sentence).toContain('Better than comparing whitened edges and colours by 2 points');
    const start = judged(0.62, { ...baselines, edges: 0.55, start: 0.7 });
    expect(start.worth).toMatchObject({ key: 'notYet', baseline: 'start', points: -8 });
    expect(start.sentence).toContain('Not yet better than the weights it began with: 8 points');
  });

  it.each(['en', 'zh-CN'] as const)('is worded with every baseline, each with its definition (%s)', (language) => {
    const i18n = new I18n();
    i18n.language = language;
    const all = { ...baselines, edges: 0.55, start: 0.5 };
    const definitions = baselineLines(i18n, all, []).map(({ definition }) => definition);
    expect(new Set(definitions).size).toBe(baselineNames.length);
    for (const baseline of baselineNames) {
      const { sentence } = judged(0.9, { ...all, [baseline]: 0.8 });
      const worth = { key: 'better', measure: 'knn', baseline, points: 10 } as const;
      const said = worthText(i18n, worth);
      expect(said).not.toContain('baseline.');
      if (language === 'en') expect(sentence).toContain(said);
    }
  });

  it('says by how much a run beats it', () => {
    const { worth, sentence } = judged(0.62);
    expect(worth).toEqual({ key: 'better', measure: 'knn', baseline: 'hog', points: 12 });
    expect(sentence).toContain('Better than comparing edges and colours by 12 points of kNN accuracy.');
  });

  it('says that a run does not beat it yet, also where it is level', () => {
    expect(judged(0.44).worth).toMatchObject({ key: 'notYet', points: -6 });
    expect(judged(0.44).sentence).toContain('Not yet better than comparing edges and colours: 6 points');
    expect(judged(0.505).worth).toMatchObject({ key: 'notYet', points: 0 });
    expect(judged(0.505).sentence).toContain(
      'Not yet better than comparing edges and colours by more than chance: less than 2 points of kNN accuracy apart.',
    );
  });

  it.each(['en', 'zh-CN'] as const)('is said once beside the judgement (%s)', (language) => {
    const i18n = new I18n();
    i18n.language = language;
    const judgement = judged(0.62);
    const worth = worthText(i18n, judgement.worth!);
    const found = { measure: 'knn', share: 0.62, chance: 0.1 } as const;
    expect(judgementText(i18n, judgement, judgement.values, found).split(worth)).toHaveLength(2);
  });

  it('comes after plain words, without a formula, and the figures apart', () => {
    const i18n = new I18n();
    const judgement = judged(0.62);
    const found = { measure: 'knn', share: 0.62, chance: 0.125 } as const;
    const text = judgementText(i18n, judgement, judgement.values, found);
    expect(text.replaceAll('\u00a0', ' ')).toBe(
      'Healthy: no sign of a collapse. 62.0 % of the photos get their label right from the photos nearest to them. By guessing it would be 12.5 %. Better than comparing edges and colours by 12 points of kNN accuracy.',
    );
    expect(judgementFigures(i18n, judgement, judgement.values)).toMatch(/^Loss −?[\d.]+; the features use .*√d/);
    for (const [verdict, measured] of [
      ['collapsed', /^Loss .* of the .* std of z/],
      ['diverging', /at its best/],
    ] as const)
      expect(judgementFigures(i18n, { ...judgement, verdict, key: verdict }, judgement.values)).toMatch(measured);
  });

  it('gives no more time to a run that collapsed or diverges, and is no comfort to it', () => {
    const i18n = new I18n();
    const behind = judged(0.44);
    const flat = {
      std: { backbone: 0, projection: 0, prediction: 0 },
      zStdTraining: 0,
      rank: { backbone: 1, projection: 1 },
    };
    const collapsed = judge({
      untrained: probeMetrics,
      history: [epochMetrics(4, { ...flat, loss: -1, knn: 0.1 })],
      config: parseConfig({}),
      baselines,
    });
    expect(collapsed.verdict).toBe('collapsed');
    expect(collapsed.worth).toBeUndefined();
    expect(collapsed.sentence).not.toContain('More time');
    for (const verdict of ['collapsed', 'dimensionalCollapse', 'diverging'] as const) {
      const kept = { ...behind, verdict, key: verdict }; // as an earlier version kept it
      expect(judgementText(i18n, kept, kept.values, null)).not.toMatch(/More time/);
    }
    expect(judgementText(i18n, behind, behind.values, null)).toMatch(/More time may do it/);
  });

  it('in a word claims no more than it rests on: nothing was judged yet, or nothing is wrong', () => {
    const i18n = new I18n();
    const judgement = judged(0.62);
    expect(verdictText(i18n, judgement)).toBe('Healthy');
    for (const key of ['starting', 'early']) expect(verdictText(i18n, { ...judgement, key })).toBe('Too early to say');
    expect(verdictText(i18n, { verdict: 'collapsed', key: 'collapsed' })).toBe('Collapsed');
    const early = { ...judgement, key: 'early', values: { ...judgement.values, least: 30 } };
    expect(judgementText(i18n, early, early.values, null)).toMatch(
      /^Too early to say: fewer than 30 steps are done\. /,
    );
  });

  it('compares by agreement where the photos have no labels', () => {
    const { worth } = judged(null, {
      ...baselines,
      measure: 'agreement',
      hog: 0.2,
      whitened: 0.1,
      pixels: 0.1,
      untrained: 0.1,
      start: 0.1,
    });
    expect(worth).toEqual({ key: 'better', measure: 'agreement', baseline: 'hog', points: 20 });
  });

  it('says nothing where nothing was measured', () => {
    expect(judged(0.6, null).worth).toBeUndefined();
  });

  it.each(['en', 'zh-CN'] as const)('is worded in %s', (language) => {
    const i18n = new I18n();
    i18n.language = language;
    const better = worthText(i18n, judged(0.62).worth!);
    const behind = worthText(i18n, judged(0.44).worth!);
    expect(better).toContain('12');
    expect(behind).toContain('6');
    if (language === 'en') expect(judged(0.62).sentence).toContain(better);
    if (language === 'en') expect(judged(0.44).sentence).toContain(behind);
    expect(bestFreeText(i18n, baselines)).toContain('50.1');
  });

  it('lists all that a run is compared with, the start only where it is not the untrained network', () => {
    const lines = (of: Baselines) => baselinesText(new I18n(), of).replaceAll('\u00a0', ' ').split('\n');
    const free = ['40.7 % pixels', '44.8 % whitened pixels', '50.1 % edges and colours'];
    expect(lines(baselines)).toEqual([...free, '30.0 % untrained network']);
    expect(lines({ ...baselines, start: 0.468 }).at(-1)).toBe('46.8 % starting weights');
  });

  it('draws level lines as long as the curve, the start only where it is not the untrained network', () => {
    const curve = [0, 10, 20].map((step) => ({
      step,
      epoch: step,
      trainingSeconds: step,
      at: step,
      last: 0.4,
      min: 0.4,
      max: 0.4,
    }));
    const lines = baselineLines(new I18n(), baselines, curve);
    expect(lines.map(({ id }) => id)).toEqual(['pixels', 'whitened', 'hog', 'untrained'].map((n) => `baseline.${n}`));
    expect(lines[2]!.buckets.map(({ step, last }) => [step, last])).toEqual([
      [0, 0.501],
      [20, 0.501],
    ]);
    expect(baselineLines(new I18n(), { ...baselines, start: 0.5 }, curve)).toHaveLength(5);
  });
});
