/** What search refuses; shapes that do not fit are mistakes in the program. */
import { InternalError, KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';

type SearchErrorKey = KeyOf<'too-large' | 'not-finite' | 'closed' | 'cancelled'>;
export class SearchError<Key extends SearchErrorKey = SearchErrorKey> extends KeyedError<Key> {
  override readonly name = 'SearchError';
}

/** @throws InternalError bad-shape when `values` does not hold n rows of d numbers. */
export function checkShape(what: string, values: ArrayLike<number>, n: number, d: number): void {
  if (!Number.isInteger(n) || !Number.isInteger(d) || n < 0 || d < 1 || values.length !== n * d)
    throw new InternalError(
      'bad-shape',
      `${what} holds ${values.length} numbers, but [${n}, ${d}] needs ${n * d}: pass the shape that belongs to it`,
      { length: values.length, n, d },
    );
}
