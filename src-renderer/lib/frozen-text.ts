/** The form of a frozen encoder in words. */
import type { FrozenForm } from '../../shared/frozen.ts';
import type { I18n } from '../state/i18n.svelte.ts';

export const formFields = [
  ...['imageSize', 'fit', 'shortSide', 'interpolation', 'mean', 'std', 'order', 'layout', 'output', 'pool'],
] as (keyof FrozenForm)[];

export const tripleText = (numbers: readonly number[]): string =>
  numbers.map((value) => String(Number(value.toPrecision(6)))).join(' ');

export function fieldText(i18n: I18n, form: FrozenForm, field: keyof FrozenForm): string {
  if (field === 'mean' || field === 'std') return tripleText(form[field]);
  if (field === 'fit') return i18n.t(`frozen.fit.${form.fit}`);
  if (field === 'pool') return i18n.t(`frozen.pool.${form.pool}`);
  return field === 'imageSize' || field === 'shortSide' ? `${form[field]} px` : form[field];
}
