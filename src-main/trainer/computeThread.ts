/** The thread that computes: takes the job, runs it to its end and reports how it ended. */
import { parentPort } from 'node:worker_threads';
import type { Command, Job, Report } from '../../shared/contract/job.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import { Control } from './control.ts';
import { runJob } from './jobs.ts';

const port = parentPort!;
const report = (message: Report): void => port.postMessage(message);
const control = new Control();

async function run(job: Job): Promise<void> {
  try {
    const result = await runJob(job, { report, control });
    report(result === 'stopped' ? { type: 'stopped', saved: true } : { type: 'done', result });
  } catch (error) {
    // What a stop interrupts may fail in its own way; a job that was told to stop has stopped.
    if (control.stopping) report({ type: 'stopped', saved: false });
    else report({ type: 'failed', error: toWireError(error) });
  }
}

port.on('message', (command: Command) => {
  if (command.type === 'job') void run(command.job);
  else control.receive(command);
});
report({ type: 'ready' });
