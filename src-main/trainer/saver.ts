/**
 * When checkpoints are written, and what becomes of the older ones. Due are: the start (so that a run that has begun
 * can always be resumed), the interval of the configuration, the end of an epoch, a pause, a stop and the end. An
 * epoch's end is passed over when saving would take more than a twentieth of the time since the last save, so that a
 * run of second-long epochs does not spend itself on its disk; the epochs of the series (1, 2, 5, 10, ...) never are.
 */
import type { RunConfig } from '../../shared/config.ts';
import type { CheckpointReport } from '../../shared/contract/job.ts';
import type { State } from '../engine/index.ts';
import { thinCheckpoints, writeCheckpoint } from './checkpoint.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import { inSeries } from './retention.ts';

const LARGEST_SHARE = 1 / 20;

export class CheckpointSaver {
  /** The newest file written or resumed from. */
  latest: { path: string; epoch: number; step: number } | null = null;
  readonly #runDirectory: string;
  readonly #settings: RunConfig['checkpoint'];
  readonly #report: (files: CheckpointReport[]) => void;
  #savedAt = performance.now();
  #seconds = 0;

  constructor(runDirectory: string, settings: RunConfig['checkpoint'], report: (files: CheckpointReport[]) => void) {
    this.#runDirectory = runDirectory;
    this.#settings = settings;
    this.#report = report;
  }

  /** Whether a checkpoint should be written after this step. `epochEnd`: the epoch's number where one has just ended. */
  due(epochEnd: number | null): boolean {
    const since = (performance.now() - this.#savedAt) / 1000;
    if (since >= 60 * this.#settings.minutes) return true;
    return epochEnd !== null && (inSeries(epochEnd) || this.#seconds <= LARGEST_SHARE * since);
  }

  async save(state: State, facts: CheckpointFacts): Promise<void> {
    const began = performance.now();
    const path = await writeCheckpoint(this.#runDirectory, state, facts);
    this.latest = { path, epoch: facts.epoch, step: facts.step };
    this.#report(await thinCheckpoints(this.#runDirectory, this.#settings.diskGigabytes * 1e9));
    this.#savedAt = performance.now();
    this.#seconds = (this.#savedAt - began) / 1000;
  }
}
