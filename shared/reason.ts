/** Keys and values of sentences without the sentences: what only names a reason carries no catalogue along. */
import type { Reason } from './contract/wire.ts';
import type { Arguments, SentenceKey } from './sentences.ts';

/** A sentence to be worded in whatever language it is read in: inside an error, or alone. */
export const reason = <Key extends SentenceKey>(key: Key, ...[values = {}]: Arguments<Key>): Reason<Key> => ({
  key,
  values,
});
