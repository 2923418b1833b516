/** What is due after which of a run's steps: a function of the step alone, so that a resumed run is looked at as another. */
import type { RunConfig } from '../../shared/config.ts';
import { earlyLooks, epochAt, isEnd, paceOf, probeEvery, totalSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';

/** What follows a step. Whether a checkpoint does, the saver says, which also goes by time. */
export interface Due {
  probe: boolean;
  /** The epoch that ends with the step; null: it goes on. */
  epochEnd: number | null;
  /** No step follows. */
  last: boolean;
}

export class Agenda {
  /** Steps of the whole run. */
  readonly steps: number;
  readonly #schedule: Schedule;
  /** Steps from one probe to the next. */
  readonly #every: number;
  /** Steps that are probed beside those. */
  readonly #early: readonly number[];

  constructor(config: RunConfig, schedule: Schedule) {
    this.steps = totalSteps(schedule);
    this.#schedule = schedule;
    this.#every = probeEvery(config, paceOf(schedule));
    this.#early = earlyLooks(config, schedule);
  }

  /** @param step number of steps done */
  after(step: number): Due {
    const schedule = this.#schedule;
    const last = step === this.steps;
    return {
      probe: last || isEnd(schedule, step, this.#every) || this.#early.includes(step),
      epochEnd: isEnd(schedule, step, paceOf(schedule)) ? epochAt(schedule, step) : null,
      last,
    };
  }

  /** How many probes are still to come, about: early ones are not counted. */
  probesAfter(step: number): number {
    return Math.ceil((this.steps - step) / this.#every);
  }
}
