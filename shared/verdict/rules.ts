/**
 * What the judgement rests on: the figures it looks at, and the rules that make a verdict of them by the numbers of
 * thresholds.ts. How those were chosen and what they are worth is measured in docs/verdict.md. Wording and advice are
 * in advice.ts.
 *
 * Losses of different methods have different ends, so each rule says which losses it can read: a cosine, whose minimum
 * of -1 a perfect network and a collapsed one share, or another, for which the value is known that a network reaches to
 * which all photos look the same.
 */
import type { Baselines } from '../baselines.ts';
import type { RunConfig } from '../config.ts';
import { hasTeacher, lossOf } from '../methods/index.ts';
import type { EpochMetrics, ProbeMetrics } from '../metricRows.ts';
import { RENDERED } from '../startingWeights.ts';
import { Verdict } from './judgement.ts';
import { thresholds } from './thresholds.ts';

/** What the verdict is a function of: the untrained network's figures, the history so far, and the settings. */
export interface VerdictInput {
  untrained: ProbeMetrics;
  history: readonly EpochMetrics[];
  config: RunConfig;
  /** What the run is compared with, where it was measured. */
  baselines?: Baselines | null;
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** The figures that the verdict looks at. */
export function figures(input: VerdictInput) {
  const { untrained, history } = input;
  const last = history.at(-1)!;
  const all = [untrained, ...history];
  const rankBest = most(all.map((row) => row.rank.backbone));
  return {
    epoch: last.epoch,
    step: last.step,
    loss: last.loss,
    lossLeast: least(history.map((row) => row.loss)),
    rank: last.rank.backbone,
    rankBest,
    rankShare: last.rank.backbone / rankBest,
    projectionRank: last.rank.projection,
    projectionRankShare: last.rank.projection / most(all.map((row) => row.rank.projection)),
    zStd: last.zStdTraining,
    projectionStd: last.std.projection,
    featureStd: last.std.backbone,
    untrainedStd: untrained.std.backbone,
    ...sinceStart(input),
  };
}

export type Figures = ReturnType<typeof figures>;

/**
 * The verdict that is shown: the gravest of the last rows. An alarm is raised at once and taken back once nothing has
 * been wrong for `holdRows` rows, so that a run at a threshold has one verdict that stands and not another each epoch.
 */
export function standing(input: VerdictInput): Verdict {
  const { history } = input;
  // Of what ends the run nothing that was said before holds the word back.
  if (classify(input, figures(input)) === 'worseThanStart') return 'worseThanStart';
  let gravest = 0;
  for (let rows = history.length; rows > Math.max(0, history.length - thresholds.holdRows); rows--) {
    const then = { ...input, history: history.slice(0, rows) };
    gravest = Math.max(gravest, Verdict.options.indexOf(classify(then, figures(then))));
  }
  return Verdict.options[gravest]!;
}

function classify(input: VerdictInput, v: Figures): Verdict {
  const { config, history } = input;
  if (!areFinite(v)) return 'diverging';
  // Before a loss that rises: where training tears known weights apart it does both, and this keeps them.
  if (v.step >= thresholds.settleSteps && losesStart(input)) return 'worseThanStart';
  if (isDiverging(config, history, v)) return 'diverging';
  if (v.step < thresholds.settleSteps) return 'healthy';
  const collapse = collapseOf(config, v);
  // Dim or uniform photos lie close together and can still be told apart: where neighbours say so, nothing has collapsed.
  if (collapse && collapse !== 'suspicious' && tellsApart(input)) return 'healthy';
  if (collapse) return collapse;
  return isNotLearning(input, v) ? 'notLearning' : 'healthy';
}

/** Where the teacher has most of the say, it also says how many directions there are: its own, which may be few. */
function collapseOf(config: RunConfig, v: Figures): Verdict | null {
  if (hasTeacher(config) && config.teacher.weight >= 0.5) return isPoint(config, v) ? 'collapsed' : null;
  return lossOf(config).kind === 'cosine' ? cosineCollapse(config, v) : spreadCollapse(config, v);
}

/**
 * Collapse under a cosine loss: views agree (the loss is low) although, or because, photos are no longer told apart.
 */
function cosineCollapse(config: RunConfig, v: Figures): Verdict | null {
  const t = thresholds;
  if (isPoint(config, v)) return 'collapsed';
  const lowRank = v.rankShare <= t.rankCollapsed;
  if (v.loss <= t.lossCollapsed) {
    if (leastSpread(v) <= t.zStdCollapsed) return 'collapsed';
    if (lowRank) return v.zStd < t.zStdSuspicious ? 'collapsed' : 'dimensionalCollapse';
  }
  if (v.loss <= t.lossAgreeing) {
    // On the way: z has left the sphere, or lies on few lines of it, while the loss still falls.
    const fewLines = v.projectionRankShare <= t.projectionRankCollapsed || normalisesZ(config);
    if (v.zStd <= t.zStdFallen && fewLines) return 'dimensionalCollapse';
    if (normalisesZ(config) && v.zStd < t.zStdSuspicious) return 'suspicious';
    if (v.rankShare <= t.rankSuspicious && v.zStd < t.zStdHealthy) return 'suspicious';
  }
  return lowRank ? 'suspicious' : null;
}

/** Collapse under the other losses, which do not fall to a minimum then, so the spread and the ranks alone speak. */
function spreadCollapse(config: RunConfig, v: Figures): Verdict | null {
  const t = thresholds;
  if (isPoint(config, v)) return 'collapsed';
  if (v.rankShare > t.rankCollapsed) return null;
  if (v.zStd >= t.zStdSuspicious) return 'suspicious';
  return leastSpread(v) <= t.zStdCollapsed ? 'collapsed' : 'dimensionalCollapse';
}

/**
 * Whether the photos are dim or nearly alike: the features lie at one point before the first step, in a network that
 * has lost nothing. The running statistics of evaluation mode are too coarse to tell such photos apart, so the rules go
 * by training mode alone.
 */
const isDim = (v: Figures): boolean => v.untrainedStd < thresholds.featureStdPoint;

/** Std ratio of z in training or evaluation mode, whichever is less. */
const leastSpread = (v: Figures): number => (isDim(v) ? v.zStd : Math.min(v.zStd, v.projectionStd));

/** Whether all photos lie at one point: in the features, which are then of no use, or in z. */
function isPoint(config: RunConfig, v: Figures): boolean {
  const t = thresholds;
  if (isDim(v)) return v.zStd < t.zStdPoint;
  if (v.featureStd < t.featureStdPoint) return true;
  return normalisesZ(config)
    ? Math.max(v.zStd, v.projectionStd) < t.zStdPoint
    : v.projectionStd < t.projectionStdPoint && v.zStd < t.zStdCollapsed;
}

/** Batch normalisation on the projector's output keeps the std ratio of a healthy z near 1. */
const normalisesZ = ({ head }: RunConfig): boolean => head.norm === 'default' || head.norm === 'all';

/**
 * The change of the loss that counts: `ofCosine` for a cosine, for another loss a share of what a network pays to which
 * all photos look the same.
 */
function lossChange(config: RunConfig, ofCosine: number, share: number): number {
  const loss = lossOf(config);
  return loss.kind === 'cosine' ? ofCosine : share * loss.chance;
}

const areFinite = (v: Figures): boolean => [v.loss, v.rank, v.zStd, v.projectionStd].every(Number.isFinite);

function isDiverging(config: RunConfig, history: readonly EpochMetrics[], v: Figures): boolean {
  const rise = lossChange(config, thresholds.lossRise, thresholds.lossRiseShare);
  const risen = (row: EpochMetrics | undefined) => row !== undefined && row.loss > v.lossLeast + rise;
  return risen(history.at(-1)) && risen(history.at(-2));
}

/**
 * Whether kNN, or agreement where there are no labels, averaged over up to three rows, is far above the untrained
 * network's and near its own best.
 */
function tellsApart({ untrained, history }: VerdictInput): boolean {
  const labelled = untrained.knn !== null;
  const of = (metrics: ProbeMetrics) => (labelled ? metrics.knn : metrics.agreement);
  const before = of(untrained);
  const known = history.map(of).filter((value) => value !== null);
  if (before === null || known.length < history.length) return false;
  const recent = known.slice(-3);
  const gain = recent.reduce((sum, value) => sum + value / recent.length, 0) - before;
  const kept = labelled ? thresholds.knnKept : thresholds.agreementKept;
  return gain >= kept && gain >= thresholds.keptShare * (most(known) - before);
}

/** The figure that the run began with and its present one, where it began with known weights that were worth something. */
function sinceStart({ baselines, history }: VerdictInput): { start: number; now: number } | null {
  if (!baselines || baselines.start - baselines.untrained < thresholds.startLost) return null;
  const now = history.at(-1)![baselines.measure];
  return now === null ? null : { start: baselines.start, now };
}

function losesStart(input: VerdictInput): boolean {
  const { baselines, history, config } = input;
  // Rendered weights come with every copy of the application: what a run falls below at first is nothing to keep.
  if (config.backbone.init === RENDERED) return false;
  const since = sinceStart(input);
  if (!since || !baselines) return false;
  const loss = Math.max(thresholds.startLost, thresholds.startLostShare * (baselines.start - baselines.untrained));
  const lost = (row: EpochMetrics | undefined) =>
    baselines.start - ((row && row[baselines.measure]) ?? baselines.start);
  return lost(history.at(-1)) >= 2 * loss || Math.min(lost(history.at(-1)), lost(history.at(-2))) >= loss;
}

function isNotLearning({ config, untrained, history }: VerdictInput, v: Figures): boolean {
  const t = thresholds;
  if (v.step < t.patienceSteps || history.length < t.patienceRows) return false;
  const half = history[history.length >> 1]!;
  const fallen = half.loss - v.loss;
  if (v.zStd > t.zStdGrowth * half.zStdTraining) return false;
  if (lossOf(config).kind === 'cosine' && v.loss < t.lossAgreeing) return false;
  if (fallen >= lossChange(config, t.lossFall, t.lossFallShare)) return false;
  // The mean of three rows: a single one of a few hundred photos is off by two points as often as not.
  const gained = (of: (metrics: ProbeMetrics) => number | null, least: number): boolean => {
    const before = of(untrained);
    const now = history
      .slice(-3)
      .map(of)
      .filter((figure) => figure !== null);
    return before !== null && now.reduce((sum, figure) => sum + figure / now.length, 0) > before + least;
  };
  return !gained((metrics) => metrics.knn, t.knnGain) && !gained((metrics) => metrics.agreement, t.agreementGain);
}
