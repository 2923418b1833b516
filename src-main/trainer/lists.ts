/** Long lists of a job, which come before it a part at a time. */
import { append } from '../../shared/append.ts';
import type { Job } from '../../shared/contract/job.ts';
import type { Command } from '../../shared/contract/report.ts';
import { withLists } from '../../shared/jobLists.ts';

export class Lists {
  readonly #lists = new Map<string, unknown[]>();

  take({ of, images }: Extract<Command, { type: 'photos' }>): void {
    const list = this.#lists.get(of);
    if (list) append(list, images);
    else this.#lists.set(of, [...images]);
  }

  /** The job with what came of its lists before what these still hold. */
  complete(job: Job): Job {
    return withLists(job, (list, of) => {
      const before = this.#lists.get(of);
      if (!before) return list;
      append(before, list);
      return before;
    });
  }
}
