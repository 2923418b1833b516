/** Gives every field of the page the sentences of validity.ts, which the browser then shows at the field. */
import type { I18n } from '../state/i18n.svelte.ts';
import { faultOf } from './validity.ts';

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
