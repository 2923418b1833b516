/**
 * Where a run stands between two of its steps. What each phase does is in loop.ts; how one follows another:
 *
 *     training -> training          the step is done, with what was due after it
 *     training -> paused            a person asked for it; a checkpoint is written first
 *     paused -> training            a person asked for it
 *     training, paused -> stopped   a person asked for it, or the application went; a checkpoint is written first
 *     training -> worseThanStart    so the last verdict: nothing of it is saved, and the start is the best there is
 *     training -> finished          the last step is done, with its probe and its checkpoint
 */
import type { Verdict } from '../../shared/verdict/judgement.ts';
import type { Control } from './control.ts';

/** The last three end the run. */
export type Phase = 'training' | 'paused' | 'stopped' | 'worseThanStart' | 'finished';

export interface Standing {
  stepsLeft: number;
  /** The latest; null before the first. */
  verdict: Verdict | null;
  asked: Pick<Control, 'paused' | 'stopping'>;
}

/** The phase that follows. Where a run is over nothing that was asked of it matters, and a stop goes before a pause. */
export function phaseOf({ stepsLeft, verdict, asked }: Standing): Phase {
  if (verdict === 'worseThanStart') return 'worseThanStart';
  if (stepsLeft === 0) return 'finished';
  if (asked.stopping) return 'stopped';
  return asked.paused ? 'paused' : 'training';
}
