/** Why a plan cannot be carried out: an error before it happens, with the setting to change and a value that works. */
import type { Reason, Refusal } from './contract.ts';
import { englishOf } from './errors.ts';
import type { KeyOf } from './errors.ts';

export type RefusalReason = Reason<KeyOf<'cannot-start' | 'no-images'>>;

/** @param suggestion a value of the setting that works, undefined where none is known */
export const refusal = (setting: string, suggestion: unknown, worded: RefusalReason): Refusal => ({
  setting,
  message: englishOf(worded),
  ...worded,
  ...(suggestion !== undefined && { suggestion }),
});
