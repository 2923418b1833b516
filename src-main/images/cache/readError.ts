/** What a cache that was built cannot give any more. */
import { KeyedError } from '../../../shared/errors.ts';
import type { KeyOf } from '../../../shared/errors.ts';

type CacheReadKey = KeyOf<'cache-read'>;
/** A pack that was there when the cache was built cannot be read any more. */
export class CacheReadError<Key extends CacheReadKey = CacheReadKey> extends KeyedError<Key> {
  override readonly name = 'CacheReadError';
}
