/** What the application refuses: a code for programs, one sentence with the remedy for people. */
export type AppErrorCode =
  | 'not-found'
  | 'bad-request'
  | 'not-available'
  | 'wrong-state'
  | 'bad-folder'
  | 'no-images'
  | 'cannot-start'
  | 'home-in-use'
  | 'cancelled'
  | 'compute-failed'
  | 'device-unavailable'
  | 'device-crashed'
  | 'not-supported';

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly details: unknown;
  constructor(code: AppErrorCode, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** @throws AppError not-found */
export function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined)
    throw new AppError('not-found', `there is no ${what} ${id}: it may have been deleted`, { id });
  return value;
}
