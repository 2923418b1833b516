/**
 * What the application asks of its compute process (the trainer), one job at a time; what comes back is report.ts. Paths
 * appear here, and only here: this seam is inside the application and never reaches a window.
 */
import { z } from 'zod';
import { Baselines } from '../baselines.ts';
import { FrozenPatch } from '../frozen.ts';
import { RunConfig } from '../config/schema.ts';
import { EpochMetrics, ProbeMetrics } from '../metricRows.ts';
import { Provider } from './devices.ts';
import { LinearSolver } from './evaluate.ts';
import { ExportFormat } from './exports.ts';
import { Naming } from './wire.ts';

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
  /** Both sides are photos of one folder, none of them on both: groups that are called alike are the same. */
  isOneFolder: z.boolean().optional(),
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
  /** The photos are a collection: the folder that the card names may hold many more. */
  ofCollection: z.boolean(),
  /** What the folder says of itself. */
  card: z.object({
    run: z.string().nullable(),
    name: z.string(),
    naming: Naming,
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

/** Looks at an encoder's ONNX file, whether it works on known pictures, and where asked makes the checkpoint of a run of it. */
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
