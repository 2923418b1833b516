/**
 * The Lab: a study of the paper on a person's own folder. An experiment is a study's arms times its seeds; each of
 * them is an ordinary run in the history, one trained after the other with the same photos, probe and number of
 * epochs. What a study is, is data in shared/lab/studies.ts; curves of the arms come from runs.epochs of their runs.
 */
import { z } from 'zod';
import { call, isJoined, Naming, nothing, WireError } from './wire.ts';
import { Id } from './dataset.ts';
import { PlanNote, Refusal, RunState } from './runs.ts';
import { RunConfig } from '../config/schema.ts';
import { BeginningChoice, PhotoKind } from '../lab/photoKind.ts';
import { StudyId } from '../lab/studyId.ts';
import { Verdict } from '../verdict/judgement.ts';

export { StudyId } from '../lab/studyId.ts';

/**
 * What arms are compared by: labels of the folder where it has them, else how well two views of a photo are told from
 * other photos (neighbour agreement; where ways to begin are compared, the label-free quality).
 */
export const LabMeasure = z.enum(['knn', 'linear', 'agreement', 'quality']);
export type LabMeasure = z.infer<typeof LabMeasure>;

/** How long and with how many seeds an experiment trains unless told, and at most. */
export const labLimits = { minutes: { usual: 2, most: 10_000 }, seeds: { usual: 1, most: 20 } } as const;

export const LabRequest = z.strictObject({
  study: StudyId,
  datasetId: Id,
  /** Budget of the slowest arm; every arm makes as many epochs as it does. */
  minutes: z.number().gt(0).max(labLimits.minutes.most).default(labLimits.minutes.usual),
  /** Each arm is trained with so many seeds, 0, 1, 2, ...; the same ones in every arm. */
  seeds: z.int().min(1).max(labLimits.seeds.most).default(labLimits.seeds.usual),
  /** A linear classifier on the frozen features after each arm; needs labels. */
  linear: z.boolean().default(false),
  /** What the photos are of, for the study 'which-way'; 'any' without it. */
  kind: PhotoKind.optional(),
  /** An encoder that may teach, as teacher.from: one more way of the study 'which-way'. */
  teacher: z.string().optional(),
});
export type LabRequest = z.infer<typeof LabRequest>;

export const ReportLanguage = z.enum(['en', 'zh-CN']);
export type ReportLanguage = z.infer<typeof ReportLanguage>;

