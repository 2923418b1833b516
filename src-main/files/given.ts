/**
 * What a person named: a file or a folder that may be a pipe, a device, or on a disk that does not answer. Nothing waits
 * for these for ever, and none of them keeps the process alive.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { FileError } from './errors.ts';

/**
 * Seconds after which a disk counts as not answering; one that has to spin up, or a share that has to connect, takes a
 * few.
 */
const answerSeconds = 15;

/** Calls to the system that have not come back. */
let pending = 0;

/**
 * What `work` gives, unless the disk that holds `path` does not answer.
 * @throws FileError no-answer
 */
export async function answered<T>(path: string, work: () => Promise<T>, seconds = answerSeconds): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FileError('no-answer.path', { path, seconds })), 1000 * seconds);
  });
  pending++;
  const result = work().finally(() => pending--);
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
    result.catch(() => {}); // told already, or nobody's business any more
  }
}

/**
 * Ends the process also where a call to a disk that does not answer is under way: an ordinary exit waits for its thread.
 */
export function endProcess(code: number): never {
  if (pending > 0) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

/** Opening a pipe for reading would wait for its writer. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file for reading. @throws FileError bad-file (no regular file), no-answer; the system's error where it cannot
 * be opened
 */
export async function openGiven(path: string, seconds?: number): Promise<FileHandle> {
  const opening = openFile(path);
  try {
    return await answered(path, () => opening, seconds);
  } catch (error) {
    opening.then((file) => file.close()).catch(() => {}); // one that answers after all is not left open
    throw error;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, flags);
  try {
    if ((await file.stat()).isFile()) return file;
    throw new FileError('bad-file.special', { path });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file that is longer than what it is to be can be; said by whoever knows what that is. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/** @throws as openGiven; where it passes, a reader of another kind that opens the path itself does not wait for a pipe */
export async function checkGiven(path: string): Promise<void> {
  await (await openGiven(path)).close();
}

/** So many bytes a read, each of which has to be answered. */
const piece = 16 << 20;
/** Bytes a read of what is looked at one byte after another. */
const smallPiece = 1 << 20;

const readAt = (path: string, file: FileHandle, bytes: Buffer, filled: number, at: number): Promise<number> =>
  answered(path, () => file.read(bytes, filled, Math.min(piece, bytes.length - filled), at)).then(
    ({ bytesRead }) => bytesRead,
  );

/**
 * The whole of a file. @throws FileError bad-file (no regular file), no-answer; TooLongError where it has more bytes than
 * `most`; the system's error where it cannot be read
 */
export async function readGiven(path: string, most = Infinity): Promise<Buffer> {
  const file = await openGiven(path);
  try {
    const { size } = await file.stat();
    if (size > most) throw new TooLongError(path);
    const bytes = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const bytesRead = await readAt(path, file, bytes, filled, filled);
      if (bytesRead === 0) break; // it shrank meanwhile
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    void file.close().catch(() => {}); // which may not answer either
  }
}

/** A file that may be longer than any text, a piece at a time; each is its own memory. @throws as readGiven */
export async function* piecesGiven(path: string): AsyncGenerator<Buffer> {
  const file = await openGiven(path);
  try {
    for (let at = 0; ;) {
      const bytes = Buffer.allocUnsafe(smallPiece);
      const bytesRead = await readAt(path, file, bytes, 0, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield bytes.subarray(0, bytesRead);
    }
  } finally {
    void file.close().catch(() => {});
  }
}

/** Whether a file that another names may be read for that: it lies in that one's own folder, or in one of it. */
export const isBeside = (name: string): boolean =>
  name !== '' && !/^([\\/]|[a-z]:)/i.test(name) && !name.split(/[\\/]/).includes('..');
