/**
 * The last look at a teacher: a plan is made at every change of the form, and a teacher is looked at once for all of
 * them. One application has one of these.
 */
import type { TeacherLook } from '../../../shared/contract/job.ts';
import type { RefusalReason } from '../../../shared/refusal.ts';

export type Looked = TeacherLook | { refusal: RefusalReason };

export class TeacherLooks {
  #last: { key: string; look: Promise<Looked> } | null = null;

  /** What is known under `key`, or is being found out, else what `ask` finds. What was refused is asked for again. */
  take(key: string, ask: () => Promise<Looked>): Promise<Looked> {
    if (this.#last?.key === key) return this.#last.look;
    const last = { key, look: ask() };
    this.#last = last;
    const forget = () => {
      if (this.#last === last) this.#last = null;
    };
    last.look.then((look) => 'refusal' in look && forget(), forget);
    return last.look;
  }
}
