/**
 * What a browser finds wrong with a field (empty, too small, no whole number) as a sentence of the catalogue: its own
 * would be in the language of the browser. It is shown at the field, by the browser.
 */
import type { I18n, MessageKey } from '../state/i18n.svelte.ts';
import type { Values } from '../../shared/messages/format.ts';

type Found = Pick<ValidityState, 'rangeUnderflow' | 'rangeOverflow' | 'stepMismatch'>;

export function faultOf(
  { rangeUnderflow, rangeOverflow, stepMismatch }: Found,
  { min, max }: { min: string; max: string },
): { key: MessageKey; values: Values } {
  const values = { min: Number(min), max: Number(max) };
  if ((rangeUnderflow || rangeOverflow) && min !== '' && max !== '') return { key: 'field.between', values };
  if (rangeUnderflow) return { key: 'field.least', values };
  if (rangeOverflow) return { key: 'field.most', values };
  return { key: stepMismatch ? 'field.whole' : 'field.missing', values: {} };
}

/** For every field of the page, until the returned function is called. */
export function wordFaults(page: Document, i18n: I18n): () => void {
  const word = ({ target }: Event) => {
    if (!(target instanceof HTMLInputElement) || target.validity.customError) return;
    const { key, values } = faultOf(target.validity, target);
    target.setCustomValidity(i18n.t(key, values));
  };
  const clear = ({ target }: Event) => {
    if (target instanceof HTMLInputElement) target.setCustomValidity('');
  };
  /** Before a form is sent, by a press or by Enter, its fields are judged anew: a value may have been set by the page. */
  const clearForm = ({ target }: Event) => {
    if (!(target instanceof Element)) return;
    for (const field of target.closest('form')?.querySelectorAll('input') ?? []) field.setCustomValidity('');
  };
  page.addEventListener('invalid', word, true); // it does not bubble
  page.addEventListener('input', clear, true);
  page.addEventListener('click', clearForm, true);
  return () => {
    page.removeEventListener('invalid', word, true);
    page.removeEventListener('input', clear, true);
    page.removeEventListener('click', clearForm, true);
  };
}
