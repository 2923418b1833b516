/**
 * Writes a file so that its name holds either the old content or the whole new one, whatever happens in between:
 * temporary name in the same folder, sync, rename, sync of the folder. Every file Lookalike writes goes through here,
 * except the database (SQLite's own matter) and the packs of the image cache, which only grow.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { retryBusy, retryBusySync } from './busy.ts';
import { writeFailed } from './errors.ts';
import { temporaryName } from './temporary.ts';

/** Bytes handed to one write call; more would sit in a thread of the pool for long. */
const piece = 16 << 20;

export interface WriteOptions {
  /** False for what is made again when a power cut takes it: thousands of syncs are seconds. */
  sync?: boolean;
  /** Permissions of the file, less what the system takes from new ones: those that it has as soon as it has its name. */
  mode?: number;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(piece, bytes.length - at));
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
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(code)) throw error;
  }
}

/**
 * Writes what `write` appends, atomically, to `path`. When `write` throws, nothing is left behind and an earlier
 * file of that name is untouched.
 * @throws FileError write-failed with the system's code in `details.errno` and the remedy in its message.
 */
export async function writeStreamAtomic(
  path: string,
  write: (append: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  { sync = true, mode = 0o666 }: WriteOptions = {},
): Promise<void> {
  const temporary = temporaryName(path);
  let file: FileHandle | null = null;
  try {
    file = await open(temporary, 'wx', mode);
    const target = file;
    await write((bytes) => writeAll(target, bytes));
    if (sync) await file.sync();
    await file.close();
    file = null;
    await retryBusy(() => rename(temporary, path));
    if (sync) await syncFolder(dirname(path));
  } catch (error) {
    await file?.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw writeFailed(path, error);
  }
}

/** Writes `content` atomically to `path`. @throws FileError write-failed */
export function writeFileAtomic(path: string, content: Uint8Array | string, options?: WriteOptions): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return writeStreamAtomic(path, (append) => append(bytes), options);
}

/** The same for who cannot wait: a window that closes, the end of a command. @throws FileError write-failed */
export function writeFileAtomicSync(path: string, content: Uint8Array | string): void {
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    retryBusySync(() => renameSync(temporary, path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailed(path, error);
  }
}

/** Gives a finished file or folder its name; of a folder there must be none of that name. @throws FileError write-failed */
export async function moveInto(from: string, to: string): Promise<void> {
  try {
    await retryBusy(() => rename(from, to));
    await syncFolder(dirname(to));
  } catch (error) {
    throw writeFailed(to, error);
  }
}

/** Keeps a damaged file out of the way of who looks for whole ones. @throws FileError write-failed */
export async function setAside(path: string): Promise<void> {
  try {
    await retryBusy(() => rename(path, `${path}.damaged`));
  } catch (error) {
    throw writeFailed(path, error);
  }
}
