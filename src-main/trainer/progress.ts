/** How far a run is: the steps done, the seconds that they took, and what is left of both. */
import type { RunConfig } from '../../shared/config.ts';
import { Agenda } from './agenda.ts';
import type { Due } from './agenda.ts';
import type { RowPlace } from './history.ts';
import { epochAt, learningRatesAt } from './schedule.ts';
import type { Schedule } from './schedule.ts';

export class Progress {
  /** Steps done, those before a resume included. */
  done: number;
  /** Of the latest probe. */
  secondsPerProbe: number;
  readonly clock: TrainingClock;
  readonly #startStep: number;
  readonly #config: RunConfig;
  readonly #schedule: Schedule;
  readonly #agenda: Agenda;

  /** @param start steps done before this process, and the seconds of training that they took */
  constructor(
    config: RunConfig,
    schedule: Schedule,
    start: { step: number; trainingSeconds: number; secondsPerProbe: number },
  ) {
    this.#config = config;
    this.#schedule = schedule;
    this.#agenda = new Agenda(config, schedule);
    this.#startStep = start.step;
    this.done = start.step;
    this.secondsPerProbe = start.secondsPerProbe;
    this.clock = new TrainingClock(start.trainingSeconds);
  }

  /** Steps done since this start of the run. */
  get doneHere(): number {
    return this.done - this.#startStep;
  }

  get stepsLeft(): number {
    return this.#agenda.steps - this.done;
  }

  /** What follows the latest step. */
  get due(): Due {
    return this.#agenda.after(this.done);
  }

  /** Seconds that are left where a step takes so many; null where that is not known. */
  secondsLeft(secondsPerStep: number | null): number | null {
    return secondsPerStep === null ? null : this.stepsLeft * secondsPerStep + this.#secondsBesideSteps();
  }

  /** Where a row of the latest step stands in the run. */
  place(): RowPlace {
    const { done } = this;
    return {
      step: done,
      epoch: epochAt(this.#schedule, done),
      epochs: epochAt(this.#schedule, this.#agenda.steps),
      learningRate: learningRatesAt(this.#config, this.#schedule, done - 1).learningRate,
      trainingSeconds: this.clock.seconds,
      stepsLeft: this.stepsLeft,
      secondsBesideSteps: this.#secondsBesideSteps(),
    };
  }

  /** Seconds that the probes still to come will take. */
  #secondsBesideSteps(): number {
    return this.secondsPerProbe * this.#agenda.probesAfter(this.done);
  }
}

/** Seconds of training, pauses left out, those before a resume included. */
export class TrainingClock {
  #base: number;
  #since: number | null;
  readonly #now: () => number;

  /** @param now milliseconds; for tests */
  constructor(base: number, now: () => number = () => performance.now()) {
    this.#base = base;
    this.#now = now;
    this.#since = now();
  }

  get seconds(): number {
    return this.#base + (this.#since === null ? 0 : (this.#now() - this.#since) / 1000);
  }

  pause(): void {
    this.#base = this.seconds;
    this.#since = null;
  }

  resume(): void {
    this.#since = this.#now();
  }
}
