/** Settings, devices, the doctor's report and the host's abilities. */
import { z } from 'zod';
import { Devices } from './devices.ts';
import { call, changeOf, nothing } from './wire.ts';

export const Settings = z.strictObject({
  language: z.enum(['system', 'en', 'zh-CN']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  device: z.enum(['auto', 'cpu', 'webgpu', 'dml', 'cuda']).default('auto'),
  notifications: z.boolean().default(true),
  closeWhileTraining: z.enum(['ask', 'background', 'stop']).default('ask'),
});
export type Settings = z.infer<typeof Settings>;

export const Doctor = z.object({
  version: z.string(),
  platform: z.string(),
  node: z.string(),
  home: z.string(),
  homeFreeBytes: z.number(),
  memoryBytes: z.number(),
  cores: z.int(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), remedy: z.string().nullable() })),
  ...Devices.shape,
});
export type Doctor = z.infer<typeof Doctor>;

export const systemCalls = {
  'system.settings': call(nothing, Settings),
  'system.setSettings': call(changeOf(Settings), Settings),
  /** Devices that were never tested are, with `retest` all are; null tests none. */
  'system.doctor': call(z.strictObject({ retest: z.boolean() }).nullable(), Doctor),
  /** What this host can do: native dialogs, revealing files, notifications. */
  'system.host': call(
    nothing,
    z.object({
      kind: z.enum(['electron', 'server', 'cli', 'test']),
      canReveal: z.boolean(),
      canPickFolder: z.boolean(),
      version: z.string(),
    }),
  ),
} as const;
