/**
 * The threads of an index and who is next: each job hands out its requests one by one, and the job that has least
 * left to do goes first, so that a photo someone clicks on waits for one block of a long job and no more.
 */
import { Worker } from 'node:worker_threads';
import { ContractError } from '../../shared/contract/wire.ts';
import { InternalError } from '../../shared/errors.ts';
import { programAt } from '../files/program.ts';
import { SearchError } from './errors.ts';
import type { SharedMemory } from './kernels.ts';
import type { Layout } from './layout.ts';
import type { ExactReply, ExactRequest, ExactResult, Origin, ResultOf } from './requests.ts';

interface Job {
  requests: { request: ExactRequest; settle: (result: ExactResult) => void }[];
  next: number;
  answered: number;
  done(): void;
  fail(error: Error): void;
}

export class SearchWorkers {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  #jobs: Job[] = [];
  #closed: Error | null = null;

  constructor(layout: Layout, memory: SharedMemory, origin: Origin) {
    this.#workers = Array.from({ length: layout.threads }, (_, thread) => {
      const worker = new Worker(programAt('./exactWorker', import.meta.url), {
        workerData: { layout, memory, thread, origin },
      });
      worker.unref(); // a forgotten index does not keep a process alive; a job under way does
      worker.on('error', (error) => this.#end(new InternalError('failed', `a search thread failed: ${String(error)}`)));
      return worker;
    });
    this.#idle = [...this.#workers];
  }

  /**
   * Runs requests, calling `each` with every result as it comes; resolves when all have.
   * @throws SearchError what the thread reports, cancelled, closed
   */
  run<R extends ExactRequest>(
    requests: readonly R[],
    each: (result: ResultOf<R>, at: number, answered: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (signal?.aborted) return Promise.reject(new SearchError('cancelled.search'));
    return new Promise((resolve, reject) => {
      const abort = () => job.fail(new SearchError('cancelled.search'));
      const over = () => {
        signal?.removeEventListener('abort', abort);
        this.#jobs = this.#jobs.filter((other) => other !== job);
        if (this.#jobs.length === 0) for (const worker of this.#workers) worker.unref();
      };
      const job: Job = {
        requests: requests.map((request, at) => ({
          request,
          settle: (result) => each(result as ResultOf<R>, at, ++job.answered), // a thread answers what it was asked
        })),
        next: 0,
        answered: 0,
        done: () => {
          over();
          resolve();
        },
        fail: (error) => {
          over();
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#jobs.push(job);
      for (const worker of this.#workers) worker.ref();
      if (requests.length === 0) job.done();
      this.#dispatch();
    });
  }

  /** Ends the threads; jobs under way are rejected with code closed. */
  async close(): Promise<void> {
    this.#end(new SearchError('closed'));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #end(error: Error): void {
    this.#closed ??= error;
    for (const job of [...this.#jobs]) job.fail(error);
  }

  #dispatch(): void {
    while (this.#idle.length > 0) {
      let job: Job | null = null;
      for (const other of this.#jobs) {
        const left = other.requests.length - other.next;
        if (left > 0 && (job === null || left < job.requests.length - job.next)) job = other;
      }
      if (job === null) return;
      this.#give(this.#idle.pop()!, job, job.requests[job.next++]!);
    }
  }

  #give(worker: Worker, job: Job, { request, settle }: Job['requests'][number]): void {
    worker.once('message', (reply: ExactReply) => {
      this.#idle.push(worker);
      // A job that was cancelled or has failed no longer wants its results.
      if (this.#jobs.includes(job)) {
        if ('error' in reply) job.fail(new ContractError(reply.error));
        else {
          settle(reply.result);
          if (job.answered === job.requests.length) job.done();
        }
      }
      this.#dispatch();
    });
    worker.postMessage(request);
  }
}
