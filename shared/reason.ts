/** Keys and values of sentences without the sentences: what only names a reason carries no catalogue along. */
import type { Reason } from './contract/wire.ts';
import type { ErrorArguments, ErrorKey } from './errors.ts';

/** A reason inside an error, to be worded in the error's language. */
export const reason = <Key extends ErrorKey>(key: Key, ...[values = {}]: ErrorArguments<Key>): Reason<Key> => ({
  key,
  values,
});
