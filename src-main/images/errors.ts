/**
 * Why a file is not used, and what goes wrong with the cache; sentences: shared/messages/errors/{photos,notes,cache}.ts.
 * Leaves to others where they are shown.
 */
import { argumentsOf, codeOf, KeyedError } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import type { ErrorArguments, KeyOf } from '../../shared/errors.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { sentenceOf } from '../../shared/sentences.ts';
import type { ErrorKey } from '../../shared/sentences.ts';

export type ImageErrorCode =
  | 'missing'
  | 'unreadable'
  | 'not-a-file'
  | 'empty'
  | 'truncated'
  | 'corrupt'
  | 'not-an-image'
  | 'unsupported'
  | 'too-large'
  | 'too-small'
  | 'timed-out'
  | 'crashed';

type ImageErrorKey = KeyOf<ImageErrorCode>;
/** Why a file is not used, as it is kept and as it crosses a process. */
export type ImageReason = Reason<ImageErrorKey>;

/** A file that cannot be decoded. The message is a sentence without the file's name; `file` carries that. */
export class ImageError<Key extends ImageErrorKey = ImageErrorKey> extends KeyedError<Key> {
  override readonly name = 'ImageError';
  readonly file: string;
  constructor(file: string, key: Key, ...values: ErrorArguments<Key>) {
    super(key, ...values);
    this.file = file;
  }
}

/** The cache cannot hold the collection. The message names the setting to change. */
export class CacheTooLargeError extends KeyedError<KeyOf<'cache-too-large'>> {
  override readonly name = 'CacheTooLargeError';
  readonly neededBytes: number;
  readonly maxBytes: number;
  constructor(neededBytes: number, maxBytes: number, count: number, size: number, limit: 'budget' | 'disk' = 'budget') {
    const values = { count, size, needed: formatBytes(neededBytes), most: formatBytes(maxBytes) };
    super(`cache-too-large.${limit}`, values);
    this.neededBytes = neededBytes;
    this.maxBytes = maxBytes;
  }
}

/** The cache's files cannot be written: a full disk, a folder without permission. */
export class CacheWriteError extends KeyedError<KeyOf<'cache-write'>> {
  override readonly name = 'CacheWriteError';
  readonly directory: string;
  constructor(directory: string, cause: unknown) {
    const { code, message = String(cause) } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    const worded = isFull
      ? reason('cache-write.full', { folder: directory })
      : reason('cache-write.errno', { folder: directory, errno: code ?? message });
    super(...argumentsOf<KeyOf<'cache-write'>>(worded), undefined, { cause });
    this.directory = directory;
  }
}

/** Why a file is not used, as lists keep it: with its code, and its sentence in English. */
export const skipReason = <Key extends ErrorKey>(why: Reason<Key>) => ({
  code: codeOf(why.key),
  reason: sentenceOf(why, 'en'),
  ...why,
});

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** What an operating-system error met while opening or reading a file says of it. */
export function systemReason(error: unknown): ImageReason {
  const { code, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': // a file has taken the place of its folder
      return reason('missing');
    case 'EACCES':
    case 'EPERM':
      return reason('unreadable.permission');
    case 'ELOOP':
      return reason('unreadable.loop');
    case 'EISDIR':
      return reason('not-a-file.folder');
    case 'ENAMETOOLONG':
      return reason('unreadable.long');
    case 'EIO':
      return reason('unreadable.disk');
    case 'EMFILE':
    case 'ENFILE':
      return reason('unreadable.handles');
    case 'EBUSY':
      return reason('unreadable.locked');
    default:
      return reason('unreadable.other', { detail: code ?? String(message ?? error) });
  }
}
