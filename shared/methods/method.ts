/**
 * What a method is to everything but the engine: one descriptor, from which settings, plan, schedule, verdict, Lab,
 * window and model card follow. Its graph is src-main/engine/methods/<name>.ts. A method that varies another stands in
 * that one's two files, any other in two of its own with a line in each folder's index.ts; shared/messages/methods.ts
 * names it.
 */
import type { ConfigPatch, RunConfig } from '../config.ts';
import { reason } from '../reason.ts';
import type { KeyOf } from '../errors.ts';
import type { Reason } from '../contract/wire.ts';
import type { PaperResult } from '../lab/paper.ts';

export interface Method {
  /** As in the model card: 'SimSiam (Chen and He, 2021)'. */
  citation: string;
  /** Its publication's settings where they are not SimSiam's, below everything that a preset or a person sets. */
  defaults: ConfigPatch;
  /** The SimSiam paper's studies: true where it can be trained so too, the reason where it cannot. */
  studies: Readonly<Record<Study, true | WhyNot>>;
  /** Further settings that contradict each other, with the remedy. */
  conflicts(config: RunConfig): Conflict[];
  /** The views that a step takes of each photo. */
  views(config: RunConfig): View[];
  /** Where targets come from a copy of the network: the share of itself that the copy keeps at a step after the first. */
  target(config: RunConfig): Scheduled | null;
  /** Further numbers that a step is fed, by name. */
  inputs(config: RunConfig): Readonly<Record<string, Scheduled>>;
  /** Shapes of what it carries from step to step besides the network and its copy, by name ('method.<name>' in the state). */
  carries(config: RunConfig): Readonly<Record<string, CarriedShape>>;
  loss(config: RunConfig): LossMeaning;
  /** Settings without which it collapses: the first advice where they are off. */
  needs: readonly ('stopGradient' | 'predictor')[];
  /** What to try where it collapses although it has them; null where nothing else promises more. */
  alternative: ConfigPatch | null;
  lab: {
    /** Its result in the SimSiam paper's comparison (Table 4); top1 null where it is not in it. */
    paper: PaperResult;
    /** What it needs in a few hundred steps of a narrow network where that is not what the Lab gives to all, by arm and number of photos. */
    patch(arm: ConfigPatch, images: number): ConfigPatch;
  };
}

/** A pure function of where a run is. */
export type Scheduled = (at: StepAt) => number;

export interface StepAt {
  step: number;
  /** Steps of the whole run. */
  steps: number;
  stepsPerEpoch: number;
  /** The network's learning rate at this step. */
  learningRate: number;
}

/** A tensor's shape; 'photos' is the number of photos trained on: a row for each. */
export type CarriedShape = readonly (number | 'photos')[];

/** A view of each photo: its size, and a crop range where it is not that of the augmentation. */
export interface View {
  size: number;
  cropScaleMin?: number;
  cropScaleMax?: number;
}

/**
 * How to read a loss. The mean negative cosine ends at -1 for a perfect network and a collapsed one alike. A softmax
 * and other losses do not, and of them `chance` is the value for a network to which all photos look the same.
 */
export type LossMeaning = { kind: 'cosine' } | { kind: 'softmax' | 'other'; chance: number };

/** Settings that contradict each other, in a sentence that ends with the remedy. */
export interface Conflict {
  setting: string;
  reason: Reason<KeyOf<'bad-config'>>;
}

/** Why a method cannot be trained as one of the studies asks: keys of the errors' catalogue. */
export type WhyNot = 'momentum-target' | 'own-loss' | 'all-views' | 'of-simsiam';

/** The studies of the step: the setting, whether it is made, and the value without it. */
const studies = {
  withoutStopGradient: { setting: 'stopGradient', isMade: (c) => !c.stopGradient, usual: 'true' },
  crossEntropy: { setting: 'similarity', isMade: (c) => c.similarity !== 'cosine', usual: 'cosine' },
  oneSided: { setting: 'symmetry', isMade: (c) => c.symmetry !== 'symmetric', usual: 'symmetric' },
  alternation: { setting: 'innerSteps', isMade: (c) => c.innerSteps !== 1, usual: '1' },
  movingAverage: { setting: 'predictor.kind', isMade: (c) => c.predictor.kind === 'movingAverage', usual: 'mlp' },
} satisfies Record<string, { setting: string; isMade: (config: RunConfig) => boolean; usual: string }>;
export type Study = keyof typeof studies;

/**
 * Studies for a method with a loss of its own; alternation and a moving average of targets are ideas about SimSiam's.
 */
const ownLoss = { crossEntropy: 'own-loss', alternation: 'of-simsiam', movingAverage: 'of-simsiam' } as const;
/** Each view is compared with the target that a network which follows by momentum makes of another. */
export const studiesOfMomentum = { ...ownLoss, withoutStopGradient: 'momentum-target', oneSided: true } as const;
/** All views are compared with each other at once. */
export const studiesOfAllViews = { ...ownLoss, withoutStopGradient: true, oneSided: 'all-views' } as const;

/** Studies that a configuration makes and its method cannot, each with the methods that can. */
export function refusedStudies(config: RunConfig, methods: Readonly<Record<string, Method>>): Conflict[] {
  return (Object.keys(studies) as Study[]).flatMap((study) => {
    const { setting, isMade, usual } = studies[study];
    const able = methods[config.method]!.studies[study];
    if (able === true || !isMade(config)) return [];
    const value = setting.split('.').reduce<unknown>((of, key) => (of as Record<string, unknown>)[key], config);
    const others = Object.keys(methods).filter((name) => methods[name]!.studies[study] === true);
    const values = { setting, value: String(value), method: config.method, usual, others: others.join(', ') };
    return [{ setting, reason: reason('bad-config.study', { ...values, why: reason(`bad-config.${able}`) }) }];
  });
}

/** Two views, or two pairs (asymmetric2x: first view and target of the first pair, then of the second). */
export const pairedViews = ({ imageSize, symmetry }: RunConfig): View[] =>
  Array.from({ length: symmetry === 'asymmetric2x' ? 4 : 2 }, () => ({ size: imageSize }));

/** The meaning of a softmax loss over `choices` options, whose chance value is log(choices). */
export const softmaxOver = (choices: number): LossMeaning => ({ kind: 'softmax', chance: Math.log(choices) });
