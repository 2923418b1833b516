/** A rating as a person reads it: stars, or that it was rejected. */
import type { I18n } from '../state/i18n.svelte.ts';

export const ratingText = (i18n: I18n, rating: number): string =>
  rating < 0 ? i18n.t('rating.rejected') : i18n.t('rating.stars', { count: rating });
