/**
 * The paper's studies as data: what each one changes, its arms as settings, and the numbers the paper reports for
 * them (Chen and He, arXiv 2011.10566; ImageNet, linear top-1, ResNet-50, 100 epochs unless said otherwise). What a
 * study costs and its whole configurations are plan.ts; what its results say is findings.ts; words are in
 * shared/messages/lab.ts under `study.ID.*` and `arm.ID.ARM`.
 */
import type { ConfigPatch, RunConfig } from '../config.ts';
import { defaultMethod, methodNames, methods } from '../methods/index.ts';
import { batchBelow } from '../numbers.ts';
import { beginningArms, taughtArm } from './beginnings.ts';
import { collapses, learns } from './paper.ts';
import type { PaperResult } from './paper.ts';
import type { StudyId } from './studyId.ts';

export type { PaperResult } from './paper.ts';

/** Where in the training step a study intervenes: what its figure points at. */
export type StudyPart = 'target' | 'predictor' | 'batch' | 'heads' | 'loss' | 'views' | 'time' | 'method' | 'start';

export interface Arm {
  /** Unique in its study; never changed, results are kept under it. */
  id: string;
  /** Values for the placeholders of `arm.STUDY.ARM`, or of `arm.STUDY` where arms are numbers. */
  values?: Readonly<Record<string, number>>;
  /** Settings of the arm, laid over the study's base configuration. */
  patch: ConfigPatch;
  /** Share of the epochs that warm up. */
  warmup?: number;
  /** Epochs of an arm that is not trained as long as the others. */
  epochs?: number;
  paper: PaperResult;
}

export interface Study {
  id: StudyId;
  /** Where the paper has the study: 'Fig. 2', 'Table 1', 'Sec. 5.2'; null: the question is ours. */
  paper: string | null;
  part: StudyPart;
  /** The settings that differ between its arms, dotted. */
  settings: readonly string[];
  /** The arm that the others are compared with. */
  reference: string;
  /** Pairs of the paper's numbers closer than this say nothing about an order, percentage points. */
  decisive: number;
  /** The arms, which depend on the number of photos where settings are scaled to the folder. */
  arms(facts: { images: number }): Arm[];
}

/** A study of the paper: all but the one that is ours. */
export interface PaperStudy extends Study {
  id: Exclude<StudyId, 'which-way'>;
  paper: string;
}

const study = <Id extends StudyId, Paper extends string | null>(
  id: Id,
  paper: Paper,
  part: StudyPart,
  settings: string[],
  reference: string,
  arms: Arm[] | Study['arms'],
  decisive = 1,
) => ({ id, paper, part, settings, reference, decisive, arms: typeof arms === 'function' ? arms : () => arms });

const kind = (kind: RunConfig['predictor']['kind']): ConfigPatch => ({ predictor: { kind } });
/** The paper's batch sizes and what they reached (Table 2); from 1024 on with 10 of 100 epochs of warm-up. */
const paperBatches: readonly [batch: number, top1: number][] = [
  [64, 66.1],
  [128, 67.3],
  [256, 68.1],
  [512, 68.1],
  [1024, 68.0],
  [2048, 67.9],
  [4096, 64.0],
];

/**
 * The paper's sizes divided by the least power of two with which the largest fits twice into the collection, so that
 * every arm makes at least two steps an epoch; sizes that come out below 4 are left out.
 */
export function scaledBatches(images: number): { paper: number; batchSize: number; top1: number }[] {
  const largest = Math.min(4096, batchBelow(images / 2));
  return paperBatches
    .map(([paper, top1]) => ({ paper, batchSize: (paper * largest) / 4096, top1 }))
    .filter(({ batchSize }) => batchSize >= 4);
}

