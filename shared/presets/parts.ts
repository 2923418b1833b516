/** What presets are made of: networks, views, heads, batches and rates that several of them share, with their reasons. */
import type { ConfigPatch } from '../config.ts';
import { powerOfTwoBelow } from '../numbers.ts';
import { isGraphics } from '../plan/machine.ts';
import { RENDERED, startingWeightsOf } from '../startingWeights.ts';

export interface PresetFacts {
  /** Photos that training would see. */
  images: number;
  /** What it would train on; 'auto' counts as the processor, so whoever knows what it stands for says that. */
  device: string;
  threads?: number;
  /** Typical shorter side of the photos, in pixels, where it is known. */
  side?: number | undefined;
  /** The device was measured and is no faster than a processor, or is; by its name unless given. */
  slow?: boolean;
}

export interface PresetReason {
  setting: string;
  reason: string;
}

export interface Preset {
  patch: ConfigPatch;
  reasons: PresetReason[];
}

/** Without a graphics card a full ResNet-18 at 128 px is a matter of days. */
export const isSlow = ({ device, slow }: PresetFacts): boolean => slow ?? !isGraphics({ device });

/** The wanted batch, or the largest power of two that leaves at least `batches` in an epoch. */
export const batchFor = (wanted: number, images: number, batches = 8): number =>
  Math.max(4, Math.min(wanted, powerOfTwoBelow(images / batches)));

/** Of all but the paper's own: neighbours are found several points better, and embedding takes twice as long. */
export const whitened = { embedding: 'whitenedEdges' } satisfies ConfigPatch;

export const whyWhitened: PresetReason = {
  setting: 'embedding',
  reason:
    'directions in which photos differ much do not drown the others, and edges stand beside what is learned: eight to twelve points of kNN (docs/recipes.md)',
};

/** What small networks at low resolution have in common. */
export const small = {
  optimizer: { weightDecay: 5e-4 },
  head: { hiddenDim: 512, outputDim: 512, layers: 2 },
  predictor: { hiddenDim: 128 },
} satisfies ConfigPatch;

/** Heads for a network of the full width: smaller ones where there are few photos, else the method's own. */
export const headsFor = (images: number): ConfigPatch =>
  images < 2000 ? { head: { hiddenDim: 512, outputDim: 512 }, predictor: { hiddenDim: 128 } } : {};

/** Neighbours that vote in kNN: the paper's, but among few photos 200 would outvote a class of fifty. */
export const usualNeighbours = (images: number): number => (images < 5000 ? 20 : 200);

export const probeFor = (images: number): ConfigPatch => ({ probe: { k: usualNeighbours(images) } });

/** SimCLR as it learns most in few epochs: two layers to d, no predictor, the temperature of MoCo v2. */
export const contrast = {
  method: 'simclr',
  simclr: { decoupled: true },
  predictor: { kind: 'identity' },
  stopGradient: false,
  temperature: 0.2,
  optimizer: { baseLearningRate: 0.6 },
} satisfies ConfigPatch;

export const whyContrast: PresetReason[] = [
  {
    setting: 'method',
    reason:
      'SimCLR: of the methods tried it got furthest in minutes, as every step also pushes photos apart (docs/recipes.md)',
  },
  { setting: 'simclr.decoupled', reason: 'decoupled, a small batch teaches as a larger one does' },
  { setting: 'optimizer.baseLearningRate', reason: 'a narrow network bears ten times the paper’s' },
];

/** Photos up to this side are looked at in their own size: enlarged, they cost more and show nothing more. */
const SMALL_SIDE = 48;

export const isSmall = (side: number | undefined): side is number => side !== undefined && side <= SMALL_SIDE;

/** A network of this width and stem, and the weights that come with the application where it has any. */
export function networkOf(width: number, stem: 'imagenet' | 'small' = 'imagenet'): Preset {
  const known = startingWeightsOf({ name: 'resnet18', width, stem }) !== null;
  return {
    patch: { backbone: { width, ...(stem === 'small' && { stem }), ...(known && { init: RENDERED }) } },
    reasons: known
      ? [
          {
            setting: 'backbone.init',
            reason: 'trained on rendered pictures: on photographs better than pixels before the first step',
          },
        ]
      : [],
  };
}

/** What the network is shown: small photos whole, larger ones as given. */
export function viewOf({ side }: PresetFacts, larger: Preset): Preset {
  if (!isSmall(side)) return larger;
  return {
    patch: { imageSize: Math.max(32, 8 * Math.ceil(side / 8)), backbone: { stem: 'small' } },
    reasons: [
      { setting: 'imageSize', reason: `the photos are of ${side} px: enlarged they show nothing more` },
      { setting: 'backbone.stem', reason: 'keeps detail of small photos, and makes twice the steps in the same time' },
    ],
  };
}

/** Small collections, by their size: rates per 256 photos, so that lr = base × batch / 256 is the published one. */
export function tableFor(images: number): {
  batchSize: number;
  learningRate: number;
  epochs: number;
  weightDecay: number;
} {
  const learningRate = 0.05;
  if (images < 2000) return { batchSize: 64, learningRate, epochs: 1000, weightDecay: 5e-4 };
  if (images < 10_000) return { batchSize: 128, learningRate, epochs: 800, weightDecay: 5e-4 };
  if (images < 50_000) return { batchSize: 256, learningRate, epochs: 200, weightDecay: 5e-4 };
  return { batchSize: 256, learningRate, epochs: 100, weightDecay: 1e-4 };
}
