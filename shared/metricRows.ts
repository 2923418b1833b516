/** Rows of a run's history, as types and schemas made from the table of metrics, and how a figure is found in one. */
import { z } from 'zod';
import { metricNames, metricOf, probeMetricNames } from './metrics.ts';
import type { MetricName, metrics, ProbeMetricName } from './metrics.ts';

export type MetricValue<K extends MetricName> = (typeof metrics)[K] extends { optional: true } ? number | null : number;
/** { std: { backbone: number } } of 'std.backbone'. */
type Nested<K extends string, V> = K extends `${infer A}.${infer B}` ? { [P in A]: Nested<B, V> } : { [P in K]: V };
type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;
type Figures<K extends MetricName> = Intersection<{ [N in K]: Nested<N, MetricValue<N>> }[K]>;

/** A metric's value in a row, null where it has none. */
export function valueAt(row: object, name: MetricName): number | null {
  let value: unknown = row;
  for (const key of name.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Sets a value by its path, which is made where the row lacks it. */
function put(row: Record<string, unknown>, name: MetricName, value: unknown): void {
  const path = name.split('.');
  const last = path.pop()!;
  path.reduce((at, key) => (at[key] ??= {}) as Record<string, unknown>, row)[last] = value;
}

/** Values by their paths, as a row has them. */
export function nestedBy(names: readonly MetricName[], value: (name: MetricName) => unknown): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of names) put(out, name, value(name));
  return out;
}

/** What is absent in an older row is null; what a newer one has besides is left out. */
const shapeOf = (names: readonly MetricName[]): Record<string, z.ZodType> => {
  const object = (value: unknown): z.ZodType =>
    value instanceof z.ZodType
      ? value
      : z.object(Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, object(inner)])));
  const nested = nestedBy(names, (name) =>
    metricOf(name).optional ? z.number().nullable().default(null) : z.number(),
  );
  return Object.fromEntries(Object.entries(nested).map(([key, inner]) => [key, object(inner)]));
};

/** Figures of the probe set. Ratios: 1 = isotropic, 0 = constant. */
export type ProbeMetrics = Figures<ProbeMetricName>;
export const ProbeMetrics = z.object(shapeOf(probeMetricNames)) as unknown as z.ZodType<ProbeMetrics, unknown>;

/** Where in the run a row is, and the least and greatest step of its loss. */
const place = {
  epoch: z.number(),
  epochs: z.number(),
  step: z.int(),
  lossMin: z.number(),
  lossMax: z.number(),
  /** Seconds of training, pauses left out. */
  trainingSeconds: z.number(),
  /** Milliseconds since 1970. */
  at: z.number(),
};

/** One row of a run's history, written at each probe (usually each epoch). Of steps it has the mean since the last row. */
export type EpochMetrics = Figures<MetricName> & z.infer<z.ZodObject<typeof place>>;
export const EpochMetrics = z.object({ ...shapeOf(metricNames), ...place }) as unknown as z.ZodType<
  EpochMetrics,
  unknown
>;

/** A row as it was stored, with null for each of `names` that it was written without. */
export function completed<T extends object>(row: T, names: readonly MetricName[] = metricNames): T {
  const missing = names.filter((name) => metricOf(name).optional && valueAt(row, name) === null);
  if (missing.length === 0) return row;
  const out = structuredClone(row);
  for (const name of missing) put(out as Record<string, unknown>, name, null);
  return out;
}

/** One training step, for the fine curves. */
export const StepMetrics = z.strictObject({
  step: z.int(),
  epoch: z.number(),
  loss: z.number(),
  zStdTraining: z.number(),
  learningRate: z.number(),
  trainingSeconds: z.number(),
  at: z.number(),
});
export type StepMetrics = z.infer<typeof StepMetrics>;