export const studies: readonly PaperStudy[] = [
  study('stop-gradient', 'Fig. 2', 'target', ['stopGradient'], 'with', [
    { id: 'with', patch: {}, paper: learns(67.7) },
    { id: 'without', patch: { stopGradient: false }, paper: collapses },
  ]),
  study('predictor', 'Table 1', 'predictor', ['predictor.kind', 'predictor.learningRate'], 'decayed', [
    { id: 'decayed', patch: { predictor: { learningRate: 'decayed' } }, paper: learns(67.7) },
    { id: 'identity', patch: kind('identity'), paper: collapses },
    { id: 'fixed', patch: kind('fixed'), paper: { top1: 1.5, outcome: 'notLearning' } },
    { id: 'constant', patch: { predictor: { learningRate: 'constant' } }, paper: learns(68.1) },
  ]),
  // The reference is the paper's 256, or the nearest that fits (referenceOf).
  study('batch-size', 'Table 2', 'batch', ['batchSize', 'optimizer.warmupEpochs'], 'batch-256', ({ images }) =>
    scaledBatches(images).map(({ paper, batchSize, top1 }) => ({
      id: `batch-${paper}`,
      values: { batch: batchSize, paper },
      patch: { batchSize },
      ...(paper >= 1024 && { warmup: 0.1 }),
      paper: learns(top1),
    })),
  ),
  study('heads-bn', 'Table 3', 'heads', ['head.norm'], 'default', [
    { id: 'none', patch: { head: { norm: 'none' } }, paper: learns(34.6) },
    { id: 'hidden', patch: { head: { norm: 'hidden' } }, paper: learns(67.4) },
    { id: 'default', patch: { head: { norm: 'default' } }, paper: learns(68.1) },
    { id: 'all', patch: { head: { norm: 'all' } }, paper: { top1: null, outcome: 'unstable' } },
  ]),
  study('similarity', 'Sec. 4.5', 'loss', ['similarity'], 'cosine', [
    { id: 'cosine', patch: { similarity: 'cosine' }, paper: learns(68.1) },
    { id: 'cross-entropy', patch: { similarity: 'crossEntropy' }, paper: learns(63.2) },
  ]),
  study('symmetry', 'Sec. 4.6', 'views', ['symmetry'], 'symmetric', [
    { id: 'symmetric', patch: { symmetry: 'symmetric' }, paper: learns(68.1) },
    { id: 'asymmetric', patch: { symmetry: 'asymmetric' }, paper: learns(64.8) },
    { id: 'asymmetric-2x', patch: { symmetry: 'asymmetric2x' }, paper: learns(67.3) },
  ]),
  study('alternation', 'Sec. 5.2', 'time', ['innerSteps'], 'steps-1', [
    { id: 'steps-1', patch: { innerSteps: 1 }, paper: learns(68.1) },
    { id: 'steps-10', patch: { innerSteps: 10 }, paper: learns(68.7) },
    { id: 'steps-100', patch: { innerSteps: 100 }, paper: learns(68.9) },
    { id: 'epoch', patch: { innerSteps: 'epoch' }, paper: learns(67.0) },
  ]),
  study('moving-average', 'Sec. 5.2', 'target', ['predictor.kind'], 'predictor', [
    { id: 'predictor', patch: kind('mlp'), paper: learns(68.1) },
    { id: 'average', patch: { predictor: { kind: 'movingAverage', averageMomentum: 0.8 } }, paper: learns(55.0) },
    { id: 'neither', patch: kind('identity'), paper: { top1: null, outcome: 'fails' } },
  ]),
  study(
    'output-dimension',
    'App. B',
    'heads',
    ['head.outputDim', 'predictor.hiddenDim'],
    'd-2048',
    (
      [
        [256, 65.3],
        [512, 67.2],
        [1024, 67.5],
        [2048, 68.1],
      ] as const
    ).map(([d, top1]) => ({
      id: `d-${d}`,
      values: { d },
      patch: { head: { outputDim: d }, predictor: { hiddenDim: d / 4 } },
      paper: learns(top1),
    })),
  ),
  study('relations', 'Fig. 3, Sec. 6.2', 'method', ['method', 'predictor.kind', 'stopGradient'], 'simclr', [
    { id: 'simclr', patch: { method: 'simclr' }, paper: learns(66.5) },
    { id: 'simclr-predictor', patch: { method: 'simclr', predictor: { kind: 'mlp' } }, paper: learns(66.4) },
    {
      id: 'simclr-both',
      patch: { method: 'simclr', predictor: { kind: 'mlp' }, stopGradient: true },
      paper: learns(66.0),
    },
    { id: 'swav', patch: { method: 'swav' }, paper: learns(66.5) },
    { id: 'swav-predictor', patch: { method: 'swav', predictor: { kind: 'mlp' } }, paper: learns(65.2) },
    {
      id: 'swav-no-stop-gradient',
      patch: { method: 'swav', stopGradient: false },
      paper: { top1: null, outcome: 'diverges' },
    },
  ]),
  study(
    'methods',
    'Table 4',
    'method',
    ['method'],
    defaultMethod,
    [...methodNames.filter((name) => name !== defaultMethod), defaultMethod].map((method) => ({
      id: method,
      patch: { method },
      paper: methods[method].lab.paper,
    })),
  ),
];

/** How an encoder may begin on these photos, in the network that rendered weights belong to (beginnings.ts). */
const beginning: Study = study('which-way', null, 'start', ['backbone.init', 'teacher.from'], 'continued', [
  ...beginningArms,
  taughtArm,
]);

export const studyOf = (id: StudyId): Study => [...studies, beginning].find((item) => item.id === id)!;

/** The reference arm's id; where the folder is too small for it, the smallest arm there is. */
export function referenceOf(study: Study, facts: { images: number }): string {
  const arms = study.arms(facts);
  return (arms.find(({ id }) => id === study.reference) ?? arms[0]!).id;
}
