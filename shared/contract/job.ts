/**
 * The application and its compute process (the trainer): one job at a time goes in, reports come out. Paths
 * appear here, and only here: this seam is inside the application and never reaches a window.
 */
import { z } from 'zod';
import { Baselines } from '../baselines.ts';
import { FrozenPatch } from '../frozen.ts';
import type { FrozenLook } from '../frozen.ts';
import { RunConfig } from '../config/schema.ts';
import type { StepMetrics } from '../metricRows.ts';
import { EpochMetrics, ProbeMetrics } from '../metricRows.ts';
import type { Judgement } from '../verdict/judgement.ts';
import type { Said, WireError } from './wire.ts';
import type { Skipped } from './library.ts';
import { Provider } from './devices.ts';
import type { Estimate } from './runs.ts';
import { ExportFormat, LinearSolver } from './explore.ts';

export const JobImage = z.object({
  id: z.string(),
  path: z.string(),
  /** Path relative to the dataset's folder. */
  file: z.string(),
  /** Which part of the file it is (shared/parts.ts); left out or '': the whole. */
  part: z.string().optional(),
  bytes: z.number(),
  modified: z.number(),
  label: z.string().nullable(),
  heldOut: z.boolean(),
  /** What it belongs to with other photos; left out: it stands alone. */
  group: z.string().optional(),
  /** Upright; left out where the photo was not decoded yet. */
  width: z.int().optional(),
  height: z.int().optional(),
});
export type JobImage = z.infer<typeof JobImage>;

/** What the application knows of the device that a job computes on; the trainer asks no operating system. */
export const JobDevice = z.object({
  name: z.string(),
  /** Its own memory, bytes; null where it shares the computer's or none is reported. */
  memoryBytes: z.number().nullable(),
  /** Milliseconds of the self-test's larger step; null where it was not timed. */
  speedMilliseconds: z.number().nullable(),
});
export type JobDevice = z.infer<typeof JobDevice>;

const workplace = { cacheDirectory: z.string(), cacheBytes: z.number(), device: JobDevice.optional() };
const source = { config: RunConfig, checkpoint: z.string() };

/** The file of a teacher; `ofRun`: it is a checkpoint of a run here, also of one that trains nothing. */
export const TeacherFile = z.object({ file: z.string(), ofRun: z.boolean() });
export type TeacherFile = z.infer<typeof TeacherFile>;

export const TrainJob = z.object({
  kind: z.literal('train'),
  runId: z.string(),
  /** runs/<id>: checkpoints are written below it. */
  directory: z.string(),
  ...workplace,
  config: RunConfig,
  images: z.array(JobImage),
  /** File of weights that the backbone starts from, or null for random. */
  initialWeights: z.string().nullable(),
  /** The encoder that teaches; left out or null: there is none, or it is gone. */
  teacher: TeacherFile.nullable().optional(),
  /** Checkpoint file to continue from, or null for a fresh start. */
  resumeFrom: z.string().nullable(),
  /** Extra epochs after a finished schedule; it restarts from a stated rate. */
  extendBy: z.int().nullable(),
  /** Rows the history already holds, so that the verdict sees the whole run after a resume. */
  history: z.array(EpochMetrics),
  untrained: ProbeMetrics.nullable(),
  /** What the run is compared with, measured when it began; left out or null: measured before it goes on. */
  baselines: Baselines.nullable().optional(),
});
export type TrainJob = z.infer<typeof TrainJob>;

/** Asks what a configuration costs, measured by a few real steps or predicted. */
export const EstimateJob = z.object({
  kind: z.literal('estimate'),
  config: RunConfig,
  images: z.int(),
  measure: z.boolean(),
  ...workplace,
  directory: z.string(),
});
export type EstimateJob = z.infer<typeof EstimateJob>;

export const EmbedJob = z.object({
  kind: z.literal('embed'),
  ...source,
  ...workplace,
  images: z.array(JobImage),
  /** .npy file to write, [images, D] float32 backbone features; rows of skipped images are left out. */
  output: z.string(),
});
export type EmbedJob = z.infer<typeof EmbedJob>;

/** Holds an encoder open and answers 'query' commands until closed. */
export const ServeQueriesJob = z.object({ kind: z.literal('queries'), ...source });
export type ServeQueriesJob = z.infer<typeof ServeQueriesJob>;

const embedded = z.object({
  vectors: z.string(),
  /** `group`: photos of one are parts of one file, which no split cuts apart. */
  images: z.array(z.object({ id: z.string(), label: z.string().nullable(), group: z.string().optional() })),
});
export const EvaluateJob = z.object({
  kind: z.literal('evaluate'),
  evaluation: z.enum(['knn', 'linear', 'fewshot']),
  /** .npy files made by embed jobs; test null: leave-one-out (kNN) or a counted split of train. */
  train: embedded,
  test: embedded.nullable(),
  /** The kept graph of the training photos (files/arrays.ts), k' neighbours each; left out: there is none. */
  graph: z.object({ file: z.string(), kind: z.string(), version: z.int(), k: z.int() }).optional(),
  k: z.int(),
  temperature: z.number(),
  solver: LinearSolver,
  shots: z.array(z.int()),
  seed: z.int(),
});
export type EvaluateJob = z.infer<typeof EvaluateJob>;

