/** How good an encoder's features are on a labelled folder: asked as a task, kept, and looked at cell by cell. */
import { z } from 'zod';
import { Id } from './dataset.ts';
import { Task } from './explore.ts';
import { call } from './wire.ts';

/** How the linear classifier is fitted: to the convex optimum, or by the schedules of papers. */
export const LinearSolver = z.enum(['lbfgs', 'sgd', 'lars']);
export type LinearSolver = z.infer<typeof LinearSolver>;

/** Neighbours that vote at most, and the temperature of their votes unless told. */
export const mostVoters = 2000;
export const usualTemperature = 0.1;

export const EvaluationRequest = z.strictObject({
  runId: Id,
  checkpointId: Id.nullable().default(null),
  kind: z.enum(['knn', 'linear', 'fewshot']),
  /** Default: the run's own folder, its held-out split when it has one, else leave-one-out (kNN) or a counted split. */
  trainDatasetId: Id.nullable().default(null),
  testDatasetId: Id.nullable().default(null),
  /** Neighbours that vote, of kind knn; null: what is usual for so many photos. */
  k: z.int().min(1).max(mostVoters).nullable().default(null),
  temperature: z.number().gt(0).default(usualTemperature),
  /** Of kind linear. */
  solver: LinearSolver.default('lbfgs'),
  /** Labelled photos a class, of kind fewshot. */
  shots: z.array(z.int().min(1).max(100)).min(1).default([1, 5, 10]),
});
export const Evaluation = z.object({
  id: Id,
  runId: Id,
  checkpointId: Id,
  epoch: z.number(),
  kind: z.enum(['knn', 'linear', 'fewshot']),
  trainDatasetId: Id,
  testDatasetId: Id,
  /** How test photos were kept apart: 'leave-one-out', 'held-out', 'other-folder', 'counted-split'. */
  split: z.string(),
  /** Groups of several photos that were kept together, and those that lie on both sides of the split all the same. */
  groups: z.object({ kept: z.int(), cut: z.int() }).default({ kept: 0, cut: 0 }),
  /** 0 to 1. */
  accuracy: z.number(),
  spread: z.number().nullable(),
  shots: z.array(z.object({ shots: z.int(), accuracy: z.number(), spread: z.number() })),
  images: z.int(),
  /** Photos that could have been tested: more where a sample was; null: it was measured before this was kept. */
  imagesOf: z.int().nullable().default(null),
  /** Of kind knn: of how many the kept graph said which neighbours vote, which finds 99 of 100 of them. */
  byGraph: z.int().default(0),
  classes: z.array(z.string()),
  /** confusion[true][predicted], photos. */
  confusion: z.array(z.array(z.int())),
  /** The settings of the evaluation: k and temperature, solver, or shots. */
  settings: z.record(z.string(), z.unknown()),
  createdAt: z.number(),
});
export type Evaluation = z.infer<typeof Evaluation>;

export const evaluateCalls = {
  'evaluate.start': call(EvaluationRequest, Task),
  'evaluate.list': call(z.strictObject({ runId: Id.optional() }), z.array(Evaluation)),
  'evaluate.get': call(z.strictObject({ evaluationId: Id }), Evaluation),
  /** The photos behind one cell of the confusion matrix. */
  'evaluate.cell': call(
    z.strictObject({ evaluationId: Id, actual: z.int().min(0), predicted: z.int().min(0) }),
    z.array(Id),
  ),
} as const;
