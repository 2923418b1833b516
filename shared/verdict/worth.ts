/**
 * Whether a run is worth having yet: its figure beside the best that costs nothing, the network that it began with among
 * it. It says nothing of whether the run is sound, which is rules.ts; a healthy run may not be worth having, and the
 * sentence says so.
 */
import { bestBaseline } from '../baselines.ts';
import type { Baselines } from '../baselines.ts';
import type { EpochMetrics } from '../metricRows.ts';
import type { Verdict, Worth } from './judgement.ts';

/** Percentage points below which a difference is chance: one and a half standard errors of a thousand photos. */
export const CHANCE = 2;

/**
 * Whether the run's last row beats the best that costs nothing; null before the first row, or where it lacks the
 * figure.
 */
export function worthOf(baselines: Baselines, history: readonly EpochMetrics[]): Worth | null {
  const value = history.at(-1)?.[baselines.measure];
  if (value == null || !Number.isFinite(value)) return null;
  const best = bestBaseline(baselines);
  const points = Math.round(100 * (value - best.value));
  return { key: points >= CHANCE ? 'better' : 'notYet', measure: baselines.measure, baseline: best.name, points };
}

/**
 * Whether the comparison is said with a verdict: of a run that ended with its start kept, collapsed or diverges, more time,
 * which one that is behind is given, makes nothing of it.
 */
export const tellsWorth = (verdict: Verdict, { key }: Worth): boolean =>
  key === 'better' || verdict === 'healthy' || verdict === 'suspicious' || verdict === 'notLearning';

const names = {
  pixels: 'comparing pixels',
  whitened: 'comparing whitened pixels',
  hog: 'comparing edges and colours',
  edges: 'comparing whitened edges and colours',
  untrained: 'the untrained network',
  start: 'the weights it began with',
} as const;
const measures = { knn: 'kNN accuracy', agreement: 'neighbour agreement' } as const;

/** The comparison as an English sentence; other languages word it in the message catalogue. */
export function worthSentence({ key, measure, baseline, points }: Worth): string {
  const by = `${Math.abs(points)} points of ${measures[measure]}`;
  if (key === 'better') return `Better than ${names[baseline]} by ${by}.`;
  const more = 'More time may do it, or known weights to start from.';
  if (points < 0) return `Not yet better than ${names[baseline]}: ${by} behind. ${more}`;
  return `Not yet better than ${names[baseline]} by more than chance: less than ${CHANCE} points of ${measures[measure]} apart. ${more}`;
}
