/** What the application refuses; its sentences are in shared/messages/errors/application.ts. */
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';

export type AppErrorCode =
  | 'not-found'
  | 'bad-request'
  | 'not-available'
  | 'wrong-state'
  | 'bad-folder'
  | 'bad-result'
  | 'no-images'
  | 'cannot-start'
  | 'home-in-use'
  | 'cancelled'
  | 'compute-failed'
  | 'device-unavailable'
  | 'device-crashed'
  | 'not-supported';

type AppErrorKey = KeyOf<AppErrorCode>;
export class AppError<Key extends AppErrorKey = AppErrorKey> extends KeyedError<Key> {
  override readonly name = 'AppError';
}

/** A person knows a tag by its name, which is gone with it. @throws AppError not-found */
export function foundTag<T>(tag: T | undefined): T {
  if (tag === undefined) throw new AppError('not-found.tag');
  return tag;
}

/** @throws AppError not-found */
export function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) throw new AppError('not-found.gone', { what, id });
  return value;
}
