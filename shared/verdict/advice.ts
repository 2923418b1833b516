/**
 * The verdict in words: a sentence with its numbers, and what to try, in the order to try it. Other languages word them
 * in the message catalogue, from the keys and the figures.
 */
import type { RunConfig } from '../config.ts';
import { methodOf } from '../methods/index.ts';
import type { Verdict } from './judgement.ts';
import type { Figures } from './rules.ts';
import { thresholds } from './thresholds.ts';

const two = (x: number): string => x.toFixed(2).replace('-', '−');
const percent = (share = 0): string => `${Math.round(100 * share)} %`;
const rankOf = (v: Figures): string =>
  `the features use ${v.rank.toFixed(1)} directions, ${Math.round(100 * v.rankShare)} % of the ${v.rankBest.toFixed(0)} they once used`;

export const sentences: Record<Verdict, (v: Figures) => string> = {
  healthy: (v) =>
    `Healthy, with no sign of a collapse: loss ${two(v.loss)}, rank ${v.rank.toFixed(1)} of at most ${v.rankBest.toFixed(0)} so far, std of z ${two(v.zStd)}.`,
  suspicious: (v) =>
    `This may become a collapse: loss ${two(v.loss)}, std of z ${two(v.zStd)} (1 is healthy), and ${rankOf(v)}.`,
  dimensionalCollapse: (v) =>
    `Photos are being pressed onto few directions: loss ${two(v.loss)}, std of z ${two(v.zStd)} (1 is healthy); z uses ${v.projectionRank.toFixed(1)} directions, and ${rankOf(v)}.`,
  collapsed: (v) =>
    `The network has collapsed: nearly all photos look the same to it. Loss ${two(v.loss)}, std of z ${two(v.zStd)} in training and ${two(v.projectionStd)} in use, and ${rankOf(v)}.`,
  notLearning: (v) =>
    `Nothing is being learned: after ${v.step} steps the loss is ${two(v.loss)} and has hardly fallen, and neighbours are no better than before training.`,
  worseThanStart: (v) =>
    `This run makes its start worse: ${percent(v.start)} of the neighbours were right with the weights that it began with, ${percent(v.now)} are after ${v.step} steps. It was stopped, and the weights that it began with are kept.`,
  diverging: (v) => `Training diverges: the loss is ${two(v.loss)} after ${two(v.lossLeast)} at its best.`,
};

/** Before anything is judged, that nothing is wrong says nothing. */
export const earlySentence = (step: number): string =>
  `Too early to say: ${step} steps are done, and nothing is judged before step ${thresholds.settleSteps}.`;

/** A number that reads well in a settings form. */
const tidy = (x: number): number => Number(x.toPrecision(2));

const catalogue = {
  lastHealthy: {
    text: 'Go back to the last healthy checkpoint: later ones have lost what it had learned.',
    patch: () => null,
  },
  stopGradient: {
    text: 'Switch the stop-gradient on: without it the network can lower the loss by making all photos alike.',
    patch: () => ({ stopGradient: true }),
  },
  predictor: {
    text: 'Use the predictor (mlp): without a trained one SimSiam collapses or does not learn.',
    patch: () => ({ 'predictor.kind': 'mlp' }),
  },
  learningRateDown: {
    text: 'Lower the learning rate by a factor of 2 to 3.',
    patch: (c) => ({ 'optimizer.baseLearningRate': tidy(c.optimizer.baseLearningRate / 2.5) }),
  },
  learningRateUp: {
    text: 'Raise the learning rate by a factor of 3: a loss that does not move may only be slow.',
    patch: (c) => ({ 'optimizer.baseLearningRate': tidy(c.optimizer.baseLearningRate * 3) }),
  },
  keepStart: { text: 'Use the weights that it began with: they are its checkpoint of epoch 0.', patch: () => null },
  learningRateGentle: {
    text: 'Continue more gently: a tenth of the learning rate.',
    patch: (c) => ({ 'optimizer.baseLearningRate': tidy(c.optimizer.baseLearningRate / 10) }),
  },
  warmup: {
    text: 'Warm up over the first 10 epochs.',
    patch: (c) => ({ 'optimizer.warmupEpochs': Math.max(10, c.optimizer.warmupEpochs) }),
  },
  crops: {
    text: 'Check in the preview that the crops still show the subject; take larger ones.',
    patch: (c) => ({ 'augment.cropScaleMin': Math.max(0.4, c.augment.cropScaleMin) }),
  },
  jitter: {
    text: 'Weaken the colour jitter.',
    patch: ({ augment: { brightness, contrast, saturation, hue } }) => ({
      'augment.brightness': tidy(brightness / 2),
      'augment.contrast': tidy(contrast / 2),
      'augment.saturation': tidy(saturation / 2),
      'augment.hue': tidy(hue / 2),
    }),
  },
  method: {
    text: 'Try another method: MoCo and SimCLR push photos apart and cannot collapse this way.',
    patch: (c) => ({ ...methodOf(c).alternative }),
  },
} satisfies Record<string, { text: string; patch: (config: RunConfig) => Record<string, unknown> | null }>;

type AdviceKey = keyof typeof catalogue;
/** Keys of all advice, for the message catalogues of other languages. */
export const adviceKeys = Object.keys(catalogue) as AdviceKey[];

/** The advice for a verdict, in the order to try it; a cause that stands in the settings comes first. */
export function adviceFor(
  verdict: Verdict,
  config: RunConfig,
): { key: AdviceKey; text: string; patch: Record<string, unknown> | null }[] {
  const { needs, alternative } = methodOf(config);
  const lacking = { stopGradient: !config.stopGradient, predictor: config.predictor.kind !== 'mlp' };
  const cause: AdviceKey[] = needs.filter((need) => lacking[need]);
  const another: AdviceKey[] = alternative ? ['method'] : [];
  const keys = (): AdviceKey[] => {
    switch (verdict) {
      case 'healthy':
        return [];
      case 'suspicious':
        return [...cause, 'learningRateDown', 'warmup', 'crops', 'jitter'];
      case 'dimensionalCollapse':
      case 'collapsed':
        return [...cause, 'lastHealthy', 'learningRateDown', 'warmup', 'crops', 'jitter', ...another];
      case 'notLearning':
        return [...cause, 'learningRateUp', 'crops', 'jitter', ...another];
      case 'worseThanStart':
        return ['keepStart', 'learningRateGentle', 'warmup', 'jitter'];
      case 'diverging':
        return ['lastHealthy', 'learningRateDown', 'warmup', ...cause];
    }
  };
  return keys().map((key) => ({ key, text: catalogue[key].text, patch: catalogue[key].patch(config) }));
}
