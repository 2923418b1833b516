/** Threads that compute one answer and end: reading or writing a long list holds the application's thread for seconds. */
import { parentPort } from 'node:worker_threads';
import { askThread, errnoOf, FileError, writeFailed } from '../files/index.ts';
import { wordsOf } from '../../shared/errors.ts';

type Reply<T> =
  { answer: T } | { damaged: string } | { unwritten: string; errno: string } | { error: string; errno: string | null };

/**
 * Starts a thread with `workerData` and waits for what it says by `answerOnce`.
 * @throws FileError bad-file where it met a damaged file, write-failed where it could not write one; the system's error
 * with its code
 */
export function askOnce<T>(thread: URL, workerData: unknown): Promise<T> {
  return askThread<Reply<T>, T>(thread, workerData, {
    what: 'a thread',
    hear: (reply, answer, fail) => {
      if ('answer' in reply) answer(reply.answer);
      else if ('damaged' in reply) fail(new FileError('bad-file.damaged', { path: reply.damaged }));
      else if ('unwritten' in reply)
        fail(writeFailed(reply.unwritten, Object.assign(new Error(), { code: reply.errno })) as Error);
      else fail(Object.assign(new Error(reply.error), reply.errno === null ? {} : { code: reply.errno }));
    },
  });
}

/**
 * In the thread: does the work and says what came of it. @param path the file that it reads or writes; `given`: memory
 * of the answer that is handed over instead of copied
 */
export async function answerOnce<T>(
  path: string,
  work: () => Promise<T>,
  given: (answer: T) => Uint8Array<ArrayBuffer>[] = () => [],
): Promise<void> {
  let reply: Reply<T>;
  let handedOver: ArrayBuffer[] = [];
  try {
    reply = { answer: await work() };
    handedOver = given(reply.answer).map(({ buffer }) => buffer);
  } catch (error) {
    const code = error instanceof FileError ? error.code : null;
    const errno = errnoOf(error) ?? null;
    if (code === 'bad-file') reply = { damaged: path };
    else if (code === 'write-failed' && errno !== null) reply = { unwritten: path, errno };
    else reply = { error: wordsOf(error), errno };
  }
  parentPort!.postMessage(reply, handedOver);
}
