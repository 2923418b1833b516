/**
 * What a setting is made of: a schema with what the interface shows beside it. The settings are in config/ and
 * methods/.
 */
import { z } from 'zod';

/** What the interface shows beside a setting. `reason` says why the default is what it is, with its source. */
export interface SettingMeta {
  label: string;
  unit: string;
  reason: string;
  /** Belongs behind "Advanced": a setting the paper studies rather than one a person needs. */
  advanced?: boolean;
}

export const meta = <T extends z.ZodType>(
  schema: T,
  label: string,
  unit: string,
  reason: string,
  advanced = false,
): T => schema.meta({ label, unit, reason, advanced } satisfies SettingMeta) as T;

/** A group of settings: left out it takes its defaults, unknown keys throw. */
export const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

export const probability = z.number().min(0).max(1);
