/** A thread that does one thing, answers and ends: what would hold its caller for seconds. */
import { Worker } from 'node:worker_threads';
import { InternalError } from '../../shared/errors.ts';

export interface Asked<Message, Answer> {
  /** What the thread does, for a message about its failure. */
  what: string;
  /** Hears all that it says: its answer, what keeps it from one, or how far it is. */
  hear(message: Message, answer: (answer: Answer) => void, fail: (error: Error) => void): void;
  /** Ends the thread. */
  signal?: AbortSignal;
  /** What is rejected with then; default: the signal's reason. */
  aborted?(): Error;
}

/**
 * Starts a thread with `workerData` and waits for its answer.
 * @throws what it fails with, `aborted`, InternalError failed where it breaks or ends without an answer
 */
export function askThread<Message, Answer>(
  thread: URL,
  workerData: unknown,
  { what, hear, signal, aborted = () => signal?.reason as Error }: Asked<Message, Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const worker = new Worker(thread, { workerData });
    const stop = () => {
      void worker.terminate();
      reject(aborted());
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: Message) => hear(message, resolve, reject));
    worker.on('error', (error) => reject(new InternalError('failed', `${what} failed: ${String(error)}`)));
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(new InternalError('failed', `${what} ended without an answer`));
    });
  });
}
