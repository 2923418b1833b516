/** Which function does which job. */
import type { Job, JobResult } from '../../shared/contract/job.ts';
import type { JobContext } from './control.ts';
import { estimate } from './estimate.ts';
import { train } from './train.ts';

export async function runJob(job: Job, context: JobContext): Promise<JobResult | 'stopped'> {
  switch (job.kind) {
    case 'train':
      return train(job, context);
    case 'estimate':
      return { kind: 'estimate', estimate: (await estimate(job)).estimate };
  }
  throw new Error('not yet');
}
