/**
 * The collapse monitor's judgement: a pure function of a run's metrics, so that it can be tested on recorded runs and
 * gives the same answer in the trainer, the window and the command line. It leaves the measuring to src-main/evaluate,
 * the rules to verdict/rules.ts, their thresholds to verdict/thresholds.ts, sentences and advice to verdict/advice.ts,
 * and the wording in other languages to the message catalogue. How often it is right: docs/verdict.md.
 */
import { adviceFor, earlySentence, sentences } from './verdict/advice.ts';
import type { Judgement } from './verdict/judgement.ts';
import { figures, standing } from './verdict/rules.ts';
import type { VerdictInput } from './verdict/rules.ts';
import { thresholds } from './verdict/thresholds.ts';
import { tellsWorth, worthOf, worthSentence } from './verdict/worth.ts';

export { adviceKeys } from './verdict/advice.ts';
export type { VerdictInput } from './verdict/rules.ts';

/** The judgement of the run as its last row shows it; before the first row, nothing speaks against it. */
export function judge(input: VerdictInput): Judgement {
  const { history } = input;
  if (history.length === 0)
    return { verdict: 'healthy', key: 'starting', sentence: 'No epoch is done yet.', values: {}, advice: [] };
  const values = figures(input);
  const verdict = standing(input);
  const isEarly = verdict === 'healthy' && values.step < thresholds.settleSteps;
  // A run that was stopped with its start kept is not to be given more time, nor known weights: it had them.
  const found = input.baselines && verdict !== 'worseThanStart' ? worthOf(input.baselines, history) : null;
  const worth = found && tellsWorth(verdict, found) ? found : null;
  return {
    verdict,
    key: isEarly ? 'early' : verdict,
    sentence: [
      isEarly ? earlySentence(values.step) : sentences[verdict](values),
      ...(worth ? [worthSentence(worth)] : []),
    ].join(' '),
    values: isEarly ? { ...values, least: thresholds.settleSteps } : values,
    advice: adviceFor(verdict, input.config),
    ...(worth ? { worth } : {}),
  };
}
