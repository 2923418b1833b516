/** What travels between the application and its trainer while a job runs: commands go in, reports and results come out. */
import type { Baselines } from '../baselines.ts';
import type { FrozenLook } from '../frozen.ts';
import type { RunConfig } from '../config/schema.ts';
import type { EpochMetrics, ProbeMetrics, StepMetrics } from '../metricRows.ts';
import type { Judgement } from '../verdict/judgement.ts';
import type { Said, WireError } from './wire.ts';
import type { Skipped } from './dataset.ts';
import type { Estimate } from './runs.ts';
import type { ExportFormat } from './exports.ts';
import type { Job, TeacherLook } from './job.ts';

/** Application -> trainer. */
export type Command =
  /** Entries of a list (shared/jobLists.ts) of the job that comes then: those of a million photos at once hold either side. */
  | { type: 'photos'; of: string; images: unknown[] }
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
      /** Null where they are not known yet. */
      baselines: Baselines | null;
    }
  /** What the run is compared with, before its first verdict; null where what costs nothing could not be measured. */
  | { type: 'baselines'; baselines: Baselines | null }
  | { type: 'untrained'; metrics: ProbeMetrics }
  /** `etaSeconds`: what is left of the run at the pace of the latest steps; null before a pace is known. */
  | { type: 'steps'; steps: StepMetrics[]; etaSeconds: number | null }
  | { type: 'epoch'; metrics: EpochMetrics }
  | { type: 'verdict'; judgement: Judgement }
  | {
      type: 'strip';
      epoch: number;
      step: number;
      queries: { imageId: string; neighbours: { imageId: string; similarity: number; closer?: number }[] }[];
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
  /** `images`: of which photo each row is (shared/idList.ts). */
  | { kind: 'embed'; images: Uint8Array<ArrayBuffer>; dimensions: number; skipped: Skipped[] }
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
      embedded: {
        images: Uint8Array<ArrayBuffer>;
        dimensions: number;
        step: number;
        checked: number;
        difference: number;
      } | null;
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
      /** The class of each photo, among `classes`. */
      truth: Int32Array;
      /** Which photo each of them is of (shared/idList.ts). */
      tested: Uint8Array<ArrayBuffer>;
      split: string;
      /** Groups of several photos that were kept together, and those that lie on both sides of the split. */
      groups: { kept: number; cut: number };
      /** Photos that could have been tested, and of how many the graph said who votes. */
      asked: { of: number; byGraph: number };
    }
  | {
      kind: 'export';
      /** Names relative to the export's folder. */
      files: { file: string; bytes: number; format: string }[];
      /** Largest difference found when a file was read back. */
      verified: { file: string; difference: number; reader: string }[];
      /** Lines of code that load each format. */
      snippets: { format: string; language: string; code: string }[];
      /** Formats that could not be written, and why. */
      failures: { format: ExportFormat; error: WireError }[];
    };
