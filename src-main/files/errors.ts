/** Errors of files that cannot be written or read, with the system's reason and the remedy. */
import { KeyedError } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import type { KeyOf } from '../../shared/errors.ts';

type FileErrorCode = 'bad-file' | 'no-answer' | 'not-ours' | 'write-failed';

export class FileError<Key extends KeyOf<FileErrorCode> = KeyOf<FileErrorCode>> extends KeyedError<Key> {
  override readonly name = 'FileError';
}

const reasons: Record<string, ReturnType<typeof reason>> = {
  ENOSPC: reason('write-failed.full'),
  EDQUOT: reason('write-failed.quota'),
  EACCES: reason('write-failed.permission'),
  EPERM: reason('write-failed.permission'),
  EROFS: reason('write-failed.read-only'),
  ENOENT: reason('write-failed.no-folder'),
  ENOTDIR: reason('write-failed.parent'),
  EISDIR: reason('write-failed.is-folder'),
  EMFILE: reason('write-failed.handles'),
  ENFILE: reason('write-failed.handles'),
  EIO: reason('write-failed.disk'),
  ENAMETOOLONG: reason('write-failed.long'),
  EFBIG: reason('write-failed.size'), // 4 GB on a memory card
  EINVAL: reason('write-failed.name'),
  EILSEQ: reason('write-failed.name'),
  EEXIST: reason('write-failed.taken'),
  ENOTEMPTY: reason('write-failed.taken'),
  EBUSY: reason('write-failed.busy'),
  ETXTBSY: reason('write-failed.busy'),
  ELOOP: reason('write-failed.loop'),
  ENODEV: reason('write-failed.share'),
  ENXIO: reason('write-failed.share'),
  ESTALE: reason('write-failed.share'),
  ENOTCONN: reason('write-failed.share'),
  EHOSTDOWN: reason('write-failed.share'),
  EHOSTUNREACH: reason('write-failed.share'),
  ETIMEDOUT: reason('write-failed.share'),
};

/**
 * The system's error as a FileError with its code in `details.errno`; any other comes from what makes the content and
 * is returned as it is.
 */
export function writeFailed(path: string, error: unknown): unknown {
  const errno = (error as NodeJS.ErrnoException).code ?? '';
  if (!/^E[A-Z0-9]+$/.test(errno)) return error;
  const why = reasons[errno] ?? reason('write-failed.other', { errno });
  return new FileError('write-failed.path', { path, reason: why }, { path, errno });
}

/** The system's or SQLite's code of an error (ENOSPC, SQLITE_FULL), also of one that became a FileError. */
export function errnoOf(error: unknown): string | undefined {
  const { code, details } = (error ?? {}) as { code?: unknown; details?: { errno?: unknown } | undefined };
  const errno = error instanceof FileError ? details?.errno : code;
  return typeof errno === 'string' ? errno : undefined;
}
