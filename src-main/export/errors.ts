/** What export refuses or could not do; `details` carry the offending values. */
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';

type ExportErrorKey = KeyOf<'unsupported' | 'verify-failed'>;
export class ExportError<Key extends ExportErrorKey = ExportErrorKey> extends KeyedError<Key> {
  override readonly name = 'ExportError';
}
