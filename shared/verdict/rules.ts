/**
 * What the judgement rests on: the figures it looks at, the thresholds, and the rules that make a verdict of them.
 * How thresholds were chosen and what they are worth is measured in docs/verdict.md. Wording and advice are in
 * advice.ts.
 *
 * Losses of different methods have different ends, so each rule says which losses it can read: a cosine, whose
 * minimum of -1 a perfect network and a collapsed one share, or another, of which is known what a network pays to which
 * all photos look the same.
 */
import type { Baselines } from '../baselines.ts';
import type { RunConfig } from '../config.ts';
import { lossOf } from '../methods/index.ts';
import type { EpochMetrics, ProbeMetrics } from '../metrics.ts';

/** What the verdict is a function of: the untrained network's figures, the history so far, and the settings. */
export interface VerdictInput {
  untrained: ProbeMetrics;
  history: readonly EpochMetrics[];
  config: RunConfig;
  /** What the run is compared with, where it was measured. */
  baselines?: Baselines | null;
}

export type VerdictName =
  'healthy' | 'suspicious' | 'dimensionalCollapse' | 'collapsed' | 'notLearning' | 'worseThanStart' | 'diverging';

/**
 * Chosen on one half of the recorded runs in test/unit/fixtures/runs. Shares of ranks are of the highest that the run
 * has shown, its untrained one included.
 */
export const thresholds = {
  /** Rows without a sign after which an alarm is taken back. */
  holdRows: 4,
  /** Nothing is judged before so many steps: the running statistics of batch normalisation have not settled. */
  settleSteps: 30,
  /** Share of the backbone's rank: collapses end below a tenth; the lowest of a healthy run is 0.4. */
  rankCollapsed: 0.3,
  rankSuspicious: 0.55,
  /** Share of the rank of z. A healthy z can use few directions too (LARS), but then it is spread over them. */
  projectionRankCollapsed: 0.12,
  /** The cosine loss of a collapse ends near -1. */
  lossCollapsed: -0.8,
  /** Here a cosine loss says that views agree well, for a good reason or a bad one. */
  lossAgreeing: -0.6,
  /** Std ratio of z in training. Where the head normalises z, healthy runs stay above 0.9 and collapses fall to 0.3. */
  zStdSuspicious: 0.85,
  zStdFallen: 0.8,
  zStdCollapsed: 0.5,
  /** At one point: in training and in evaluation mode; where the head does not normalise, a healthy z may begin at 0.1, */
  zStdPoint: 0.1,
  /** so there in evaluation mode alone, with what training still spreads under zStdCollapsed. */
  projectionStdPoint: 0.04,
  /** Std ratio of the features: an untrained network shows 0.2 and more, whatever its head. */
  featureStdPoint: 0.05,
  /** A rise of the loss above its least value, kept up for two rows: of a cosine, and of another as a share of what no knowledge costs. */
  lossRise: 0.3,
  lossRiseShare: 0.15,
  /** Not learning is said after so many steps and rows, of a loss that fell by less than this over the latter half. */
  patienceSteps: 200,
  patienceRows: 5,
  lossFall: 0.05,
  lossFallShare: 0.004,
  /** Nor has the std ratio of z grown by this factor: MoCo's z spreads while its loss stands still, as its queue learns too. */
  zStdGrowth: 1.1,
  /** Gains that are learning, whatever the loss says: two standard errors of a few hundred photos. */
  knnGain: 0.06,
  agreementGain: 0.03,
  /**
   * Gains of labels that no collapse shows: what tells photos apart is not lost, whatever spread and rank say. No recorded
   * collapse ended with more than 0.06.
   */
  knnKept: 0.1,
  /** The same of neighbour agreement where there are no labels: of recorded collapses none gained more than 0.04, of 48 photos 0.13. */
  agreementKept: 0.15,
  /** And what of its best gain is still there. */
  keptShare: 0.7,
  /**
   * Of a run that began with known weights: what it lost of its start, kept up for two rows, or twice as much at one. As
   * shares of what its start was worth above random weights, and never less than chance among a few hundred photos.
   */
  startLost: 0.06,
  startLostShare: 0.25,
} as const;

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
    ...sinceStart(input),
  };
}

export type Figures = ReturnType<typeof figures>;

/** From nothing to say to what needs a person soonest. */
const bySeverity: readonly VerdictName[] = [
  'healthy',
  'suspicious',
  'notLearning',
  'dimensionalCollapse',
  'collapsed',
  'worseThanStart',
  'diverging',
];

/**
 * What is said: the gravest of the last rows. An alarm is raised at once and taken back once nothing has been wrong for
 * `holdRows` rows, so that a run at a threshold has one verdict that stands and not another each epoch.
 */
