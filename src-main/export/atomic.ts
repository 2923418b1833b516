/**
 * Writes a file so that its name holds either the old content or the whole new one, whatever happens in between:
 * temporary name in the same folder, fsync, rename, fsync of the folder. Every file Lookalike writes goes through
 * here.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExportError } from './errors.ts';

/** Temporary files carry this ending; a start may delete those that an interrupted process left. */
export const TEMPORARY_ENDING = '.lookalike-tmp';

/** Bytes handed to one write call; more would sit in a thread of the pool for long. */
const PIECE = 16 << 20;

const REMEDIES: Record<string, string> = {
  ENOSPC: 'the disk is full: free some space or choose another folder',
  EDQUOT: 'the disk quota is used up: free some space or choose another folder',
  EACCES: 'no permission to write there: choose another folder',
  EPERM: 'no permission to write there: choose another folder',
  EROFS: 'the disk is read-only: choose another folder',
  ENOENT: 'the folder does not exist: create it or choose another',
  ENOTDIR: 'its parent is a file: choose another folder',
  EISDIR: 'a folder has that name: choose another name',
};

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(PIECE, bytes.length - at));
    at += bytesWritten;
  }
}

/** Some file systems (and Windows) cannot sync a folder; the rename itself has been done by then. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (
      !['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')
    )
      throw error;
  }
}

/**
 * Writes what `write` appends, atomically, to `path`. When `write` throws, nothing is left behind and an earlier
 * file of that name is untouched.
 * @throws ExportError write-failed with the system's code in `details.errno` and the remedy in its message.
 */
export async function writeStreamAtomic(
  path: string,
  write: (append: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  // Beside the target, with a short name: the target's own may already be as long as the file system allows.
  const temporary = `${dirname(path)}/${randomBytes(8).toString('hex')}${TEMPORARY_ENDING}`;
  let file: FileHandle | null = null;
  try {
    file = await open(temporary, 'wx');
    const target = file;
    await write((bytes) => writeAll(target, bytes));
    await file.sync();
    await file.close();
    file = null;
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file?.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw writeFailed(path, error);
  }
}

function writeFailed(path: string, error: unknown): unknown {
  const errno = (error as NodeJS.ErrnoException).code ?? '';
  if (!/^E[A-Z0-9]+$/.test(errno)) return error; // not the system's: of what computes the content
  const remedy = REMEDIES[errno] ?? (error as Error).message;
  return new ExportError('write-failed', `cannot write ${path}: ${remedy}`, { path, errno });
}

/** Makes a folder and those above it. @throws ExportError write-failed */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw writeFailed(path, error);
  }
}

/** Writes `content` atomically to `path`. @throws ExportError write-failed */
export function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return writeStreamAtomic(path, (append) => append(bytes));
}
