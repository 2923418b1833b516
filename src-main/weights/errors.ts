/** A file of weights that cannot be read, with what is wrong in one clause. */
import type { Reason } from '../../shared/contract/wire.ts';
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';

export class WeightsFileError extends KeyedError<'bad-file.not-weights'> {
  override readonly name = 'WeightsFileError';
  /** What is wrong with the file, in one clause. */
  readonly reason: Reason<KeyOf<'bad-file'>>;
  constructor(why: Reason<KeyOf<'bad-file'>>) {
    super('bad-file.not-weights', { detail: why }, why.values);
    this.reason = why;
  }
}