export function standing(input: VerdictInput): VerdictName {
  const { history } = input;
  let gravest = 0;
  for (let rows = history.length; rows > Math.max(0, history.length - thresholds.holdRows); rows--) {
    const then = { ...input, history: history.slice(0, rows) };
    gravest = Math.max(gravest, bySeverity.indexOf(classify(then, figures(then))));
  }
  return bySeverity[gravest]!;
}

function classify(input: VerdictInput, v: Figures): VerdictName {
  const { config, history } = input;
  if (isDiverging(config, history, v)) return 'diverging';
  if (v.step < thresholds.settleSteps) return 'healthy';
  if (losesStart(input)) return 'worseThanStart';
  const collapse = lossOf(config).kind === 'cosine' ? cosineCollapse(config, v) : spreadCollapse(config, v);
  // Dim or uniform photos lie close together and can still be told apart: where neighbours say so, nothing has collapsed.
  if (collapse && collapse !== 'suspicious' && tellsApart(input)) return 'healthy';
  if (collapse) return collapse;
  return isNotLearning(input, v) ? 'notLearning' : 'healthy';
}

/** Of a cosine loss: views agree (the loss is low) although, or because, photos are no longer told apart. */
function cosineCollapse(config: RunConfig, v: Figures): VerdictName | null {
  const t = thresholds;
  if (isPoint(config, v)) return 'collapsed';
  const lowRank = v.rankShare <= t.rankCollapsed;
  if (v.loss <= t.lossCollapsed) {
    if (Math.min(v.zStd, v.projectionStd) <= t.zStdCollapsed) return 'collapsed';
    if (lowRank) return v.zStd < t.zStdSuspicious ? 'collapsed' : 'dimensionalCollapse';
  }
  if (v.loss <= t.lossAgreeing) {
    // On the way: z has left the sphere, or lies on few lines of it, while the loss still falls.
    const fewLines = v.projectionRankShare <= t.projectionRankCollapsed || normalisesZ(config);
    if (v.zStd <= t.zStdFallen && fewLines) return 'dimensionalCollapse';
    if (normalisesZ(config) && v.zStd < t.zStdSuspicious) return 'suspicious';
    if (v.rankShare <= t.rankSuspicious && v.zStd < 0.9) return 'suspicious';
  }
  return lowRank ? 'suspicious' : null;
}

/** The others: their loss does not fall to a minimum in a collapse, so the spread and the ranks alone speak. */
function spreadCollapse(config: RunConfig, v: Figures): VerdictName | null {
  const t = thresholds;
  if (isPoint(config, v)) return 'collapsed';
  if (v.rankShare > t.rankCollapsed) return null;
  if (v.zStd >= t.zStdSuspicious) return 'suspicious';
  return Math.min(v.zStd, v.projectionStd) <= t.zStdCollapsed ? 'collapsed' : 'dimensionalCollapse';
}

/** All photos at one point: of the features, of which nothing is left to use then, or of z. */
function isPoint(config: RunConfig, v: Figures): boolean {
  const t = thresholds;
  if (v.featureStd < t.featureStdPoint) return true;
  return normalisesZ(config)
    ? Math.max(v.zStd, v.projectionStd) < t.zStdPoint
    : v.projectionStd < t.projectionStdPoint && v.zStd < t.zStdCollapsed;
}

/** Batch normalisation on the projector's output keeps the std ratio of a healthy z near 1. */
const normalisesZ = ({ head }: RunConfig): boolean => head.norm === 'default' || head.norm === 'all';

/** A change of the loss that counts: of a cosine by itself, of another as a share of what no knowledge costs. */
function lossChange(config: RunConfig, ofCosine: number, share: number): number {
  const loss = lossOf(config);
  return loss.kind === 'cosine' ? ofCosine : share * loss.chance;
}

function isDiverging(config: RunConfig, history: readonly EpochMetrics[], v: Figures): boolean {
  if (![v.loss, v.rank, v.zStd, v.projectionStd].every(Number.isFinite)) return true;
  const rise = lossChange(config, thresholds.lossRise, thresholds.lossRiseShare);
  const risen = (row: EpochMetrics | undefined) => row !== undefined && row.loss > v.lossLeast + rise;
  return risen(history.at(-1)) && risen(history.at(-2));
}

/** kNN, or agreement where there are no labels, is as the mean of up to three rows far above the untrained network's, and near the best that it was. */
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
  const { baselines, history } = input;
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
    const now = history.slice(-3).map(of);
    return before !== null && now.reduce<number>((sum, x) => sum + x! / now.length, 0) > before + least;
  };
  return !gained((metrics) => metrics.knn, t.knnGain) && !gained((metrics) => metrics.agreement, t.agreementGain);
}
