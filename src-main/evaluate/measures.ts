/**
 * How each figure of the probe is computed: one entry for each row of shared/metrics.ts that is of the probe. What the
 * probe looks at, and when, is src-main/trainer/monitor.ts.
 */
import { probeMetricNames } from '../../shared/metrics.ts';
import { nestedBy } from '../../shared/metricRows.ts';
import { qualityOf } from '../../shared/quality.ts';
import type { ProbeMetricName } from '../../shared/metrics.ts';
import type { MetricValue, ProbeMetrics } from '../../shared/metricRows.ts';
import { alignment, effectiveRank, stdRatio, uniformity } from './collapse.ts';
import { confusionMatrix } from './confusion.ts';
import { neighbourAgreement } from './knn.ts';
import type { KnnResult } from './knn.ts';

export interface Embedded {
  features: Float32Array; // [n, D]
  projections: Float32Array; // [n, d]
  predictions: Float32Array; // [n, d]
  n: number;
}

/** Classes that neighbours gave the labelled photos, and their true ones. */
export interface Votes extends KnnResult {
  truth: Int32Array; // [count], 0 to classes - 1
  classes: number;
}

/** The probe photos as the network embeds them, in evaluation mode. */
export interface Probe extends Embedded {
  /** Features of second, augmented views of the first `paired` photos, [paired, D]. */
  second: Float32Array;
  paired: number;
  /** The number of each photo's group [n], as knnClassify has it. */
  groups?: Int32Array;
  /** Computed when first asked for; null without at least two labels. */
  votes(): Promise<Votes | null>;
  threads: number;
}

/** Most photos that spectra and pairs are computed from: more cost a second and say the same. */
const MOST_PHOTOS = 512;

const widthOf = ({ n }: Probe, rows: Float32Array): number => rows.length / n;
const whole = (of: typeof stdRatio, probe: Probe, rows: Float32Array) => of(rows, probe.n, widthOf(probe, rows));
function first(of: typeof effectiveRank, probe: Probe, rows: Float32Array): number {
  const n = Math.min(probe.n, MOST_PHOTOS);
  const d = widthOf(probe, rows);
  return of(rows.subarray(0, n * d), n, d);
}
/** Features of the photos that have a second view, [paired, D]. */
const pairedRows = (probe: Probe) => probe.features.subarray(0, probe.paired * widthOf(probe, probe.features));

/** Mean over the classes that were asked about of the share found of each; null where none was. */
function balanced(votes: Votes | null): number | null {
  if (votes === null) return null;
  const { recall } = confusionMatrix(votes.truth, votes.predictions, votes.classes);
  const asked = recall.filter(Number.isFinite);
  return asked.length > 0 ? asked.reduce((sum, share) => sum + share, 0) / asked.length : null;
}

type Measures = { readonly [K in ProbeMetricName]: (probe: Probe) => MetricValue<K> | Promise<MetricValue<K>> };

export const measures: Measures = {
  'std.backbone': (probe) => whole(stdRatio, probe, probe.features),
  'std.projection': (probe) => whole(stdRatio, probe, probe.projections),
  'std.prediction': (probe) => whole(stdRatio, probe, probe.predictions),
  'rank.backbone': (probe) => first(effectiveRank, probe, probe.features),
  'rank.projection': (probe) => first(effectiveRank, probe, probe.projections),
  alignment: (probe) => alignment(pairedRows(probe), probe.second, probe.paired, widthOf(probe, probe.features)),
  uniformity: (probe) => first(uniformity, probe, probe.features),
  knn: async (probe) => (await probe.votes())?.accuracy ?? null,
  balancedKnn: async (probe) => balanced(await probe.votes()),
  agreement: (probe) =>
    neighbourAgreement(pairedRows(probe), probe.second, probe.paired, widthOf(probe, probe.features), {
      threads: probe.threads,
      ...(probe.groups && { groups: probe.groups.subarray(0, probe.paired) }),
    }),
  // Made of others: measureProbe fills it in.
  quality: () => null,
};

/** Every figure of the probe. @throws SearchError not-finite when a feature is NaN or infinite */
export async function measureProbe(probe: Probe): Promise<ProbeMetrics> {
  const values = new Map<string, number | null>();
  for (const name of probeMetricNames) values.set(name, await measures[name](probe));
  const metrics = nestedBy(probeMetricNames, (name) => values.get(name)) as unknown as ProbeMetrics;
  return { ...metrics, quality: qualityOf(metrics) };
}
