/** A job other than training, done in a process of its own: its progress as a task's, its end as a promise. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '../../../shared/contract.ts';
import type { Job, JobResult, Report } from '../../../shared/contract.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { TaskControl } from '../tasks.ts';
import type { JobLists } from './lists.ts';
import { ComputeProcess } from './process.ts';

/** Seconds a cancelled job is given to end by itself. */
const patience = 5;

/**
 * Runs the job and answers its result; `[from, to]` is the part of the task's progress that this job is, 0 to 1, `lists`
 * what it has of many photos.
 * @throws ContractError as the job failed, AppError cancelled, or the signal's reason where it was aborted before
 */
export async function computeJob<K extends Job['kind']>(
  context: AppContext,
  job: Extract<Job, { kind: K }>,
  control: Pick<TaskControl, 'signal' | 'progress'> & Partial<Pick<TaskControl, 'notice'>>,
  [from, to] = [0, 1] as readonly [number, number],
  lists: JobLists = {},
): Promise<Extract<JobResult, { kind: K }>> {
  // A self-test and its views have the machine for themselves already: devices.ts.
  const leave =
    job.kind === 'selfTest' || job.kind === 'viewTest' ? () => {} : await context.quiet.enter(control.signal);
  try {
    return await computed(context, job, control, [from, to], lists);
  } finally {
    leave();
  }
}

async function computed<K extends Job['kind']>(
  context: AppContext,
  job: Extract<Job, { kind: K }>,
  control: Pick<TaskControl, 'signal' | 'progress'> & Partial<Pick<TaskControl, 'notice'>>,
  [from, to]: readonly [number, number],
  lists: JobLists,
): Promise<Extract<JobResult, { kind: K }>> {
  control.signal.throwIfAborted();
  const heard = (report: Report) => {
    if (report.type === 'progress') control.progress(from + (to - from) * report.fraction, report, report.etaSeconds);
    if (report.type === 'notice') control.notice?.(report.notice);
  };
  const compute = new ComputeProcess(context.launch, job, heard, { lists });
  const cancel = () => {
    compute.send({ type: 'stop', now: false });
    void sleep(patience * 1000, undefined, { ref: false }).then(() => compute.kill());
  };
  control.signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await compute.ended;
    if (end.type === 'failed') throw new ContractError(end.error);
    if (end.type === 'stopped') throw new AppError('cancelled');
    return end.result as Extract<JobResult, { kind: K }>;
  } finally {
    control.signal.removeEventListener('abort', cancel);
    compute.kill();
    await compute.exited;
  }
}
