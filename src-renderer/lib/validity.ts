/**
 * What a browser finds wrong with a field (empty, too small, no whole number) as a sentence of the catalogue: its own
 * would be in the language of the browser. It is shown at the field, by the browser.
 */
import type { MessageKey } from '../state/i18n.svelte.ts';
import type { Values } from '../../shared/messages/format.ts';

/** Of the browser's ValidityState. */
interface Found {
  rangeUnderflow: boolean;
  rangeOverflow: boolean;
  stepMismatch: boolean;
}

export function faultOf(
  { rangeUnderflow, rangeOverflow, stepMismatch }: Found,
  { min, max, step = '' }: { min: string; max: string; step?: string },
): { key: MessageKey; values: Values } {
  const values = { min: Number(min), max: Number(max) };
  if ((rangeUnderflow || rangeOverflow) && min !== '' && max !== '') return { key: 'field.between', values };
  if (rangeUnderflow) return { key: 'field.least', values };
  if (rangeOverflow) return { key: 'field.most', values };
  if (!stepMismatch) return { key: 'field.missing', values: {} };
  return Number(step) > 0 && Number(step) !== 1
    ? { key: 'field.steps', values: { step: Number(step) } }
    : { key: 'field.whole', values: {} };
}
