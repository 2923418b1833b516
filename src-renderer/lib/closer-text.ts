/**
 * How alike two photos are, as a person can trust it: the share of all pairs of these photos that are less alike. The
 * cosine itself means nothing without them, and stands behind it.
 */
import type { I18n } from '../state/i18n.svelte.ts';

/** No more is said: the sample of pairs tells no more. */
const most = 0.9999;

/** 99.98 %, with more digits the nearer it is to all; never rounded up to what it is not. */
export function closerShare(i18n: I18n, closer: number): string {
  const digits = closer >= 0.99 ? 2 : closer >= 0.9 ? 1 : 0;
  const unit = 10 ** (digits + 2);
  return i18n.percent(Math.floor(Math.min(closer, most) * unit + 1e-9) / unit, digits);
}

/** The slider goes by tenths of the others: 90 % at 1, 99 % at 2, 99.9 % at 3. */
export const sliderEnd = -Math.log10(1 - most);
export const closerAt = (position: number): number => Number((1 - 10 ** -position).toPrecision(5));
export const positionOf = (closer: number): number => -Math.log10(1 - Math.min(closer, most));
