/** propose.ts in a thread of its own, which can be ended. */
import { Worker } from 'node:worker_threads';
import { InternalError } from '../../../shared/errors.ts';
import type { ProposeJob, Proposals } from './propose.ts';
import type { ProposeReply } from './proposeWorker.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Rejects with the signal's reason. */
export function proposed(
  job: ProposeJob,
  { signal, onProgress }: { signal: AbortSignal; onProgress(share: number): void },
): Promise<Proposals> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new Worker(new URL('./proposeWorker' + extension, import.meta.url), { workerData: job });
    const stop = () => {
      void worker.terminate();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: ProposeReply) => {
      if ('progress' in message) onProgress(message.progress);
      else resolve(message.result);
    });
    worker.on('error', (error) => reject(new InternalError('failed', `comparing sketches failed: ${String(error)}`)));
    worker.on('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new InternalError('failed', 'the thread that compares sketches ended without a result'));
    });
  });
}
