/**
 * The steps of a run: each is fed its batch and its rates, and what it measured goes into the history when the device
 * has told it, which on a graphics card may be several steps later.
 */
import type { RunConfig } from '../../shared/config.ts';
import type { State, StepMetrics } from '../engine/index.ts';
import type { BegunStep } from './budget.ts';
import { OutOfDeviceMemoryError } from './errors.ts';
import type { History } from './history.ts';
import type { Progress } from './progress.ts';
import type { CheckpointSaver } from './saver.ts';
import { epochAt, placeAt, stepInputsAt } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Sessions } from './sessions.ts';

type Measured = Pick<StepMetrics, 'loss' | 'zStd'>;

/** A step that was handed to the device, which has not told its metrics yet. */
interface StepInFlight extends Omit<BegunStep, keyof Measured> {
  step: number;
  /** Of the run, at its beginning. */
  trainingSeconds: number;
}

export interface StepsInput {
  config: RunConfig;
  schedule: Schedule;
  sessions: Pick<Sessions, 'session' | 'batchAt'>;
  saver: Pick<CheckpointSaver, 'notFinite'>;
}

export class Steps {
  readonly #input: StepsInput;
  readonly #progress: Progress;
  readonly #history: History;
  /** Oldest first. */
  readonly #inFlight: StepInFlight[] = [];

  constructor(input: StepsInput, progress: Progress, history: History) {
    this.#input = input;
    this.#progress = progress;
    this.#history = history;
  }

  /** Counts steps that were done before as the run's first. @throws NonFiniteLossError */
  takeBegun(begun: readonly BegunStep[]): void {
    let trainingSeconds = 0;
    for (const { loss, zStd, ...facts } of begun) {
      this.#inFlight.push({ ...facts, step: ++this.#progress.done, trainingSeconds });
      trainingSeconds += facts.seconds;
      this.#record([{ loss, zStd }]);
    }
    this.#history.flush();
  }

  /** @throws NonFiniteLossError of this step or an earlier one; OutOfDeviceMemoryError, DeviceLostError, DeviceFailedError */
  async next(): Promise<void> {
    const { config, schedule, sessions } = this.#input;
    const progress = this.#progress;
    const began = performance.now();
    const inputs = stepInputsAt(config, schedule, progress.done);
    const { epoch, stepInEpoch } = placeAt(schedule, progress.done);
    const { waited, ...batch } = await sessions.batchAt(epoch, stepInEpoch);
    const { learningRate } = inputs;
    const trainingSeconds = progress.clock.seconds;
    const step = ++progress.done;
    this.#inFlight.push({ step, learningRate, trainingSeconds, at: Date.now(), seconds: 0, waited });
    await this.#measure(sessions.session.advance({ ...batch, ...inputs }), began);
  }

  /** Waits until the device has told of all steps done. @throws as next */
  async settle(): Promise<void> {
    await this.#measure(this.#input.sessions.session.settle(), performance.now());
  }

  /** The state after all of them, once settled; the next step writes over it. */
  state(): Promise<State> {
    return this.#input.sessions.session.readState({ lent: true });
  }

  async #measure(answer: Promise<Measured[]>, began: number): Promise<void> {
    const known = await answer.catch((error: unknown) => {
      this.#history.flush(); // the steps before it are known
      if (error instanceof OutOfDeviceMemoryError) error.details['steps'] = this.#progress.doneHere - 1;
      throw error;
    });
    const latest = this.#inFlight.at(-1);
    if (latest) latest.seconds += (performance.now() - began) / 1000;
    this.#record(known);
  }

  #record(known: readonly Measured[]): void {
    const { schedule, saver } = this.#input;
    for (const { loss, zStd } of known) {
      const { seconds, waited, ...facts } = this.#inFlight.shift()!;
      if (!Number.isFinite(loss)) throw saver.notFinite(facts.step, 'the loss');
      const epoch = epochAt(schedule, facts.step);
      this.#history.addStep({ ...facts, epoch, loss, zStdTraining: zStd }, seconds, waited);
    }
  }
}
