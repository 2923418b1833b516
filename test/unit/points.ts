/** The points that scripts/quality.ts measured (fixtures/quality.json): figures without labels beside what labels say. */
import { readFileSync } from 'node:fs';
import { qualityOf } from '../../shared/quality.ts';

/** The exponents of the quality were chosen on the one; which situation is which was written down before it was run. */
export type PointHalf = 'chosen on' | 'held out';

export interface Point {
  situation: string;
  half: PointHalf;
  recipe: string;
  /** -1: features that need no training. */
  step: number;
  alignment: number;
  agreement: number;
  std: number;
  rank: number;
  /** Null of features that need no training. */
  linear: number | null;
  knn: number;
}

export const recordedPoints = (): Point[] =>
  JSON.parse(readFileSync(new URL('./fixtures/quality.json', import.meta.url), 'utf8')) as Point[];

export const qualityOfPoint = ({ alignment, agreement, std, rank }: Point): number | null =>
  qualityOf({ alignment, agreement, std: { backbone: std }, rank: { backbone: rank } });

/** Places of values in their order, the mean of places where they are equal. */
function places(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

/** Spearman's correlation: of places instead of values. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [places(a), places(b)];
  const [mx, my] = [mean(x), mean(y)];
  const product = (u: readonly number[], v: readonly number[], mu: number, mv: number) =>
    u.reduce((sum, value, i) => sum + (value - mu) * (v[i]! - mv), 0);
  return product(x, y, mx, my) / Math.sqrt(product(x, x, mx, mx) * product(y, y, my, my));
}
