/**
 * The collapse monitor's judgement: a pure function of a run's metrics, so that it can be tested on recorded
 * runs and gives the same answer in the trainer, the window and the command line. It leaves the measuring to
 * src-main/evaluate and the wording in other languages to the message catalogue.
 *
 * A collapse is a low rank relative to the run's own start (or best) together with a loss near -1; a falling
 * std ratio of z is its early sign. "Not learning" (loss high and flat, as with a fixed predictor) and
 * "diverging" are other verdicts with other advice. Thresholds are calibrated on recorded runs.
 */
import { z } from 'zod';
import type { RunConfig } from './config.ts';
import type { EpochMetrics, ProbeMetrics } from './metrics.ts';

export const Verdict = z.enum(['healthy', 'suspicious', 'dimensionalCollapse', 'collapsed', 'notLearning', 'diverging']);
export type Verdict = z.infer<typeof Verdict>;

/** Advice is a key of the message catalogue; `patch` (dotted settings) is what the "clone with this change" button applies. */
export const Advice = z.strictObject({
  key: z.string(),
  text: z.string(),
  patch: z.record(z.string(), z.unknown()).nullable(),
});
export type Advice = z.infer<typeof Advice>;

export const Judgement = z.strictObject({ verdict: Verdict, sentence: z.string(), key: z.string(), values: z.record(z.string(), z.number()), advice: z.array(Advice) });
export type Judgement = z.infer<typeof Judgement>;

/** What the verdict is a function of: the untrained network's figures, the history so far, and the settings. */
export interface VerdictInput {
  untrained: ProbeMetrics;
  history: readonly EpochMetrics[];
  config: RunConfig;
}

/**
 * Thresholds, calibrated on the recorded runs in test/unit/fixtures/runs (scripts/record-runs.ts). Ranks are shares
 * of the highest backbone rank that the run has shown, its untrained one included.
 */
export const thresholds = {
  /** Collapses end below a tenth; the lowest of a healthy run is 0.7. */
  rankCollapsed: 0.3,
  rankSuspicious: 0.55,
  /** The loss of a collapse is near -1; losses that are not a cosine say nothing of the kind. */
  lossCollapsed: -0.8,
  lossSuspicious: -0.6,
  /** Std ratio of z in training: healthy runs stay above 0.9, collapses fall to 0.3. */
  zStdSuspicious: 0.75,
  zStdCollapsed: 0.5,
  zStdPoint: 0.1,
  /** A rise of the loss above its least value, kept up for two rows. */
  lossRise: 0.3,
  /** Not learning is said after so many steps and rows, of a loss that fell by less than this over the latter half. */
  patienceSteps: 300,
  patienceRows: 5,
  lossFall: 0.05,
  /** Gain of kNN accuracy or agreement that is learning, whatever the loss says. */
  gain: 0.03,
} as const;

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** The figures that the verdict looks at. */
function figures({ untrained, history }: VerdictInput) {
  const last = history.at(-1)!;
  const rankBest = most([untrained.rank.backbone, ...history.map((row) => row.rank.backbone)]);
  const lossLeast = least(history.map((row) => row.loss));
  return {
    epoch: last.epoch,
    step: last.step,
    loss: last.loss,
    lossLeast,
    rank: last.rank.backbone,
    rankBest,
    rankShare: last.rank.backbone / rankBest,
    zStd: last.zStdTraining,
    projectionStd: last.std.projection,
  };
}

/** The judgement of the run as its last row shows it; before the first row, nothing speaks against it. */
export function judge(input: VerdictInput): Judgement {
  const { history } = input;
  if (history.length === 0)
    return { verdict: 'healthy', key: 'starting', sentence: 'No epoch is done yet.', values: {}, advice: [] };
  const values = figures(input);
  const verdict = classify(input, values);
  return { verdict, key: verdict, sentence: sentences[verdict](values), values, advice: adviceFor(verdict, input) };
}

type Values = ReturnType<typeof figures>;

function classify(input: VerdictInput, v: Values): Verdict {
  const t = thresholds;
  if (isDiverging(input.history, v)) return 'diverging';
  const point = v.zStd < t.zStdPoint && v.projectionStd < t.zStdPoint;
  const cosine = hasCosineLoss(input.config);
  const agreed = cosine ? v.loss <= t.lossCollapsed : v.rankShare <= t.rankCollapsed && v.zStd < t.zStdSuspicious;
  if (point || (agreed && Math.min(v.zStd, v.projectionStd) <= t.zStdCollapsed)) return 'collapsed';
  if (agreed && v.rankShare <= t.rankCollapsed) return v.zStd < t.zStdSuspicious ? 'collapsed' : 'dimensionalCollapse';
  if (v.rankShare <= t.rankCollapsed) return 'suspicious';
  if (cosine && v.loss <= t.lossSuspicious && (v.rankShare <= t.rankSuspicious || v.zStd < t.zStdSuspicious)) return 'suspicious';
  if (isNotLearning(input, v)) return 'notLearning';
  return 'healthy';
}

/** Of SimSiam and BYOL: the mean negative cosine, with its minimum at -1. */
const hasCosineLoss = ({ method, similarity }: RunConfig): boolean => (method === 'simsiam' || method === 'byol') && similarity === 'cosine';

function isDiverging(history: readonly EpochMetrics[], v: Values): boolean {
  const figuresOfLast = [v.loss, v.rank, v.zStd, v.projectionStd];
  if (!figuresOfLast.every(Number.isFinite)) return true;
  const risen = (row: EpochMetrics | undefined) => row !== undefined && row.loss > v.lossLeast + thresholds.lossRise;
  return risen(history.at(-1)) && risen(history.at(-2));
}

