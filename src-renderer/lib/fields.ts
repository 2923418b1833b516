/**
 * The form of a setting, read from its schema in shared/config.ts: a switch, a choice, a number with its
 * limits, or text. A setting that is added there appears in the form by itself.
 */
import { z } from 'zod';
import { settings } from '../../shared/config.ts';
import type { SettingMeta } from '../../shared/setting.ts';

export type Control =
  | { kind: 'switch' }
  | { kind: 'choice'; options: string[] }
  | { kind: 'number'; min: number | null; max: number | null; step: number; slider: boolean }
  | { kind: 'text' };

export interface Field {
  /** Dotted path, 'augment.flip'. */
  path: string;
  /** 'augment', or 'run' for the settings at the top. */
  section: string;
  meta: SettingMeta;
  control: Control;
  default: unknown;
  nullable: boolean;
}

function controlOf(schema: z.ZodType, usual: unknown): { control: Control; nullable: boolean } {
  let inner = schema;
  let nullable = false;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodNullable || inner instanceof z.ZodPrefault) {
    nullable ||= inner instanceof z.ZodNullable;
    inner = inner.unwrap() as z.ZodType;
  }
  if (inner instanceof z.ZodBoolean) return { control: { kind: 'switch' }, nullable };
  if (inner instanceof z.ZodEnum) return { control: { kind: 'choice', options: inner.options.map(String) }, nullable };
  if (inner instanceof z.ZodNumber) {
    const { minValue, maxValue } = inner;
    const fine = typeof usual === 'number' && usual > 0 ? usual : 1;
    const isInteger = inner.format === 'safeint' || inner.format === 'int32';
    const limit = (value: number | null) =>
      value !== null && Number.isFinite(value) && Math.abs(value) < 2 ** 53 - 1 ? value : null;
    const min = limit(minValue);
    const max = limit(maxValue);
    const multiple = (z.toJSONSchema(inner) as { multipleOf?: number }).multipleOf;
    // a slider where its steps mean something: probabilities and shares, not a weight decay of 0.0001
    const slider = !isInteger && min !== null && max !== null && max <= 1 && fine >= 0.05;
    return {
      control: { kind: 'number', min, max, step: multiple ?? (isInteger ? 1 : slider ? 0.01 : 0), slider },
      nullable,
    };
  }
  return { control: { kind: 'text' }, nullable };
}

let made: Field[] | null = null;

/** Every setting as a field, in the order of the schema. */
export function fields(): readonly Field[] {
  made ??= settings().map(({ path, meta, schema, default: value }) => ({
    path,
    section: path.includes('.') ? path.split('.')[0]! : 'run',
    meta,
    ...controlOf(schema, value),
    default: value,
  }));
  return made;
}

export const fieldOf = (path: string): Field | undefined => fields().find((field) => field.path === path);

/** What a person typed as the setting's value; null where the setting may be empty and is. */
export function readField(field: Field, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '' && field.nullable) return null;
  if (field.control.kind === 'number')
    return Number.isFinite(Number(trimmed)) && trimmed !== '' ? Number(trimmed) : trimmed;
  // 'innerSteps' is a number or the word 'epoch'
  return field.control.kind === 'text' && /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}