export const ExportJob = z.object({
  kind: z.literal('export'),
  ...source,
  ...workplace,
  formats: z.array(ExportFormat),
  directory: z.string(),
  /** Texts in CSV files that a spreadsheet would compute stand behind an apostrophe. */
  guard: z.boolean().optional(),
  /** Photos for the check that the exported file gives the same embedding, and of the embeddings. */
  images: z.array(JobImage),
  /** What the embedding formats are written from: the .npy file of an embed job and whose rows they are; null: none of these formats is asked for. */
  embedded: z.object({ vectors: z.string(), images: z.array(z.string()) }).nullable(),
  /** Photos whose embeddings are written; absent: all of them. */
  only: z.array(z.string()).optional(),
  /** Facts for the model card. */
  card: z.record(z.string(), z.unknown()),
});
export type ExportJob = z.infer<typeof ExportJob>;

/** Writes a folder that trains a run elsewhere, in PyTorch. */
export const ClusterJob = z.object({
  kind: z.literal('cluster'),
  ...workplace,
  config: RunConfig,
  /** runs/<id> of the run that goes on elsewhere, whose checkpoints are below it; left out for a new run. */
  directory: z.string(),
  images: z.array(JobImage),
  initialWeights: z.string().nullable(),
  resumeFrom: z.string().nullable(),
  extendBy: z.int().nullable(),
  untrained: ProbeMetrics.nullable(),
  baselines: Baselines.nullable(),
  /** Folder to write to, which the application has claimed already. */
  target: z.string(),
  /** Photos as they are trained on, in tar files; else as a list of their files. */
  shards: z.boolean(),
  /** What the folder says of itself. */
  card: z.object({
    run: z.string().nullable(),
    name: z.string(),
    dataset: z.string(),
    folder: z.string(),
    version: z.string(),
  }),
});
export type ClusterJob = z.infer<typeof ClusterJob>;

/** Takes over what such a folder has made: verified, as checkpoints, rows and embeddings of a run of this home. */
export const ClusterResultJob = z.object({
  kind: z.literal('clusterResult'),
  ...workplace,
  /** The folder. */
  source: z.string(),
  runId: z.string(),
  /** runs/<id>, which is new: checkpoints are written below it. */
  directory: z.string(),
  /** .npy file for the embeddings, where there are any. */
  output: z.string(),
  /** Photos of the dataset that the run was trained on. */
  images: z.array(JobImage),
});
export type ClusterResultJob = z.infer<typeof ClusterResultJob>;

/** Looks at an ONNX file of others, whether it works on known pictures, and where asked makes the checkpoint of a run of it. */
export const FrozenJob = z.object({
  kind: z.literal('frozen'),
  /** The file. */
  source: z.string(),
  form: FrozenPatch,
  licence: z.string(),
  origin: z.string(),
  /** `directory`: runs/<id>, which is new; `images`: photos of the folder that the run is of. */
  keep: z.object({ runId: z.string(), directory: z.string(), config: RunConfig, images: z.int() }).nullable(),
});
export type FrozenJob = z.infer<typeof FrozenJob>;

/** Looks at the encoder that is to teach a run of these settings: whether it can, and how long it takes. */
export const TeacherJob = z.object({ kind: z.literal('teacher'), teacher: TeacherFile, config: RunConfig });
export type TeacherJob = z.infer<typeof TeacherJob>;

/** What a plan says of a teacher. */
export const TeacherLook = z.object({
  /** Numbers that it makes of a photo. */
  dimensions: z.int(),
  /** Seconds of the processor for one photo, without reading it. */
  secondsPerPhoto: z.number(),
  /** As its file says; '' where it does not. */
  licence: z.string(),
  origin: z.string(),
});
export type TeacherLook = z.infer<typeof TeacherLook>;

/** One real training step of a small network on `device`, compared with the processor's; then how fast it is. */
export const SelfTestJob = z.object({ kind: z.literal('selfTest'), device: Provider });
export type SelfTestJob = z.infer<typeof SelfTestJob>;

/** Views of a few counted photos made on `device`, compared with the processor's. Apart from the step: what takes the process down here leaves that one's outcome. */
export const ViewTestJob = z.object({ kind: z.literal('viewTest'), device: Provider });
export type ViewTestJob = z.infer<typeof ViewTestJob>;

export const Job = z.discriminatedUnion('kind', [
  TrainJob,
  EstimateJob,
  EmbedJob,
  ServeQueriesJob,
  EvaluateJob,
  ExportJob,
  ClusterJob,
  ClusterResultJob,
  FrozenJob,
  TeacherJob,
  SelfTestJob,
  ViewTestJob,
]);
export type Job = z.infer<typeof Job>;

