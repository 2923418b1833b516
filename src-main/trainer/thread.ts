/** What the computing thread does with the commands of its process: one job, run to its end, a report of how it ended; then its devices are let go. */
import { parentPort } from 'node:worker_threads';
import type { Job } from '../../shared/contract/job.ts';
import type { Command, Report } from '../../shared/contract/report.ts';
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import type { Backend } from './backend.ts';
import { Control } from './control.ts';
import { getReady, runJob } from './jobs.ts';
import { Lists } from './lists.ts';

/** To the talking thread: what goes on to the application, and what it watches over by itself. */
export type ThreadReport = Report | { type: 'watch'; seconds: number | null } | { type: 'closed' };

/** Milliseconds without a job after which a process was started before there is one. */
const AHEAD_MS = 100;

export function computeJobs(backend: Backend): void {
  const port = parentPort!;
  const say = (message: ThreadReport): void => port.postMessage(message);
  const control = new Control();
  const watch = (seconds: number | null): void => say({ type: 'watch', seconds });

  const run = async (job: Job): Promise<void> => {
    const closing: Stop[] = [];
    const later = (close: () => unknown): void => void closing.push(close);
    try {
      const result = await runJob(job, { report: say, control, backend, watch, later });
      say(result === 'stopped' ? { type: 'stopped', saved: true } : { type: 'done', result });
    } catch (error) {
      // What a stop interrupts may fail in its own way; a job that was told to stop has stopped.
      if (control.stopping) say({ type: 'stopped', saved: false });
      else say({ type: 'failed', error: toWireError(error) });
    }
    await stopAll(closing).catch(() => {}); // the process ends either way
    say({ type: 'closed' });
  };

  const lists = new Lists();
  const ahead = setTimeout(() => void getReady().catch(() => {}), AHEAD_MS); // the job meets and tells it
  port.on('message', (command: Command) => {
    clearTimeout(ahead);
    if (command.type === 'photos') lists.take(command);
    else if (command.type === 'job') void run(lists.complete(command.job));
    else control.receive(command);
  });
  say({ type: 'ready' });
}
