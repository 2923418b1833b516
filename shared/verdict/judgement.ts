/** What is said of a run, as it crosses a process and is kept: verdict, advice, and whether the run is worth having yet. */
import { z } from 'zod';
import { baselineNames } from '../baselines.ts';

export const Worth = z.strictObject({
  key: z.enum(['better', 'notYet']),
  measure: z.enum(['knn', 'agreement']),
  /** What the run is compared with: the best of its baselines. */
  baseline: z.enum(baselineNames),
  /** Percentage points above it; below zero where the run is behind. */
  points: z.number(),
});
export type Worth = z.infer<typeof Worth>;

/** Verdicts by gravity: the first is no cause for concern, the last needs a person soonest. */
export const Verdict = z.enum([
  'healthy',
  'suspicious',
  'notLearning',
  'dimensionalCollapse',
  'collapsed',
  'worseThanStart',
  'diverging',
]);
export type Verdict = z.infer<typeof Verdict>;

/** Advice is a key of the message catalogue; `patch` (dotted settings) is what the "clone with this change" button applies. */
export const Advice = z.strictObject({
  key: z.string(),
  text: z.string(),
  patch: z.record(z.string(), z.unknown()).nullable(),
});
export type Advice = z.infer<typeof Advice>;

export const Judgement = z.strictObject({
  verdict: Verdict,
  sentence: z.string(),
  key: z.string(),
  values: z.record(z.string(), z.number()),
  advice: z.array(Advice),
  /** How it compares with what costs nothing; left out where that was not measured, as by older versions. */
  worth: Worth.optional(),
});
export type Judgement = z.infer<typeof Judgement>;

/** What is said in a word: before anything is judged, that nothing is wrong is no verdict yet. */
export const verdictKey = ({ key, verdict }: Pick<Judgement, 'verdict' | 'key'>): Verdict | 'early' =>
  key === 'early' || key === 'starting' ? 'early' : verdict;
