/**
 * Which way to begin is best for a person's photos: the ways that are tried on a part of the folder, what a person may
 * say the photos are of, and how one way is chosen by what the trial showed. The trial itself is a study of the Lab
 * (studies.ts), whose plan is plan.ts; how often it chooses rightly is in docs/recipes.md.
 */
import type { ConfigPatch } from '../config.ts';
import { mergeConfig } from '../config.ts';
import type { LabMeasure, LabRow } from '../contract/lab.ts';
import { presetPatch } from '../presets.ts';
import { RENDERED } from '../startingWeights.ts';
import type { PhotoKind } from './photoKind.ts';
import type { Arm } from './studies.ts';

/** Photos of the folder that a trial sees at most. */
export const TRIAL_PHOTOS = 2000;
/** Minutes of the slowest arm: four of them are trained, so that a trial takes about five. */
export const TRIAL_MINUTES = 1.2;

/** With the network that they belong to, as a preset of a graphics card has another. */
const rendered: ConfigPatch = { backbone: { width: 0.25, stem: 'small', init: RENDERED } };
/** A rate at which weights stay what they are. */
const STILL = 1e-7;
/** A tenth of the rate of `quick`: what was known is changed little. */
const GENTLE = 0.06;

/** Its results are not the paper's, which did not ask. */
const paper = { top1: null, outcome: 'learns' } as const;

/** `kept`: the weights stay, one epoch lets batch normalisation settle on these photos. */
export const beginningArms: readonly Arm[] = [
  { id: 'kept', patch: mergeConfig(rendered, { optimizer: { baseLearningRate: STILL } }), epochs: 1, paper },
  { id: 'gentle', patch: mergeConfig(rendered, { optimizer: { baseLearningRate: GENTLE } }), paper },
  { id: 'continued', patch: rendered, paper },
  { id: 'scratch', patch: { backbone: { init: 'random' } }, paper },
];

/** One more way where an encoder is there that may teach; which it is, the plan of the trial says. */
export const taughtArm: Arm = { id: 'taught', patch: rendered, paper };
export const isTaught = ({ id }: Pick<Arm, 'id'>): boolean => id === taughtArm.id;

const views: Record<PhotoKind, ConfigPatch> = {
  any: {},
  // One thing that fills the picture: a small crop of a shirt or a letter may be of any other.
  upright: { augment: { cropScaleMin: 0.5 } },
  noUp: { augment: { verticalFlip: 0.5 } },
  colour: { augment: { hue: 0.02, saturation: 0.2, grayscale: 0 } },
};

/** Settings that all arms share: `quick` as a processor has it, whatever the device, as its network has starting weights. */
export const beginningBase = (facts: { images: number; side?: number | undefined }, kind: PhotoKind): ConfigPatch =>
  mergeConfig(presetPatch('quick', { ...facts, device: 'cpu', slow: true }), views[kind]);

/**
 * A way that is trained goes on getting better after the trial, one that is kept does not: it has to be ahead by this
 * much, as a share of 1.
 */
const KEPT_AHEAD = 0.02;

/** What became of an arm, as far as a choice needs it. */
type Tried = Pick<LabRow, 'armId' | 'mean' | 'verdict'>;

/** Verdicts of an arm whose figure is not to be trusted for longer than the trial. */
const unsound = new Set(['collapsed', 'dimensionalCollapse', 'diverging']);

/**
 * The arm to go on with: the best of those that are trained and sound, or the weights as they are where they are ahead of
 * it; null where no arm has a figure.
 */
export function bestBeginning(rows: readonly Tried[]): { best: Tried; next: Tried | null } | null {
  const sound = rows.filter(({ mean, verdict }) => mean !== null && !(verdict !== null && unsound.has(verdict)));
  const worth = ({ armId, mean }: Tried) => mean! - (armId === 'kept' ? KEPT_AHEAD : 0);
  const [best, next] = [...sound].sort((a, b) => worth(b) - worth(a));
  return best ? { best, next: next ?? null } : null;
}

/** The settings of an arm over `quick`, as dotted paths; `kept` is one epoch. @param teacher of the arm that has one */
export function choicePatch(armId: string, kind: PhotoKind, teacher = ''): Record<string, unknown> {
  const arm = [...beginningArms, taughtArm].find(({ id }) => id === armId);
  if (!arm) return {};
  const patch = mergeConfig(
    views[kind],
    arm.patch,
    arm.epochs ? { epochs: arm.epochs, minutes: null } : {},
    isTaught(arm) ? { teacher: { from: teacher } } : {},
  );
  const dotted: Record<string, unknown> = {};
  for (const [group, value] of Object.entries(patch))
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) dotted[`${group}.${key}`] = inner;
    else dotted[group] = value;
  return dotted;
}

/** What arms are compared by where a folder has no labels. */
export const unlabelledMeasure = (study: string): LabMeasure => (study === 'which-way' ? 'quality' : 'agreement');
