/** A setting's name, unit, reason and value in words: the catalogue's translation over the text of shared/config.ts. */
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

/** A value as the form shows it, with its unit: on, ResNet-18, 0.5 min; an em dash where there is none. */
export function settingValue(i18n: I18n, path: string, value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return i18n.t(value ? 'common.on' : 'common.off');
  if (typeof value !== 'number') return i18n.lookup(`option.${path}.${String(value)}`, String(value));
  const { unit } = settingText(i18n, path);
  const written = Number.isInteger(value) ? String(value) : i18n.figure(value);
  return unit ? `${written} ${unit}` : written;
}
