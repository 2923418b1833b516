/** Why a plan cannot be carried out: an error before it happens, with the setting to change and a value that works. */
import type { Reason, Refusal } from './contract.ts';
import type { KeyOf } from './errors.ts';
import { said } from './sentences.ts';

export type RefusalReason = Reason<KeyOf<'cannot-start' | 'no-images'>>;

/** @param suggestion a value of the setting that works, undefined where none is known */
export const refusal = (setting: string, suggestion: unknown, why: RefusalReason): Refusal => ({
  setting,
  ...said(why),
  ...(suggestion !== undefined && { suggestion }),
});
