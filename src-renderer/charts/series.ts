/**
 * From a run's history to what a chart draws: choice of the x axis, smoothing, down-sampling to buckets. Pure;
 * drawing is in Chart.svelte.
 */
import { csvLine, guarded, markedCsv } from '../../shared/csv.ts';
import type { Bucket } from './buffer.ts';

export type XAxis = 'step' | 'epoch' | 'wall' | 'training';

/** A curve, or a series of values at probes (min and max equal to the value). */
export interface Line {
  id: string;
  label: string;
  /** What the line is, in plain words: shown on hover. */
  definition?: string;
  color: string;
  /** Drawn with dashes: told apart without colour. */
  dash?: number[];
  buckets: readonly Bucket[];
  /** What the chart says of the line where that is not its last value. */
  value?: number | null;
}

export interface Point {
  x: number;
  y: number;
}

/** Drawn parts of a line. */
export interface Drawn {
  raw: Point[];
  smooth: Point[];
  low: Point[];
  high: Point[];
}

/** Steps and epochs as they are, training time in seconds, wall time in milliseconds since 1970. */
export function xOf(bucket: Bucket, axis: XAxis): number {
  if (axis === 'step') return bucket.step;
  if (axis === 'epoch') return bucket.epoch;
  return axis === 'wall' ? bucket.at : bucket.trainingSeconds;
}

/**
 * Exponential moving average with the start corrected, so that it begins at the first value and not at zero.
 * A gap (a value that is not finite) is passed over. `weight` 0 leaves the values as they are; 0.999 is the most.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let average = 0;
  let count = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    average = average * weight + value * (1 - weight);
    count++;
    return average / (1 - weight ** count);
  });
}

/** At most `points` buckets of equal count: last value, least and greatest of each. */
export function downsample(buckets: readonly Bucket[], points: number): readonly Bucket[] {
  if (buckets.length <= points) return buckets;
  const out: Bucket[] = [];
  const width = buckets.length / points;
  for (let i = 0; i < points; i++) {
    const from = Math.floor(i * width);
    const to = Math.floor((i + 1) * width);
    const last = buckets[to - 1]!;
    let { min, max } = last;
    for (let j = from; j < to; j++) {
      min = Math.min(min, buckets[j]!.min);
      max = Math.max(max, buckets[j]!.max);
    }
    out.push({ ...last, min, max });
  }
  return out;
}

export interface View {
  axis: XAxis;
  /** 0 to 0.999. */
  smoothing: number;
  logY: boolean;
  /** Added to each value on a log axis: the least loss is -1, and what is drawn is the distance from there. */
  logShift?: number;
}

/**
 * A line as drawn, with at most `points` buckets. On a log axis values at or below zero (after `logShift`) are left
 * out.
 */
export function draw(line: Line, { axis, smoothing, logY, logShift = 0 }: View, points = 500): Drawn {
  const buckets = downsample(line.buckets, points);
  const averaged = smooth(
    buckets.map((bucket) => bucket.last),
    smoothing,
  );
  const drawn: Drawn = { raw: [], smooth: [], low: [], high: [] };
  const hasRange = buckets.some(({ min, max }) => min < max); // a shade without a width is not worth its points
  buckets.forEach((bucket, i) => {
    const x = xOf(bucket, axis);
    const add = (list: Point[], y: number) => {
      const shown = logY ? y + logShift : y;
      if (Number.isFinite(shown) && (!logY || shown > 0)) list.push({ x, y: shown });
    };
    if (smoothing > 0) add(drawn.raw, bucket.last);
    add(drawn.smooth, averaged[i]!);
    if (!hasRange || (logY && !(bucket.min + logShift > 0))) return; // both edges of the shade, or none
    add(drawn.low, bucket.min);
    add(drawn.high, bucket.max);
  });
  return drawn;
}

/**
 * A range for the y axis where all values are equal (chart.js would show -1 to 1 around a zero): `margin` to either
 * side, else from zero to twice the value. Null: the values differ, or there are none.
 */
export function rangeOfOne(values: readonly number[], margin?: number): { min: number; max: number } | null {
  const [first] = values;
  if (first === undefined || values.some((value) => value !== first)) return null;
  if (margin !== undefined) return { min: first - margin, max: first + margin };
  return first < 0 ? { min: 2 * first, max: 0 } : { min: 0, max: first === 0 ? 1 : 2 * first };
}

/**
 * Whether a tick of a log axis from `least` to `most` is labelled: powers of ten; over three decades or fewer also
 * three times those, over 1.2 or fewer twice and five times instead.
 */
export function hasLogLabel(value: number, least: number, most: number): boolean {
  const decades = Math.log10(most / least);
  const leading = Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
  return decades > 3
    ? leading === 1
    : decades > 1.2
      ? [1, 3].includes(leading) || leading === 10
      : [1, 2, 5].includes(leading);
}

/**
 * The lines as a CSV file for spreadsheets, one row a bucket: training time in seconds, wall time in ISO 8601. A line may
 * be called as a person called a run.
 */
export function toCsv(lines: readonly Line[]): string {
  const rows = lines.flatMap(({ label, buckets }) =>
    buckets.map(({ step, epoch, trainingSeconds, at, last, min, max }) => [
      guarded(label),
      ...[step, epoch, trainingSeconds, new Date(at).toISOString(), last, min, max].map(String),
    ]),
  );
  const head = ['series', 'step', 'epoch', 'training_seconds', 'time', 'value', 'min', 'max'];
  return markedCsv([head, ...rows].map(csvLine).join(''));
}

/** The last value of a line, null where there is none. */
export const lastValue = (line: Line): number | null => line.value ?? line.buckets.at(-1)?.last ?? null;
