/**
 * Preset and patch resolved to a whole configuration for a folder on this machine, with its cost and the reasons
 * why it cannot start. The arithmetic is in shared/plan.ts; this brings the facts of the machine.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { mergeConfig, parseConfig } from '../../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import { planRun } from '../../../shared/plan.ts';
import type { Machine, Plan } from '../../../shared/plan.ts';
import { presetPatch } from '../../../shared/presets.ts';
import type { PresetName } from '../../../shared/contract.ts';
import { AppError } from '../errors.ts';
import { freeBytes } from '../system.ts';
import type { AppContext } from '../context.ts';

/** Most that decoded photos may take on disk; what was not used for longest goes. */
export const photoCacheBytes = 20e9;

/** The trainer keeps measured speeds beside its cache. */
const Speeds = z.array(
  z.object({
    device: z.string(),
    threads: z.int(),
    backbone: z.string(),
    width: z.number(),
    flopsPerSecond: z.number(),
  }),
);

/** Of the most similar network that was trained here, or null. */
async function measuredSpeed(
  context: AppContext,
  config: RunConfig,
  threads: number,
): Promise<number | null> {
  const text = await readFile(join(context.paths.photoCache, 'speed.json'), 'utf8').catch(() => '[]');
  const parsed = Speeds.safeParse(parseJson(text));
  const distance = (row: { width: number; backbone: string }) =>
    Math.abs(Math.log2(row.width / config.backbone.width)) +
    (row.backbone === config.backbone.name ? 0 : 0.5);
  const rows = (parsed.data ?? []).filter((row) => row.device === config.device && row.threads === threads);
  const [nearest] = rows.sort((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) <= 1 ? nearest.flopsPerSecond : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function machine(context: AppContext, config: RunConfig): Promise<Machine> {
  const threads = config.threads || availableParallelism();
  return {
    flopsPerSecond: await measuredSpeed(context, config, threads),
    threads,
    device: config.device,
    freeMemoryBytes: process.availableMemory(),
    freeDiskBytes: await freeBytes(context.paths.home),
    cacheBytes: photoCacheBytes,
  };
}

/**
 * @param images photos that training would see
 * @throws ConfigError for settings that are wrong in themselves
 */
export async function planFor(
  context: AppContext,
  images: number,
  preset: PresetName | null,
  patch: ConfigPatch,
): Promise<Plan & { config: RunConfig }> {
  const threads = availableParallelism();
  const device = (patch.device as string | undefined) ?? context.store.settings.get().device;
  const base = preset === null ? undefined : presetPatch(preset, { images, device, threads });
  // epochs and minutes exclude each other: the patch's choice stands against the preset's
  if (base && patch.epochs != null && patch.minutes === undefined) base.minutes = null;
  if (base && patch.minutes != null && patch.epochs === undefined) base.epochs = null;
  const config = parseConfig(mergeConfig({ device: device as RunConfig['device'] }, base, patch));
  const plan = planRun({ config, images, machine: await machine(context, config) });
  const weights = initialWeights(context, config);
  if (weights instanceof AppError)
    plan.refusals.push({ setting: 'backbone.init', message: weights.message, suggestion: 'random' });
  return { config, ...plan };
}

/** The safetensors file the backbone starts from, null for random, or why there is none. */
export function initialWeights({ store, paths }: AppContext, config: RunConfig): string | null | AppError {
  const { init } = config.backbone;
  if (init === 'random') return null;
  if (!init.startsWith('run:'))
    return existsSync(init)
      ? init
      : new AppError(
          'cannot-start',
          `there is no file ${init}: set backbone.init to a safetensors file, to run:ID or to random`,
        );
  const runId = init.slice(4);
  const run = store.runs.get(runId);
  if (!run || run.deletedAt)
    return new AppError(
      'cannot-start',
      `there is no run ${runId} to start from: 'lookalike runs' lists them`,
    );
  const last = store.checkpoints.ofRun(runId).at(-1);
  return last
    ? paths.checkpoint(runId, last.file)
    : new AppError(
        'cannot-start',
        `run ${run.name} has no checkpoint yet: wait for its first, or choose another`,
      );
}

/** What the first refusal says, as the error that ends an attempt to start. */
export function refusalError(plan: Plan): AppError | null {
  const [first] = plan.refusals;
  if (!first) return null;
  return new AppError(first.setting === 'images' ? 'no-images' : 'cannot-start', first.message, {
    setting: first.setting,
    suggestion: first.suggestion,
    refusals: plan.refusals,
  });
}
