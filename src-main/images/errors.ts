/**
 * Why a file is not used, as one plain sentence and a code. Every reason a person reads in the list of skipped
 * files is made here or in scan.ts. Leaves to others where the sentences are shown.
 */
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

/** A file that cannot be decoded. The message is a sentence without the file's name; `file` carries that. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;
  readonly file: string;
  constructor(code: ImageErrorCode, file: string, message: string) {
    super(message);
    this.code = code;
    this.file = file;
  }
}

/** The cache cannot hold the collection. The message names the setting to change. */
export class CacheTooLargeError extends Error {
  override readonly name = 'CacheTooLargeError';
  readonly code = 'cache-too-large';
  readonly neededBytes: number;
  readonly maxBytes: number;
  constructor(
    neededBytes: number,
    maxBytes: number,
    images: number,
    imageSize: number,
    limit: 'budget' | 'disk' = 'budget',
  ) {
    super(
      `The image cache for ${images} photos at ${imageSize} px needs ${formatBytes(neededBytes)}, ` +
        (limit === 'budget'
          ? `more than the ${formatBytes(maxBytes)} it may use: choose a smaller image size or allow the cache more disk.`
          : `but the disk has ${formatBytes(maxBytes)} left: free some space, or choose a smaller image size.`),
    );
    this.neededBytes = neededBytes;
    this.maxBytes = maxBytes;
  }
}

/** The cache's files cannot be written: a full disk, a folder without permission. */
export class CacheWriteError extends Error {
  override readonly name = 'CacheWriteError';
  readonly code = 'cache-write';
  readonly directory: string;
  constructor(directory: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException)?.code ?? '';
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    super(
      full
        ? `The disk is full while writing the image cache in ${directory}: free some space, or choose a smaller image size.`
        : `The image cache in ${directory} cannot be written (${code || String((cause as Error)?.message ?? cause)}): check the folder's permissions, or choose another home.`,
      { cause },
    );
    this.directory = directory;
  }
}

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

/** The sentence for an operating-system error met while opening or reading `file`. */
export function systemErrorReason(error: unknown): { code: ImageErrorCode; reason: string } {
  const code = (error as NodeJS.ErrnoException)?.code ?? '';
  switch (code) {
    case 'ENOENT':
      return { code: 'missing', reason: 'The file no longer exists.' };
    case 'EACCES':
    case 'EPERM':
      return { code: 'unreadable', reason: 'No permission to read it.' };
    case 'ELOOP':
      return { code: 'unreadable', reason: 'A symbolic link that leads back to itself.' };
    case 'EISDIR':
      return { code: 'not-a-file', reason: 'A folder, not a file.' };
    case 'ENAMETOOLONG':
      return { code: 'unreadable', reason: 'Its path is longer than the system allows.' };
    case 'EIO':
      return { code: 'unreadable', reason: 'The disk reported an error while reading it.' };
    case 'EBUSY':
      return { code: 'unreadable', reason: 'Another program has it locked.' };
    default:
      return {
        code: 'unreadable',
        reason: `It could not be read (${code || String((error as Error)?.message ?? error)}).`,
      };
  }
}
