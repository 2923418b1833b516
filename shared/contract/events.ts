/** Events broadcast state; calls orchestrate. A late subscriber asks for the whole with a call, then follows. */
import { z } from 'zod';
import { Id, Dataset, ScanProgress, Skipped } from './dataset.ts';
import { Estimate, RunSummary } from './runs.ts';
import { Task } from './explore.ts';
import { Experiment } from './lab.ts';
import { Devices } from './devices.ts';
import { Tag } from './tags.ts';
import { Settings } from './system.ts';
import { WireError } from './wire.ts';
import { Baselines } from '../baselines.ts';
import { RunConfig } from '../config/schema.ts';
import { EpochMetrics, ProbeMetrics, StepMetrics } from '../metricRows.ts';
import { Judgement } from '../verdict/judgement.ts';

export const AppEvent = z.discriminatedUnion('name', [
  z.object({ name: z.literal('scan'), progress: ScanProgress }),
  z.object({ name: z.literal('dataset'), dataset: Dataset }),
  z.object({ name: z.literal('datasetRemoved'), datasetId: Id }),
  z.object({ name: z.literal('run'), run: RunSummary }),
  z.object({ name: z.literal('runRemoved'), runId: Id }),
  /** A process trains it: where, on what, and what it is expected to cost. Again after each resume. */
  z.object({
    name: z.literal('started'),
    runId: Id,
    device: z.string(),
    images: z.int(),
    /** The first of them in the order of names: library.skipped lists all. */
    skipped: z.array(Skipped),
    skippedTotal: z.int(),
    config: RunConfig,
    estimate: Estimate,
    startStep: z.int(),
    /** What a run that goes on says of what has changed. */
    notice: WireError.nullable(),
    /** What the run is compared with; null where that is not known yet. */
    baselines: Baselines.nullable(),
  }),
  /** What a run is compared with, measured before its first verdict; null where it could not be. */
  z.object({ name: z.literal('baselines'), runId: Id, baselines: Baselines.nullable() }),
  z.object({ name: z.literal('untrained'), runId: Id, metrics: ProbeMetrics }),
  z.object({ name: z.literal('epoch'), runId: Id, metrics: EpochMetrics }),
  z.object({ name: z.literal('steps'), runId: Id, steps: z.array(StepMetrics) }),
  z.object({ name: z.literal('verdict'), runId: Id, judgement: Judgement }),
  /** A new row of runs.strip, or a change of the run's checkpoints: ask for them again where they are shown. */
  z.object({ name: z.literal('strip'), runId: Id, step: z.int() }),
  z.object({ name: z.literal('checkpoints'), runId: Id }),
  z.object({ name: z.literal('task'), task: Task }),
  /** An experiment's table, state or progress changed; at most once a second while it trains. */
  z.object({ name: z.literal('experiment'), experiment: Experiment }),
  z.object({ name: z.literal('experimentRemoved'), experimentId: Id }),
  /** A device is being tested, or has been. */
  z.object({ name: z.literal('devices'), ...Devices.shape }),
  /** All tags: one was made or changed, or photos have others. `merged`: which tag each that was merged is now, by their ids. */
  z.object({ name: z.literal('tags'), tags: z.array(Tag), merged: z.record(Id, Id).optional() }),
  z.object({ name: z.literal('settings'), settings: Settings }),
  /** Something went wrong that nobody waited for; the application goes on. */
  z.object({ name: z.literal('fault'), error: WireError }),
]);
export type AppEvent = z.infer<typeof AppEvent>;
export type AppEventName = AppEvent['name'];
