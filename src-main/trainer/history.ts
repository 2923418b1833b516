/**
 * From steps to rows: sums over the steps since the last row, the speed, and the step reports, sent in batches. The
 * sums are part of a checkpoint, so a row that an interruption fell into comes out the same; times do not matter to
 * anything that is computed.
 */
import type { EpochMetrics, ProbeMetrics, StepMetrics } from '../../shared/metricRows.ts';
import type { CheckpointFacts } from './checkpoint.ts';

type SinceRow = CheckpointFacts['sinceRow'];

export const noSteps: SinceRow = { steps: 0, loss: 0, lossMin: null, lossMax: null, zStd: 0 };

/** Latest steps whose pace gives the time that is left. */
const RECENT_STEPS = 50;

/** Step reports go out at most this often. */
const STEPS_EVERY_MS = 300;

export interface RowPlace {
  step: number;
  epoch: number;
  epochs: number;
  learningRate: number;
  trainingSeconds: number;
  stepsLeft: number;
  /** Seconds that the probes still to come will take. */
  secondsBesideSteps: number;
}

export class History {
  sinceRow: SinceRow;
  readonly #batchSize: number;
  readonly #send: (steps: StepMetrics[]) => void;
  #pending: StepMetrics[] = [];
  #sentAt = 0;
  /** The timed steps of this process since the last row: their number, seconds, and seconds waited for photos. */
  #timed = { steps: 0, seconds: 0, waited: 0 };
  /** Seconds of this process's latest steps; the very first, which warms up, is left out. */
  #recent: number[] | null = null;

  constructor(batchSize: number, sinceRow: SinceRow | null, send: (steps: StepMetrics[]) => void) {
    this.#batchSize = batchSize;
    this.sinceRow = { ...(sinceRow ?? noSteps) };
    this.#send = send;
  }

  /** `seconds` of the whole step, `waited` of it for the photos. */
  addStep(step: StepMetrics, seconds: number, waited: number): void {
    const since = this.sinceRow;
    since.steps++;
    since.loss += step.loss;
    since.zStd += step.zStdTraining;
    since.lossMin = Math.min(since.lossMin ?? Infinity, step.loss);
    since.lossMax = Math.max(since.lossMax ?? -Infinity, step.loss);
    if (this.#recent === null) this.#recent = [];
    else this.#recent.push(seconds);
    if (this.#recent.length > RECENT_STEPS) this.#recent.shift();
    this.#timed.steps++;
    this.#timed.seconds += seconds;
    this.#timed.waited += waited;
    this.#pending.push(step);
    if (performance.now() - this.#sentAt >= STEPS_EVERY_MS) this.flush();
  }

  /** Seconds a step takes lately; null before two were timed. */
  get secondsPerStep(): number | null {
    const recent = this.#recent ?? [];
    return recent.length > 0 ? recent.reduce((sum, seconds) => sum + seconds, 0) / recent.length : null;
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    this.#send(this.#pending);
    this.#pending = [];
    this.#sentAt = performance.now();
  }

  row(probe: ProbeMetrics, place: RowPlace): EpochMetrics {
    this.flush();
    const { steps, loss, lossMin, lossMax, zStd } = this.sinceRow;
    const { seconds, waited } = this.#timed;
    const secondsPerStep = seconds / this.#timed.steps;
    const row: EpochMetrics = {
      ...probe,
      epoch: place.epoch,
      epochs: place.epochs,
      step: place.step,
      loss: loss / steps,
      lossMin: lossMin!,
      lossMax: lossMax!,
      zStdTraining: zStd / steps,
      learningRate: place.learningRate,
      imagesPerSecond: seconds > 0 ? (this.#timed.steps * this.#batchSize) / seconds : 0,
      dataWait: seconds > 0 ? Math.min(1, waited / seconds) : 0,
      trainingSeconds: place.trainingSeconds,
      at: Date.now(),
      etaSeconds: this.#timed.steps > 0 ? place.stepsLeft * secondsPerStep + place.secondsBesideSteps : null,
    };
    this.sinceRow = { ...noSteps };
    this.#timed = { steps: 0, seconds: 0, waited: 0 };
    return row;
  }
}
