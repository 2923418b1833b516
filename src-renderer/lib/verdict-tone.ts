/** How a verdict is coloured and marked: what nothing is judged of yet is neither well nor ill. */
import { verdictKey } from '../../shared/verdict/judgement.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';

export type Tone = 'early' | 'good' | 'warn' | 'bad';

export function verdictTone(judgement: Pick<Judgement, 'verdict' | 'key'>): Tone {
  const key = verdictKey(judgement);
  if (key === 'early') return key;
  return key === 'healthy' ? 'good' : key === 'suspicious' ? 'warn' : 'bad';
}

/** Its mark (parts/Icon.svelte). */
export const toneIcons = { early: 'clock', good: 'check', warn: 'warning', bad: 'warning' } as const;
