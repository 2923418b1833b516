/**
 * How alike two photos are, as a person can trust it: the share of all pairs of these photos that are less alike. The
 * cosine itself means nothing without them, and stands behind it.
 */
import { MOST_CLOSER, toldCloser } from '../../shared/closer.ts';
import type { I18n } from '../state/i18n.svelte.ts';

/** 99.98 %, with more digits the nearer it is to all. */
export function closerShare(i18n: I18n, closer: number): string {
  const digits = closer >= 0.99 ? 2 : closer >= 0.9 ? 1 : 0;
  return i18n.percent(toldCloser(closer, digits), digits);
}

/** The slider goes by tenths of the others: 90 % at 1, 99 % at 2, 99.9 % at 3. */
export const sliderEnd = -Math.log10(1 - MOST_CLOSER);
export const closerAt = (position: number): number => Number((1 - 10 ** -position).toPrecision(5));
export const positionOf = (closer: number): number => -Math.log10(1 - Math.min(closer, MOST_CLOSER));
