/** Settings, devices, the doctor's report and the host's abilities. */
import { z } from 'zod';
import { Devices } from './devices.ts';
import { Id } from './dataset.ts';
import { call, changeOf, ErrorValue, nothing } from './wire.ts';

export const Settings = z.strictObject({
  language: z.enum(['system', 'en', 'zh-CN']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  device: z.enum(['auto', 'cpu', 'webgpu', 'dml', 'cuda']).default('auto'),
  notifications: z.boolean().default(true),
  /** Most that decoded photos may take on disk, GB; null: half of what the disk could give. */
  cacheGigabytes: z.number().min(1).max(1e6).nullable().default(null),
  closeWhileTraining: z.enum(['ask', 'background', 'stop']).default('ask'),
  /** Whether updates are looked for; a person agrees first. */
  updates: z.boolean().default(false),
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
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      detail: z.string(),
      remedy: z.string().nullable(),
      /** The same, for a window to word. */
      said: z.object({ name: ErrorValue, detail: ErrorValue, remedy: ErrorValue.nullable() }),
    }),
  ),
  ...Devices.shape,
});
export type Doctor = z.infer<typeof Doctor>;

/** A browser that may open the window, until it is revoked. */
export const KnownBrowser = z.object({
  id: Id,
  /** As it calls itself: 'Firefox, Linux'. */
  name: z.string(),
  createdAt: z.number(),
  usedAt: z.number(),
});
export type KnownBrowser = z.infer<typeof KnownBrowser>;
export const Recovered = z.object({
  /** Number of runs that are in the history again. */
  runs: z.int(),
  /** The copy of the database that it began with, by its name in the home. */
  backup: z.string().nullable(),
  /** What the damaged database is called now. */
  aside: z.string().nullable(),
  /** Folders of runs that hold neither a record nor a checkpoint that can be read. */
  unreadable: z.array(z.string()),
});
export type Recovered = z.infer<typeof Recovered>;

export const systemCalls = {
  'system.settings': call(nothing, Settings),
  'system.setSettings': call(changeOf(Settings), Settings),
  /** Null tests no device; else those that were never tested are tested, with `retest` all of them. */
  'system.doctor': call(z.strictObject({ retest: z.boolean() }).nullable(), Doctor),
  /** Browsers that may open the window of the browser host, the one used last first. */
  'system.browsers': call(nothing, z.array(KnownBrowser)),
  /** They are shut out at once, also where their window is open. */
  'system.revokeBrowsers': call(z.strictObject({ browserIds: z.array(Id).max(1000) }), nothing),
  /** How many folders of runs the history does not know; they can be brought back. */
  'system.lostRuns': call(nothing, z.int()),
  'system.recover': call(nothing, Recovered),
  /** What the home folder takes on disk; `exports`: where exports go unless a folder is chosen. */
  'system.storage': call(
    nothing,
    z.object({ cacheBytes: z.number(), mostCacheBytes: z.number(), runsBytes: z.number(), exports: z.string() }),
  ),
  /** Empties the caches. Errors: wrong-state while something computes with them. */
  'system.clearCache': call(nothing, z.object({ bytes: z.number() })),
  /** What this host can do: native dialogs, revealing files, notifications. */
  'system.host': call(
    nothing,
    z.object({
      kind: z.enum(['electron', 'server', 'cli', 'test']),
      canReveal: z.boolean(),
      canPickFolder: z.boolean(),
      /** The host can open no connection except on this computer. */
      offline: z.boolean(),
      version: z.string(),
    }),
  ),
} as const;
