/** Which function does which job. Its modules are loaded when the job comes, as a self-test needs half of them all. */
import { stopAll } from '../../shared/closers.ts';
import type { Stop } from '../../shared/closers.ts';
import type { Job } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import type { JobContext } from './control.ts';

/** Runs a job to its end, reports how it ended, then lets its devices go. */
export async function completeJob(job: Job, context: Omit<JobContext, 'later'>): Promise<void> {
  const { report, control } = context;
  const closing: Stop[] = [];
  const later = (close: () => unknown): void => void closing.push(close);
  try {
    const result = await runJob(job, { ...context, later });
    report(result === 'stopped' ? { type: 'stopped', saved: true } : { type: 'done', result });
  } catch (error) {
    // What a stop interrupts may fail in its own way; a job that was told to stop has stopped.
    if (control.stopping) report({ type: 'stopped', saved: false });
    else report({ type: 'failed', error: toWireError(error) });
  }
  await stopAll(closing).catch(() => {}); // the process ends either way
}

/** @returns 'stopped' where a stop was obeyed and what had been done is saved. */
async function runJob(job: Job, context: JobContext): Promise<JobResult | 'stopped'> {
  switch (job.kind) {
    case 'train':
      return (await import('./train.ts')).train(job, context);
    case 'estimate':
      return { kind: 'estimate', estimate: (await (await import('./estimate.ts')).estimate(job)).estimate };
    case 'embed':
      return (await import('./embed.ts')).embed(job, context);
    case 'queries':
      return (await import('./queries.ts')).serveQueries(job, context);
    case 'evaluate':
      return (await import('./evaluateJob.ts')).evaluate(job, context);
    case 'export':
      return (await import('./exportJob.ts')).exportRun(job, context);
    case 'cluster':
      return (await import('./cluster/write.ts')).writeCluster(job, context);
    case 'clusterResult':
      return (await import('./cluster/read.ts')).takeClusterResult(job, context);
    case 'frozen':
      return (await import('./frozen/look.ts')).lookAtFrozen(job, context);
    case 'teacher':
      return (await import('./teacher/look.ts')).lookAtTeacher(job, context);
    case 'selfTest':
      return (await import('./selfTest.ts')).selfTest(job, context);
    case 'viewTest':
      return (await import('./viewTest.ts')).viewTest(job, context);
    default:
      throw new Error(`there is no job ${(job satisfies never as Job).kind}`);
  }
}

/** Loads what most jobs need, in a process that waits for its own. */
export const getReady = (): Promise<unknown> => Promise.all([import('./train.ts'), import('./embed.ts')]);