export const LabPlan = z.object({
  study: StudyId,
  /** What the photos were said to be of; plans of older versions lack it. */
  kind: PhotoKind.optional(),
  /** Who teaches in the arm that has a teacher. */
  teacher: z.string().optional(),
  /** Photos that the arms see: those of the folder, or the part of it that their setting `photos` names. */
  images: z.int(),
  epochs: z.int(),
  measure: LabMeasure,
  /** kNN: 'leave-one-out' of `asked` photos, or 'held-out' ones classified by the others. */
  split: z.enum(['leave-one-out', 'held-out']),
  asked: z.int(),
  arms: z.array(
    z.object({
      armId: z.string(),
      /** The arm's configuration with the first seed. */
      config: RunConfig,
      steps: z.int(),
      /** Predicted time of the arm for one seed, preparation and probes included. */
      seconds: z.number(),
    }),
  ),
  /** Predicted time of all arms and seeds, linear evaluations included. */
  seconds: z.number(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  /** 'measured': from real steps of the slowest arm on this machine. */
  basis: z.enum(['measured', 'predicted']),
  refusals: z.array(Refusal),
  notes: z.array(PlanNote),
});
export type LabPlan = z.infer<typeof LabPlan>;

/** One training: an arm with a seed. Figures are those of its last row so far; final once it is finished. */
export const LabCell = z.object({
  armId: z.string(),
  seed: z.int(),
  /** null before it has begun, or when its run was deleted; its figures are kept. */
  runId: Id.nullable(),
  color: z.string(),
  state: RunState,
  /** 0 to 1. */
  progress: z.number(),
  etaSeconds: z.number().nullable(),
  seconds: z.number(),
  figures: z
    .object({
      epoch: z.number(),
      loss: z.number().nullable(),
      knn: z.number().nullable(),
      agreement: z.number(),
      quality: z.number().nullable().optional(),
      rank: z.number(),
      /** Std of z × √d in training: the paper's Fig. 2. */
      zStd: z.number(),
      verdict: Verdict,
      untrained: z.object({
        knn: z.number().nullable(),
        agreement: z.number(),
        quality: z.number().nullable().optional(),
        rank: z.number(),
      }),
      /** The best of what costs nothing (shared/baselines.ts), by the measure that is known before training. */
      free: z.number().nullable().default(null),
    })
    .nullable(),
  /** Accuracy of the linear classifier, 0 to 1; null where none was asked for or it is not done. */
  linear: z.number().nullable(),
  error: WireError.nullable(),
});
export type LabCell = z.infer<typeof LabCell>;

/** What became of an arm, beyond chance and beside the reference (lab/table.ts). */
export const Outcome = z.enum(['learned', 'collapsed', 'collapsing', 'notLearned', 'lost', 'diverged', 'failed']);
export type Outcome = z.infer<typeof Outcome>;

/** An arm over its finished seeds. Means are null before the first; measures are fractions, 0 to 1. */
export const LabRow = z.object({
  armId: z.string(),
  reference: z.boolean(),
  /** `done`: seeds that have finished; `failed`: those that ended with an error. */
  done: z.int(),
  failed: z.int(),
  /** Values of `measure`, one for each seed that is done. */
  values: z.array(z.number()),
  mean: z.number().nullable(),
  /** Standard deviation over seeds; null with fewer than two. */
  spread: z.number().nullable(),
  /** The measure that is known before training too, kNN or agreement, and what it was then; means over seeds. */
  probed: z.number().nullable(),
  untrained: z.number().nullable(),
  free: z.number().nullable(),
  loss: z.number().nullable(),
  rank: z.number().nullable(),
  untrainedRank: z.number().nullable(),
  zStd: z.number().nullable(),
  /** The most frequent over the seeds; 'diverging' where all ended with an infinite loss. */
  verdict: Verdict.nullable(),
  /** By which the findings go; null before it has a figure, and for a way to begin, which has no paper to be compared with. */
  outcome: Outcome.nullable(),
});
export type LabRow = z.infer<typeof LabRow>;

/** A sentence on what the table shows: text by shared/messages/lab.ts, under `finding.KEY`; made by lab/findings.ts. */
export const Finding = z.object({
  key: z.string(),
  values: z.record(z.string(), z.number()),
  /** Placeholders that stand for arms, as their ids. */
  arms: z.record(z.string(), z.array(z.string())),
});
export type Finding = z.infer<typeof Finding>;

/**
 * Queued: another experiment is before it. Stopped: by a person, or because the device gave up (then an arm is
 * interrupted and has the error); it can be resumed. Finished: every arm has ended.
 */
export const ExperimentState = z.enum(['queued', 'running', 'paused', 'stopped', 'finished']);
export type ExperimentState = z.infer<typeof ExperimentState>;

export const Experiment = z.object({
  id: Id,
  study: StudyId,
  /** What the photos were said to be of; the paper's studies do not ask. */
  kind: PhotoKind.optional(),
  teacher: z.string().optional(),
  datasetId: Id,
  datasetName: z.string(),
  datasetNaming: Naming.optional(),
  state: ExperimentState,
  minutes: z.number(),
  seeds: z.int(),
  linear: z.boolean(),
  measure: LabMeasure,
  split: z.enum(['leave-one-out', 'held-out']),
  asked: z.int(),
  images: z.int(),
  epochs: z.int(),
  device: z.string().nullable(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  /** In the order in which they are trained: all arms with the first seed, then with the next. */
  cells: z.array(LabCell),
  /** In the study's order. */
  rows: z.array(LabRow),
  /** What the table shows so far; empty before the reference arm is done. */
  findings: z.array(Finding),
  /** Of the study 'which-way', once an arm is done: the way to go on with. */
  choice: BeginningChoice.nullable().optional(),
  /** 0 to 1, over all cells. */
  progress: z.number(),
  etaSeconds: z.number().nullable(),
  /** What it is busy with beside training; null while it trains. */
  activity: z.enum(['linear']).nullable(),
  /** Where its last report was written, for display; null before. */
  reportFolder: z.string().nullable(),
  ...isJoined,
});
export type Experiment = z.infer<typeof Experiment>;

const experiment = z.strictObject({ experimentId: Id });

export const labCalls = {
  /**
   * What a study would compute and take, before it starts. The first call for a study measures a few real steps of
   * its slowest arm (some seconds), unless something trains just now; minutes, seeds and linear cost nothing more.
   */
  'lab.plan': call(LabRequest, LabPlan),
  /** Errors: cannot-start or no-images with the plan's refusals in details; not-available: linear without labels. */
  'lab.start': call(LabRequest, Experiment),
  /** Newest first. */
  'lab.list': call(nothing, z.array(Experiment)),
  'lab.get': call(experiment, Experiment),
  /** Holds the arm that trains; it stays in memory. */
  'lab.pause': call(experiment, nothing),
  /** Goes on where it was: paused, stopped, or finished with arms that failed for another reason than diverging. */
  'lab.resume': call(experiment, nothing),
  /** The arm that trains saves and stops, none is started any more; `now` does not save. */
  'lab.stop': call(experiment.extend({ now: z.boolean().default(false) }), nothing),
  /** With `runs` its runs are deleted too (each can be restored for a while, as with runs.delete); else they stay in the history. */
  'lab.delete': call(experiment.extend({ runs: z.boolean() }), z.object({ runs: z.int(), bytes: z.number() })),
  /** The report as text, for a host that saves it itself. Files: report.html, arms.csv, epochs.csv. */
  'lab.preview': call(
    experiment.extend({ language: ReportLanguage }),
    z.array(z.object({ file: z.string(), type: z.string(), text: z.string() })),
  ),
  /** Writes the same files; `folder` null: below the app's own exports folder. `replace` as for exports.start. */
  'lab.report': call(
    experiment.extend({
      language: ReportLanguage,
      folder: z.string().nullable().default(null),
      replace: z.boolean().default(false),
    }),
    z.object({ folder: z.string(), files: z.array(z.object({ file: z.string(), bytes: z.int() })) }),
  ),
  /** Shows the folder of the last report in the system's file manager; desktop application only. */
  'lab.reveal': call(experiment, nothing),
} as const;
