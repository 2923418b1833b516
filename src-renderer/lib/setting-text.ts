/** A setting's name, unit and reason in words: the catalogue's translation over the text of shared/config.ts. */
import type { I18n } from '../state/i18n.svelte.ts';
import { fieldOf } from './fields.ts';

export function settingText(i18n: I18n, path: string): { label: string; unit: string; reason: string } {
  const { label = path, unit = '', reason = '' } = fieldOf(path)?.meta ?? {};
  return {
    label: i18n.lookup(`setting.${path}.label`, label),
    unit: unit && i18n.lookup(`unit.${unit}`, unit),
    reason: i18n.lookup(`setting.${path}.reason`, reason),
  };
}
