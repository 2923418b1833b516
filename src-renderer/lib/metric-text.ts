/**
 * A metric's name, definition and value in words: what it means first, where the catalogue says it, then how it is
 * reckoned; the catalogue's translation over the text of shared/metrics.ts.
 */
import { metricOf } from '../../shared/metrics.ts';
import type { MetricName } from '../../shared/metrics.ts';
import type { I18n } from '../state/i18n.svelte.ts';

export function metricText(i18n: I18n, name: MetricName): { label: string; unit: string; definition: string } {
  const meta = metricOf(name);
  return {
    label: i18n.lookup(`metric.${name}.label`, meta.label),
    unit: meta.unit && i18n.lookup(`unit.${meta.unit}`, meta.unit),
    definition: [i18n.lookup(`metric.${name}.plain`, ''), i18n.lookup(`metric.${name}.definition`, meta.definition)]
      .filter(Boolean)
      .join('\n\n'),
  };
}

/** A value with its unit: 31.4 %, 120 photos/s, 3 min 20 s, 0.98; an em dash for null, NaN and infinity. */
export function formatMetric(i18n: I18n, name: MetricName, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '—';
  const { unit, digits = 3 } = metricOf(name);
  if (unit === '%') return i18n.percent(value);
  if (unit === 's') return i18n.duration(value);
  if (unit === 'photos/s') return `${i18n.figure(value)} ${i18n.lookup(`unit.${unit}`, unit)}`;
  if (name === 'learningRate') return i18n.figure(value);
  return i18n.number(value, digits);
}

/** A value as a number at the y axis: no unit but %. */
export const tickOf = (i18n: I18n, name: MetricName, value: number): string =>
  metricOf(name).unit === '%' ? i18n.percent(value, Math.round(value * 1000) % 10 ? 1 : 0) : i18n.figure(value);
