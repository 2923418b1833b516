/** Which function does which job. */
import type { Job } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import type { JobContext } from './control.ts';
import { takeClusterResult } from './cluster/read.ts';
import { writeCluster } from './cluster/write.ts';
import { embed } from './embed.ts';
import { estimate } from './estimate.ts';
import { evaluate } from './evaluateJob.ts';
import { exportRun } from './exportJob.ts';
import { lookAtFrozen } from './frozen/look.ts';
import { serveQueries } from './queries.ts';
import { selfTest } from './selfTest.ts';
import { lookAtTeacher } from './teacher/look.ts';
import { train } from './train.ts';
import { viewTest } from './viewTest.ts';

/** @returns 'stopped' where a stop was obeyed and what had been done is saved. */
export async function runJob(job: Job, context: JobContext): Promise<JobResult | 'stopped'> {
  switch (job.kind) {
    case 'train':
      return train(job, context);
    case 'estimate':
      return { kind: 'estimate', estimate: (await estimate(job)).estimate };
    case 'embed':
      return embed(job, context);
    case 'queries':
      return serveQueries(job, context);
    case 'evaluate':
      return evaluate(job, context);
    case 'export':
      return exportRun(job, context);
    case 'cluster':
      return writeCluster(job, context);
    case 'clusterResult':
      return takeClusterResult(job, context);
    case 'frozen':
      return lookAtFrozen(job, context);
    case 'teacher':
      return lookAtTeacher(job, context);
    case 'selfTest':
      return selfTest(job, context);
    case 'viewTest':
      return viewTest(job, context);
    default:
      throw new Error(`there is no job ${(job satisfies never as Job).kind}`);
  }
}
