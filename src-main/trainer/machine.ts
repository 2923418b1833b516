/**
 * The facts of this machine that shared/plan.ts needs: device, threads, free memory and disk, measured speed. A job asks
 * for them once, before it reads a photo; every plan that it makes from then on is a function of them.
 */
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { RunConfig } from '../../shared/config.ts';
import type { JobDevice } from '../../shared/contract/job.ts';
import { argumentsOf } from '../../shared/errors.ts';
import { planRun } from '../../shared/plan.ts';
import type { Plan, PlanInput } from '../../shared/plan.ts';
import type { Machine as Facts } from '../../shared/plan/machine.ts';
import type { RefusalReason } from '../../shared/refusal.ts';
import { freeMemory } from '../files/index.ts';
import { backendOf, estimateMemory } from '../engine/index.ts';
import type { Device } from '../engine/index.ts';
import { measuredFlops } from './calibration.ts';
import { TrainerError } from './errors.ts';

export const threadsOf = (config: RunConfig): number => config.threads || availableParallelism();

/** The device that 'auto' stands for. */
export const deviceOf = (config: RunConfig): Device => (config.device === 'auto' ? 'cpu' : config.device);

/** What a measured speed is remembered by. */
export const cardName = (config: RunConfig, card: JobDevice | undefined): string => card?.name ?? config.device;

export interface Workplace {
  cacheDirectory: string;
  cacheBytes: number;
  directory: string;
  device?: JobDevice | undefined;
}

export interface Machine extends Facts {
  device: Device;
}

/** @throws TrainerError cannot-start when a folder of the home cannot be made. */
export async function machineFor(
  config: RunConfig,
  { cacheDirectory, cacheBytes, directory, device: card }: Workplace,
): Promise<Machine> {
  try {
    await mkdir(directory, { recursive: true });
    await mkdir(cacheDirectory, { recursive: true });
    const { bavail, bsize } = await statfs(directory);
    const device = deviceOf(config);
    const threads = threadsOf(config);
    return {
      flopsPerSecond: await measuredFlops(cacheDirectory, config, cardName(config, card), threads),
      selfTestMilliseconds: card?.speedMilliseconds ?? null,
      threads,
      device,
      noViews: backendOf(device).noViews,
      ...(card && { deviceName: card.name, deviceMemoryBytes: card.memoryBytes }),
      freeMemoryBytes: freeMemory(),
      freeDiskBytes: bavail * bsize,
      cacheBytes,
    };
  } catch (error) {
    const { code = String(error), path } = error as NodeJS.ErrnoException;
    if (/^(EACCES|EPERM)$/.test(code) && path !== undefined)
      throw new TrainerError('cannot-start.home-closed', { path });
    throw new TrainerError('cannot-start.home', { errno: code });
  }
}

/** The plan with the engine's own figure for the memory of a step. */
export const planOn = (machine: Machine, input: Omit<PlanInput, 'machine' | 'stepMemoryBytes'>): Plan =>
  planRun({ ...input, machine, stepMemoryBytes: estimateMemory(input.config, input.images) });

/** @throws TrainerError cannot-start with the first refusal. */
export function refuse(plan: Plan): void {
  const [first] = plan.refusals;
  if (first) throw new TrainerError(...argumentsOf(first as RefusalReason), { ...first, all: plan.refusals });
}
