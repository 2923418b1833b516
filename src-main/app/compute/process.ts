/**
 * One compute process and the job it does. Its promise settles whatever happens: the job's own end, an exit of any
 * code or signal, or silence (then the process is ended). Leaves what a job means to its caller.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Command, Job, JobResult, Report, WireError } from '../../../shared/contract.ts';
import { wireError } from '../../../shared/errors.ts';
import { toWireError } from '../../../shared/contract/wire.ts';
import { withLists } from '../../../shared/jobLists.ts';
import { reason } from '../../../shared/reason.ts';
import { deviceFailure } from '../../../shared/deviceFailure.ts';
import type { ComputeHandle, Launcher } from './launch.ts';
import { handList } from './lists.ts';
import type { JobLists } from './lists.ts';

export type JobEnd =
  { type: 'done'; result: JobResult } | { type: 'stopped'; saved: boolean } | { type: 'failed'; error: WireError };

export interface ComputeOptions {
  /**
   * Seconds without a word after which the process is taken for hung. It beats once a second from a thread that
   * does nothing else, so even a machine out of memory speaks sooner than this.
   */
  silenceSeconds?: number;
  /** What goes before the job. */
  lists?: JobLists;
}

const checks = 12;

export class ComputeProcess {
  readonly ended: Promise<JobEnd>;
  /** Resolves when the process is gone; its locks and files are free then. */
  readonly exited: Promise<void>;
  readonly #handle: ComputeHandle;
  readonly #watch: NodeJS.Timeout;
  #settle!: (end: JobEnd) => void;
  #early: Command[] | null = [];
  #heard = true;
  #silent = 0;
  #hung = false;
  #killed = false;
  #isGone = false;

  constructor(
    launch: Launcher,
    job: Job,
    onReport: (report: Report) => void,
    { silenceSeconds = 90, lists = {} }: ComputeOptions = {},
  ) {
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    let gone!: () => void;
    this.exited = new Promise((resolve) => (gone = resolve));
    let isHanded = false;
    this.#handle = launch({
      report: (report) => {
        this.#heard = true;
        if (report.type === 'ready') {
          if (!isHanded) void this.#hand(job, lists);
          isHanded = true;
        }
        if (report.type === 'done') this.#settle({ type: 'done', result: report.result });
        else if (report.type === 'stopped') this.#settle({ type: 'stopped', saved: report.saved });
        else if (report.type === 'failed') this.#settle({ type: 'failed', error: report.error });
        else if (report.type !== 'heartbeat' && report.type !== 'ready') onReport(report);
      },
      exit: (how) => {
        clearInterval(this.#watch);
        this.#isGone = true;
        this.#settle(
          this.#killed
            ? { type: 'stopped', saved: false }
            : { type: 'failed', error: deathNotice(how, this.#hung ? silenceSeconds : null) },
        );
        gone();
      },
    });
    // Ticks are counted rather than time: a laptop that slept for an hour has missed one tick.
    this.#watch = setInterval(
      () => {
        this.#silent = this.#heard ? 0 : this.#silent + 1;
        this.#heard = false;
        if (this.#silent < checks) return;
        this.#hung = true;
        this.#handle.kill();
      },
      (silenceSeconds * 1000) / checks,
    );
    void this.ended.then(() => clearInterval(this.#watch)); // done: its process may take its time to go
  }

  /**
   * Its lists first, with a turn for others between, no faster than they leave; then the rest, and what was commanded
   * meanwhile.
   */
  async #hand(job: Job, lists: JobLists): Promise<void> {
    let whole = job;
    try {
      for (const [of, pieces] of Object.entries(lists)) {
        const last = await handList(pieces, async (images) => {
          if (this.#killed || this.#isGone) throw new Error('it was ended');
          await this.#handle.send({ type: 'photos', of, images });
          await breathe();
        });
        whole = withLists(whole, (list, name) => (name === of ? last : list));
      }
    } catch (error) {
      if (!this.#killed && !this.#isGone) this.#settle({ type: 'failed', error: toWireError(error) });
      this.#handle.kill();
      return;
    }
    void this.#handle.send({ type: 'job', job: whole });
    for (const command of this.#early?.splice(0) ?? []) void this.#handle.send(command);
    this.#early = null;
  }

  /** Commands given before it is ready follow the job. */
  send(command: Command): void {
    if (this.#early) this.#early.push(command);
    else void this.#handle.send(command);
  }

  /** Ends it at once, without saving: the job ends as stopped. */
  kill(): void {
    this.#killed = true;
    this.#handle.kill();
  }
}

/** V8 ends its process by a signal where an array does not fit, and says so in its last words. */
const isOutOfMemory = ({ signal, complaint }: { signal: string | null; complaint: string }): boolean =>
  ['SIGTRAP', 'SIGABRT', 'SIGILL'].includes(signal ?? '') &&
  /out of memory|allocation failed|heap limit/i.test(complaint);

function deathNotice(
  how: { code: number | null; signal: string | null; complaint: string },
  silence: number | null,
): WireError {
  const lastLine = how.complaint.split('\n').at(-1);
  const complaint = lastLine ? `: ${lastLine}` : '';
  const why =
    silence !== null
      ? reason('compute-failed.silent', { seconds: silence, complaint })
      : how.signal === 'SIGKILL'
        ? reason('compute-failed.killed', { complaint })
        : isOutOfMemory(how)
          ? reason('compute-failed.memory')
          : how.signal !== null
            ? reason('compute-failed.crashed', { signal: how.signal, complaint })
            : reason('compute-failed.ended', { exit: String(how.code), complaint });
  // a driver says what happened in its first line, and what was called in the last
  const failure = deviceFailure(how.complaint);
  return wireError('ComputeError', why, { code: how.code, signal: how.signal, failure });
}
