/**
 * The baselines of a run (raw pixels, HOG, the untrained network, ...) in words and as level lines, and whether the run
 * beats them.
 */
import { baselineNames, bestFree } from '../../shared/baselines.ts';
import type { BaselineName, Baselines } from '../../shared/baselines.ts';
import { verdictKey } from '../../shared/verdict/judgement.ts';
import type { Judgement, Worth } from '../../shared/verdict/judgement.ts';
import { CHANCE, tellsWorth } from '../../shared/verdict/worth.ts';
import type { Bucket } from '../charts/buffer.ts';
import type { Line } from '../charts/series.ts';
import type { Values } from '../../shared/messages/format.ts';
import type { I18n } from '../state/i18n.svelte.ts';

const colors: Record<BaselineName, string> = {
  pixels: '#8a8f98',
  whitened: '#6b7280',
  hog: '#b45309',
  edges: '#92400e',
  untrained: '#9ca3af',
  start: '#4b5563',
};

export function worthText(i18n: I18n, { key, measure, baseline, points }: Worth): string {
  const values = {
    points: Math.abs(points),
    chance: CHANCE,
    baseline: i18n.t(`baseline.comparing.${baseline}`),
    measure: i18n.t(`baseline.measure.${measure}`),
  };
  if (key === 'better') return i18n.t('worth.better', values);
  return i18n.t(points < 0 ? 'worth.behind' : 'worth.level', values);
}

/** What the network finds now, a share of the photos, and what guessing the most frequent label would find. */
export interface Found {
  measure: 'knn' | 'agreement';
  share: number;
  chance: number | null;
}

/**
 * The judgement in plain words: what it means, what the network finds, and what it is worth. The English sentence that
 * comes with it, where it has no text here, says the last.
 */
export function judgementText(i18n: I18n, judgement: Judgement, values: Values, found: Found | null) {
  const { key, verdict, sentence, worth } = judgement;
  const plain = i18n.lookup(`plain.${key}`, i18n.lookup(`judgement.${key}`, sentence, values), values);
  const says = found && i18n.t(`plain.${found.measure}`, { share: i18n.percent(found.share) });
  const guess = found?.chance && i18n.t('plain.chance', { share: i18n.percent(found.chance) });
  // one that an earlier version judged may have it with any verdict
  const gain = worth && tellsWorth(verdict, worth) && plain !== sentence && worthText(i18n, worth);
  return i18n.sentences([plain, says, guess, gain]);
}

/** The verdict in a word. */
export const verdictText = (i18n: I18n, judgement: Pick<Judgement, 'verdict' | 'key'>): string =>
  i18n.t(`verdict.${verdictKey(judgement)}`);

/** The figures behind it; null where the plain words say all. */
export function judgementFigures(i18n: I18n, { key, verdict }: Judgement, values: Values): string | null {
  if (i18n.lookup(`plain.${key}`, '') === '') return null;
  const name = verdict === 'diverging' || verdict === 'notLearning' ? 'loss' : verdict === 'healthy' ? 'sound' : 'all';
  return i18n.t(`verdict.figures.${name}`, values);
}

/** The best of the baselines that need no network (shared/baselines.ts), with its name. */
export function bestFreeText(i18n: I18n, baselines: Baselines): string {
  const { name, value } = bestFree(baselines);
  return `${i18n.percent(value, 1)} ${i18n.t(`baseline.${name}`)}`;
}

/** Baselines that say something of their own: the starting weights only where they are not the untrained network. */
const telling = (baselines: Baselines) =>
  baselineNames
    .filter((name) => name !== 'start' || baselines.start !== baselines.untrained)
    .flatMap((name) => {
      const value = baselines[name];
      return value === undefined ? [] : { name, value }; // a run from before it was measured lacks one
    });

/** All of them, a line each. */
export const baselinesText = (i18n: I18n, baselines: Baselines): string =>
  telling(baselines)
    .map(({ name, value }) => `${i18n.percent(value, 1)} ${i18n.t(`baseline.${name}`)}`)
    .join('\n');

/** Level lines from the first to the last bucket of the run's own curve. */
export function baselineLines(i18n: I18n, baselines: Baselines, curve: readonly Bucket[]): Line[] {
  const ends = [curve[0], curve.at(-1)].filter((bucket) => bucket !== undefined);
  return telling(baselines).map(({ name, value }) => ({
    id: `baseline.${name}`,
    label: i18n.t(`baseline.${name}`),
    definition: i18n.t(`baseline.definition.${name}`),
    color: colors[name],
    dash: [3, 4],
    buckets: ends.map((bucket) => ({ ...bucket, last: value, min: value, max: value })),
  }));
}
