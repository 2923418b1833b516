/** What the computing thread does with the commands of its process: one job, run to its end, a report of how it ended; then its devices are let go. */
import { parentPort } from 'node:worker_threads';
import type { Job } from '../../shared/contract/job.ts';
import type { Command, Report } from '../../shared/contract/report.ts';
import type { Backend } from './backend.ts';
import { Control } from './control.ts';
import { completeJob, getReady } from './jobs.ts';
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
    await completeJob(job, { report: say, control, backend, watch });
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
