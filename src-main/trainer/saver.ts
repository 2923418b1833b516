/**
 * When checkpoints are written, and what becomes of the older ones. Due are: the start (so that a run that has begun
 * can always be resumed), the interval of the configuration, the end of an epoch, a pause, a stop and the end. An
 * epoch's end is passed over when saving would take more than a twentieth of the time since the last save, so that a
 * run of second-long epochs does not spend itself on its disk; the epochs of the series (1, 2, 5, 10, ...) never are.
 */
import type { CheckpointReport } from '../../shared/contract/report.ts';
import { recordVersion } from '../../shared/records.ts';
import type { State } from '../engine/index.ts';
import type { Comparison } from './baselines.ts';
import { thinCheckpoints, writeCheckpoint } from './checkpoint.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import { NonFiniteLossError } from './errors.ts';
import type { Even } from './even.ts';
import { firstNotFinite } from './finite.ts';
import { noSteps } from './history.ts';
import { withReadout } from './readout.ts';
import { inSeries } from './retention.ts';
import { epochAt, learningRatesAt, placeAt, totalSteps } from './schedule.ts';
import type { StartingPoint } from './start.ts';

const LARGEST_SHARE = 1 / 20;

/** What a checkpoint says of its run. */
type RunFacts = Pick<CheckpointFacts, 'runId' | 'config' | 'schedule' | 'images' | 'imagesHash' | 'baselines'>;
/** What it says of the moment; the rest follows from the step. */
type Moment = Pick<CheckpointFacts, 'step' | 'trainingSeconds' | 'sinceRow' | 'lastRow'>;

export class CheckpointSaver {
  /** The newest file written or resumed from. */
  latest: { path: string; epoch: number; step: number } | null = null;
  readonly #directory: string;
  readonly #run: RunFacts & { baselines: CheckpointFacts['baselines'] };
  readonly #evenPhotos: () => Even;
  readonly #report: (files: CheckpointReport[]) => void;
  #savedAt = performance.now();
  #seconds = 0;

  constructor(directory: string, run: RunFacts, evenPhotos: () => Even, report: (files: CheckpointReport[]) => void) {
    this.#evenPhotos = evenPhotos;
    this.#directory = directory;
    this.#run = { ...run };
    this.#report = report;
  }

  /**
   * Writes the first checkpoint, so that there is something to resume from at once, with the schedule that was fitted
   * to this machine.
   * @param state as it is before the first step
   */
  async begin(
    state: State,
    { facts, checkpoint: path }: StartingPoint,
    { untrained, readout }: Pick<Comparison, 'untrained' | 'readout'>,
  ): Promise<void> {
    if (facts) this.latest = { path: path!, epoch: facts.epoch, step: facts.step };
    if (facts?.schedule === this.#run.schedule) await this.#thin();
    else await this.save(withReadout(state, readout), facts?.step ? facts : untrained, facts ?? firstMoment());
  }

  /** What the run is compared with, once that has been measured. */
  compared(baselines: CheckpointFacts['baselines']): void {
    this.#run.baselines = baselines;
  }

  /** Whether a checkpoint should be written after this step. `epochEnd`: the epoch's number where one has just ended. */
  due(epochEnd: number | null): boolean {
    const since = (performance.now() - this.#savedAt) / 1000;
    if (since >= 60 * this.#run.config.checkpoint.minutes) return true;
    return epochEnd !== null && (inSeries(epochEnd) || this.#seconds <= LARGEST_SHARE * since);
  }

  async save(
    state: State,
    worth: Pick<CheckpointFacts, 'knn' | 'agreement'> | null,
    { step, trainingSeconds, sinceRow, lastRow }: Moment,
  ): Promise<void> {
    this.assertFinite(state, step);
    const began = performance.now();
    const { schedule } = this.#run;
    const epoch = epochAt(schedule, step);
    const path = await writeCheckpoint(this.#directory, state, {
      ...this.#run,
      version: recordVersion,
      step,
      epoch,
      stepInEpoch: placeAt(schedule, step).stepInEpoch,
      trainingSeconds,
      knn: worth?.knn ?? null,
      agreement: worth?.agreement ?? null,
      finished: step === totalSteps(schedule),
      sinceRow,
      lastRow,
    });
    this.latest = { path, epoch, step };
    await this.#thin();
    this.#savedAt = performance.now();
    this.#seconds = (this.#savedAt - began) / 1000;
  }

  /** @throws NonFiniteLossError naming the first tensor that holds NaN or infinity after so many steps */
  assertFinite(state: State, step: number): void {
    for (const [name, { data }] of state)
      if (firstNotFinite(data) >= 0) throw this.notFinite(step, `the tensor ${name}`);
  }

  /** The error that says that `what` became NaN or infinite in the step before, and what is kept. */
  notFinite(step: number, what: string): NonFiniteLossError {
    const { config, schedule } = this.#run;
    const { learningRate } = learningRatesAt(config, schedule, Math.max(0, step - 1));
    const checkpoint = this.latest ? `epoch ${this.latest.epoch.toFixed(2)} (step ${this.latest.step})` : null;
    return new NonFiniteLossError(
      { step, epoch: epochAt(schedule, step), learningRate, what, checkpoint },
      this.#evenPhotos(),
    );
  }

  async #thin(): Promise<void> {
    this.#report(await thinCheckpoints(this.#directory, this.#run.config.checkpoint.diskGigabytes * 1e9));
  }
}

const firstMoment = (): Moment => ({ step: 0, trainingSeconds: 0, sinceRow: { ...noSteps }, lastRow: null });
