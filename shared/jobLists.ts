/** The lists of a job that have an entry for each photo. */
import type { Job } from './contract/job.ts';

const own = ['images', 'only'];
const inside = ['train', 'test', 'embedded'];

/** The job with other lists. @param change is given each list and its name from the job down */
export function withLists(job: Job, change: (list: unknown[], of: string) => unknown[]): Job {
  const out: Record<string, unknown> = { ...job };
  for (const name of own) if (Array.isArray(out[name])) out[name] = change(out[name], name);
  for (const name of inside) {
    const part = out[name] as { images?: unknown } | null | undefined;
    if (Array.isArray(part?.images)) out[name] = { ...part, images: change(part.images, `${name}.images`) };
  }
  return out as Job;
}
