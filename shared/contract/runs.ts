/** Runs: estimating, starting, pausing, resuming, extending; their metrics, checkpoints and query strips. */
import { z } from 'zod';
import { call, isJoined, ErrorValue, Naming, nothing, Said, WireError } from './wire.ts';
import { Id } from './dataset.ts';
import { Baselines } from '../baselines.ts';
import { MOST_EPOCHS } from '../config/limits.ts';
import { RunConfig } from '../config/schema.ts';
import { Provider } from './devices.ts';
import { EpochMetrics, ProbeMetrics, StepMetrics } from '../metricRows.ts';
import { FrozenEncoder } from '../frozen.ts';
import { StudyId } from '../lab/studyId.ts';
import { Judgement } from '../verdict/judgement.ts';

export const RunState = z.enum(['queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'interrupted']);
export type RunState = z.infer<typeof RunState>;

export const Estimate = z.object({
  seconds: z.number(),
  memoryBytes: z.number(),
  /** Bytes taken of the graphics card's memory; left out where the processor trains. */
  deviceMemoryBytes: z.number().optional(),
  diskBytes: z.number(),
  epochs: z.int(),
  stepsPerEpoch: z.int(),
  /**
   * How the time was found: 'measured' from steps of this configuration on this machine, or 'predicted' from other
   * speeds (shared/plan/speed.ts).
   */
  basis: z.enum(['measured', 'predicted']),
});
export type Estimate = z.infer<typeof Estimate>;

/** Why a configuration cannot be started; `setting` is what to change and `suggestion` a value that works. */
export const Refusal = z.object({
  setting: z.string(),
  message: z.string(),
  suggestion: z.unknown().optional(),
  /** Key and values of the error that the refusal becomes (shared/errors.ts). */
  key: z.string(),
  values: z.record(z.string(), ErrorValue),
});
export type Refusal = z.infer<typeof Refusal>;

/** Nothing that stops a run, but worth knowing before it; `message` is its sentence in English. */
export const PlanNote = z.object({ key: z.string(), message: z.string(), values: z.record(z.string(), ErrorValue) });
export type PlanNote = z.infer<typeof PlanNote>;

export const PresetName = z.enum(['quick', 'balanced', 'thorough', 'cifar', 'imagenet']);
export type PresetName = z.infer<typeof PresetName>;

export const RunSummary = z.object({
  id: Id,
  name: z.string(),
  naming: Naming.optional(),
  color: z.string(),
  notes: z.string(),
  state: RunState,
  datasetId: Id,
  datasetName: z.string(),
  datasetNaming: Naming.optional(),
  method: z.string(),
  epoch: z.number(),
  /** Epochs of the whole run: as planned until its steps are known, then exactly. */
  epochs: z.number().nullable(),
  /** Before the first step, from an estimate of the speed; fewer where the budget bought fewer. */
  plannedEpochs: z.number().nullable().default(null),
  step: z.int(),
  steps: z.int().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  createdAt: z.number(),
  /** Seconds of training, pauses left out. */
  trainingSeconds: z.number(),
  etaSeconds: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  loss: z.number().nullable(),
  knn: z.number().nullable(),
  bestKnn: z.number().nullable(),
  agreement: z.number().nullable(),
  /** The label-free quality of the last row. */
  quality: z.number().nullable().optional(),
  /** What the run is compared with; null where that was not measured, as by older versions. */
  baselines: Baselines.nullable(),
  judgement: Judgement.nullable(),
  error: WireError.nullable(),
  diskBytes: z.number(),
  /**
   * What the run is busy with before the first step and between steps (reading photos, probing); null while it trains.
   */
  activity: z.object({ ...Said.shape, fraction: z.number(), etaSeconds: z.number().nullable() }).nullable(),
  /** Up to 40 values of loss, for a sparkline. */
  sparkline: z.array(z.number()),
  /** The network from elsewhere that the run uses as it is; null or left out: it trains its own. */
  encoder: FrozenEncoder.nullable().optional(),
  /** The Lab experiment that the run is part of, with its arm and seed; null or left out where there is none. */
  experiment: z.object({ experimentId: Id, study: StudyId, armId: z.string(), seed: z.int() }).nullable().optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const Checkpoint = z.object({
  id: Id,
  runId: Id,
  epoch: z.number(),
  step: z.int(),
  bytes: z.int(),
  /** Without it the encoder can be used but training cannot continue from here. */
  hasOptimizerState: z.boolean(),
  kept: z.enum(['recent', 'best', 'series', 'final']),
  knn: z.number().nullable(),
  agreement: z.number().nullable(),
  createdAt: z.number(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

export const Run = RunSummary.extend({
  config: RunConfig,
  device: z.string().nullable(),
  images: z.int(),
  skipped: z.int(),
  untrained: ProbeMetrics.nullable(),
  checkpoints: z.array(Checkpoint),
  clonedFrom: Id.nullable(),
  /** For a run that has gone wrong: the last checkpoint at which it was still sound. */
  healthyCheckpointId: Id.nullable().default(null),
});
export type Run = z.infer<typeof Run>;

const ConfigPatch = z.record(z.string(), z.unknown());

export const runCalls = {
  'runs.list': call(nothing, z.array(RunSummary)),
  'runs.get': call(z.strictObject({ runId: Id }), Run),
  /** Preset and patch resolved to a whole configuration, with what it will cost, or why it cannot start. */
  'runs.plan': call(
    z.strictObject({
      datasetId: Id,
      preset: PresetName.nullable(),
      patch: ConfigPatch,
      /** Whether devices that it depends on and nobody tested are tested first. */
      ready: z.boolean().default(false),
    }),
    z.object({ config: RunConfig, estimate: Estimate, refusals: z.array(Refusal), notes: z.array(PlanNote) }),
  ),
  'runs.create': call(
    z.strictObject({
      datasetId: Id,
      name: z.string().max(200).nullable(),
      preset: PresetName.nullable(),
      patch: ConfigPatch,
      clonedFrom: Id.nullable().default(null),
    }),
    Run.extend(isJoined),
  ),
  'runs.pause': call(z.strictObject({ runId: Id }), nothing),
  /** A paused run goes on; an interrupted, stopped or failed one continues from its last checkpoint. */
  'runs.resume': call(
    z.strictObject({
      runId: Id,
      /**
       * Goes on there and stays there, 'auto': on the fastest of now; without it on the device it began on. For a run
       * that neither trains nor waits. Errors: device-unavailable, and the run is as it was.
       */
      device: Provider.or(z.literal('auto')).optional(),
    }),
    nothing,
  ),
  /** Saves a checkpoint and stops; `now` does not save. */
  'runs.stop': call(z.strictObject({ runId: Id, now: z.boolean().default(false) }), nothing),
  /** `epochs` more for a finished run; its schedule restarts from a stated rate. */
  'runs.extend': call(z.strictObject({ runId: Id, epochs: z.int().min(1).max(MOST_EPOCHS) }), nothing),
  'runs.update': call(
    z.strictObject({
      runId: Id,
      name: z.string().min(1).max(200).optional(),
      notes: z.string().max(20_000).optional(),
      color: z
        .string()
        .regex(/^#[0-9a-f]{6}$/i)
        .optional(),
    }),
    RunSummary,
  ),
  /** Hidden at once; its files go when the undo time is over or the app ends. Undone by restore. */
  'runs.delete': call(z.strictObject({ runId: Id }), z.object({ bytes: z.number(), undoSeconds: z.number() })),
  /** Those that can still be restored, and for how long. */
  'runs.deleted': call(nothing, z.array(z.object({ run: RunSummary, seconds: z.number() }))),
  'runs.restore': call(z.strictObject({ runId: Id }), RunSummary),
  'runs.epochs': call(z.strictObject({ runId: Id }), z.array(EpochMetrics)),
  /** Steps after `after`, bucketed to at most `points` rows (last value, min and max of each bucket). */
  'runs.steps': call(
    z.strictObject({ runId: Id, after: z.int().default(-1), points: z.int().min(10).max(5000).default(1000) }),
    z.array(StepMetrics.extend({ lossMin: z.number(), lossMax: z.number() })),
  ),
  /** The same query photos with their nearest neighbours at each probe. */
  'runs.strip': call(
    z.strictObject({ runId: Id }),
    z.array(
      z.object({
        epoch: z.number(),
        step: z.int(),
        queries: z.array(
          z.object({
            imageId: Id,
            neighbours: z.array(
              /** `closer`: share of the pairs of probe photos that are less alike; runs before it was kept have none. */
              z.object({ imageId: Id, similarity: z.number(), closer: z.number().optional() }),
            ),
          }),
        ),
      }),
    ),
  ),
} as const;
