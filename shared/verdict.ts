/**
 * The collapse monitor's judgement: a pure function of a run's metrics, so that it can be tested on recorded runs and
 * gives the same answer in the trainer, the window and the command line. It leaves the measuring to src-main/evaluate,
 * the rules and their thresholds to verdict/rules.ts, sentences and advice to verdict/advice.ts, and the wording in
 * other languages to the message catalogue. How often it is right: docs/verdict.md.
 */
import { z } from 'zod';
import { adviceFor, sentences } from './verdict/advice.ts';
import { figures, standing } from './verdict/rules.ts';
import type { VerdictInput } from './verdict/rules.ts';
import { Worth, worthOf, worthSentence } from './verdict/worth.ts';

export { adviceKeys } from './verdict/advice.ts';
export { thresholds } from './verdict/rules.ts';
export type { VerdictInput } from './verdict/rules.ts';

export const Verdict = z.enum([
  'healthy',
  'suspicious',
  'dimensionalCollapse',
  'collapsed',
  'notLearning',
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

/** The judgement of the run as its last row shows it; before the first row, nothing speaks against it. */
export function judge(input: VerdictInput): Judgement {
  const { history } = input;
  if (history.length === 0)
    return { verdict: 'healthy', key: 'starting', sentence: 'No epoch is done yet.', values: {}, advice: [] };
  const values = figures(input);
  const verdict = standing(input);
  const worth = input.baselines ? worthOf(input.baselines, history) : null;
  return {
    verdict,
    key: verdict,
    sentence: [sentences[verdict](values), ...(worth ? [worthSentence(worth)] : [])].join(' '),
    values,
    advice: adviceFor(verdict, input.config),
    ...(worth ? { worth } : {}),
  };
}
