/** Every setting as (dotted path, its meta): for `--help`, the form and the configuration page of the docs. */
import { z } from 'zod';
import type { SettingMeta } from '../setting.ts';
import { RunConfig } from './schema.ts';

export function settings(): { path: string; meta: SettingMeta; schema: z.ZodType; default: unknown }[] {
  const defaults = RunConfig.parse({}) as Record<string, unknown>;
  const out: { path: string; meta: SettingMeta; schema: z.ZodType; default: unknown }[] = [];
  const visit = (schema: z.ZodType, path: string, value: unknown) => {
    const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
    if (inner instanceof z.ZodObject)
      for (const [key, child] of Object.entries(inner.shape as Record<string, z.ZodType>))
        visit(child, path ? `${path}.${key}` : key, (value as Record<string, unknown>)[key]);
    else out.push({ path, meta: schema.meta() as unknown as SettingMeta, schema, default: value });
  };
  visit(RunConfig, '', defaults);
  return out;
}