/** Application -> trainer. */
export type Command =
  /** Some of the photos of the job that comes then, whose own list goes on with them: a million at once hold either side. */
  | { type: 'photos'; images: JobImage[] }
  | { type: 'job'; job: Job }
  | { type: 'pause' }
  | { type: 'resume' }
  /** Finish the step, save, report 'stopped'. `now`: without saving. */
  | { type: 'stop'; now: boolean }
  /** To a 'queries' job: the bytes of one image; answered by 'queryResult' with the same id. */
  | { type: 'query'; id: number; image: Uint8Array };

export interface CheckpointReport {
  file: string;
  epoch: number;
  step: number;
  bytes: number;
  hasOptimizerState: boolean;
  kept: 'recent' | 'best' | 'series' | 'final';
  knn: number | null;
  agreement: number | null;
}

/** Trainer -> application. */
export type Report =
  | { type: 'ready' }
  | { type: 'heartbeat'; at: number }
  | ({ type: 'progress'; fraction: number; etaSeconds: number | null } & Said)
  /** Something has been healed, or is otherwise than was asked for; the job goes on. */
  | { type: 'notice'; notice: WireError & Said }
  | {
      type: 'started';
      device: string;
      images: number;
      skipped: Skipped[];
      config: RunConfig;
      estimate: Estimate;
      stepsPerEpoch: number;
      totalSteps: number;
      startStep: number;
      /** Epochs done before this start. */
      startEpoch: number;
      /** What a run that goes on says of what has changed. */
      notice: WireError | null;
      /** Null where what costs nothing could not be measured. */
      baselines: Baselines | null;
    }
  | { type: 'untrained'; metrics: ProbeMetrics }
  /** `etaSeconds`: what is left of the run at the pace of the latest steps; null before a pace is known. */
  | { type: 'steps'; steps: StepMetrics[]; etaSeconds: number | null }
  | { type: 'epoch'; metrics: EpochMetrics }
  | { type: 'verdict'; judgement: Judgement }
  | {
      type: 'strip';
      epoch: number;
      step: number;
      queries: { imageId: string; neighbours: { imageId: string; similarity: number }[] }[];
    }
  /** All checkpoint files now on disk, after one was written or the retention rule took some away. */
  | { type: 'checkpoints'; files: CheckpointReport[] }
  | { type: 'paused' }
  | { type: 'resumed' }
  | { type: 'stopped'; saved: boolean }
  | { type: 'queryResult'; id: number; vector: Float32Array | null; error: WireError | null }
  | { type: 'done'; result: JobResult }
  | { type: 'failed'; error: WireError };

export type JobResult =
  | { kind: 'train'; checkpoint: string; epochs: number; seconds: number }
  | { kind: 'estimate'; estimate: Estimate }
  | { kind: 'embed'; images: string[]; dimensions: number; skipped: Skipped[] }
  | { kind: 'queries' }
  | { kind: 'cluster'; files: string[]; photos: number; steps: number; skipped: Skipped[] }
  | {
      kind: 'clusterResult';
      config: RunConfig;
      /** Steps done at the newest checkpoint. */
      step: number;
      epoch: number;
      totalSteps: number;
      epochs: number;
      finished: boolean;
      trainingSeconds: number;
      photos: number;
      checkpoints: CheckpointReport[];
      untrained: ProbeMetrics | null;
      rows: EpochMetrics[];
      judgement: Judgement | null;
      /** Steps of the run, thinned where there are very many. */
      steps: StepMetrics[];
      /** Null where nothing was embedded. `difference`: the largest from what is computed here, relative to a vector's length. */
      embedded: { images: string[]; dimensions: number; step: number; checked: number; difference: number } | null;
    }
  | { kind: 'frozen'; look: FrozenLook; checkpoint: CheckpointReport | null }
  | { kind: 'teacher'; look: TeacherLook }
  | {
      kind: 'selfTest';
      /** Largest difference of a tensor's change from the processor's, relative to that change in norm; and which tensor. */
      difference: number;
      tensor: string;
      passed: boolean;
      stepMilliseconds: number;
      speedMilliseconds: number | null;
      float16: boolean;
    }
  | {
      kind: 'viewTest';
      /** Largest difference of a pixel from the processor's, where 1 is from black to white. */
      difference: number;
      passed: boolean;
    }
  | {
      kind: 'evaluate';
      accuracy: number;
      spread: number | null;
      shots: { shots: number; accuracy: number; spread: number }[];
      classes: string[];
      confusion: number[][];
      predictions: Int32Array;
      tested: string[];
      split: string;
      /** Groups of several photos that were kept together, and those that lie on both sides of the split. */
      groups: { kept: number; cut: number };
      /** Photos that could have been tested, and of how many the graph said who votes. */
      asked: { of: number; byGraph: number };
    }
  | {
      kind: 'export';
      files: { file: string; bytes: number; format: string }[];
      verified: { file: string; difference: number; reader: string }[];
      snippets: { format: string; language: string; code: string }[];
      failures: { format: ExportFormat; error: WireError }[];
    };