function isNotLearning(input: VerdictInput, v: Values): boolean {
  const { untrained, history } = input;
  const t = thresholds;
  if (v.step < t.patienceSteps || history.length < t.patienceRows) return false;
  const fallen = history[history.length >> 1]!.loss - v.loss;
  if ((hasCosineLoss(input.config) && v.loss < t.lossSuspicious) || fallen >= t.lossFall) return false;
  // The mean of three rows: a single one of a few hundred photos is off by two points as often as not.
  const gained = (of: (metrics: ProbeMetrics) => number | null): boolean => {
    const before = of(untrained);
    const now = history.slice(-3).map(of);
    return before !== null && now.reduce<number>((sum, x) => sum + x! / now.length, 0) > before + t.gain;
  };
  return !gained((metrics) => metrics.knn) && !gained((metrics) => metrics.agreement);
}

const two = (x: number): string => x.toFixed(2).replace('-', '−');
const rankOf = (v: Values): string => `the features use ${v.rank.toFixed(1)} directions, ${Math.round(100 * v.rankShare)} % of the ${v.rankBest.toFixed(0)} they once used`;

const sentences: Record<Verdict, (v: Values) => string> = {
  healthy: (v) => `Learning: loss ${two(v.loss)}, rank ${v.rank.toFixed(1)} of at most ${v.rankBest.toFixed(0)} so far, std of z ${two(v.zStd)}.`,
  suspicious: (v) => `This may become a collapse: loss ${two(v.loss)}, std of z ${two(v.zStd)} (1 is healthy), and ${rankOf(v)}.`,
  dimensionalCollapse: (v) => `The features have collapsed onto few directions: loss ${two(v.loss)}, std of z still ${two(v.zStd)}, but ${rankOf(v)}.`,
  collapsed: (v) => `The network has collapsed: loss ${two(v.loss)} because nearly all photos look the same to it; std of z ${two(v.zStd)}, and ${rankOf(v)}.`,
  notLearning: (v) => `Nothing is being learned: after ${v.step} steps the loss is ${two(v.loss)} and has hardly fallen, and neighbours are no better than before training.`,
  diverging: (v) => `Training diverges: the loss is ${two(v.loss)} after ${two(v.lossLeast)} at its best.`,
};

/** A number that reads well in a settings form. */
const tidy = (x: number): number => Number(x.toPrecision(2));

const catalogue = {
  lastHealthy: { text: 'Go back to the last healthy checkpoint: later ones have lost what it had learned.', patch: () => null },
  stopGradient: { text: 'Switch the stop-gradient on: without it the network can lower the loss by making all photos alike.', patch: () => ({ stopGradient: true }) },
  predictor: { text: 'Use the predictor (mlp): without a trained one SimSiam collapses or does not learn.', patch: () => ({ 'predictor.kind': 'mlp' }) },
  learningRateDown: { text: 'Lower the learning rate by a factor of 2 to 3.', patch: (c) => ({ 'optimizer.baseLearningRate': tidy(c.optimizer.baseLearningRate / 2.5) }) },
  learningRateUp: { text: 'Raise the learning rate by a factor of 3: a loss that does not move may only be slow.', patch: (c) => ({ 'optimizer.baseLearningRate': tidy(c.optimizer.baseLearningRate * 3) }) },
  warmup: { text: 'Warm up over the first 10 epochs.', patch: (c) => ({ 'optimizer.warmupEpochs': Math.max(10, c.optimizer.warmupEpochs) }) },
  crops: { text: 'Check in the preview that the crops still show the subject; take larger ones.', patch: (c) => ({ 'augment.cropScaleMin': Math.max(0.4, c.augment.cropScaleMin) }) },
  jitter: {
    text: 'Weaken the colour jitter.',
    patch: ({ augment: { brightness, contrast, saturation, hue } }) => ({
      'augment.brightness': tidy(brightness / 2), 'augment.contrast': tidy(contrast / 2), 'augment.saturation': tidy(saturation / 2), 'augment.hue': tidy(hue / 2),
    }),
  },
  method: { text: 'Try another method: MoCo and SimCLR push photos apart and cannot collapse this way.', patch: () => ({ method: 'moco', stopGradient: true }) },
} satisfies Record<string, { text: string; patch: (config: RunConfig) => Record<string, unknown> | null }>;

type AdviceKey = keyof typeof catalogue;
/** For the message catalogues of other languages. */
export const adviceKeys = Object.keys(catalogue) as AdviceKey[];

/** In the order to try them; a cause that stands in the settings comes first. */
function adviceFor(verdict: Verdict, input: VerdictInput): Advice[] {
  const { config } = input;
  const simsiam = config.method === 'simsiam';
  const cause: AdviceKey[] = [];
  if (simsiam && !config.stopGradient) cause.push('stopGradient');
  if (simsiam && config.predictor.kind !== 'mlp') cause.push('predictor');
  const keys = (): AdviceKey[] => {
    switch (verdict) {
      case 'healthy':
        return [];
      case 'suspicious':
        return [...cause, 'learningRateDown', 'warmup', 'crops', 'jitter'];
      case 'dimensionalCollapse':
      case 'collapsed':
        return [...cause, 'lastHealthy', 'learningRateDown', 'warmup', 'crops', 'jitter', ...(simsiam ? (['method'] as const) : [])];
      case 'notLearning':
        return [...cause, 'learningRateUp', 'crops', 'jitter', ...(simsiam ? (['method'] as const) : [])];
      case 'diverging':
        return ['lastHealthy', 'learningRateDown', 'warmup', ...cause];
    }
  };
  return keys().map((key) => ({ key, text: catalogue[key].text, patch: catalogue[key].patch(config) }));
}
