/**
 * The facts of this machine that shared/plan.ts needs: free memory and disk, threads, measured speed; and the check
 * before a run starts. What cannot fit is refused here with the setting to change.
 */
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { RunConfig } from '../../shared/config.ts';
import type { EstimateJob, JobDevice } from '../../shared/contract/job.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { planRun } from '../../shared/plan.ts';
import type { Machine, Plan } from '../../shared/plan.ts';
import type { Field } from '../../shared/views.ts';
import { estimateMemory, initialState, createTraining, backendOf } from '../engine/index.ts';
import type { Device } from '../engine/index.ts';
import { measuredFlops, rememberSpeed } from './calibration.ts';
import { argumentsOf } from '../../shared/errors.ts';
import type { RefusalReason } from '../../shared/refusal.ts';
import { TrainerError } from './errors.ts';
import { timedInputs } from './schedule.ts';

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

/** @throws TrainerError cannot-start when a folder of the home cannot be made. */
async function machineFor(
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
      freeMemoryBytes: process.availableMemory(),
      freeDiskBytes: bavail * bsize,
      cacheBytes,
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new TrainerError('cannot-start.home', { errno: code });
  }
}

/** `field`: what every photo fits into, where that is known. */
export async function planFor(
  config: RunConfig,
  images: number,
  workplace: Workplace,
  { secondsPerStep, field }: { secondsPerStep?: number; field?: Field } = {},
): Promise<Plan> {
  const machine = await machineFor(config, workplace);
  return planRun({ config, images, machine, stepMemoryBytes: estimateMemory(config, images), secondsPerStep, field });
}

/** @throws TrainerError cannot-start with the first refusal. */
export function refuse(plan: Plan): void {
  const [first] = plan.refusals;
  if (first) throw new TrainerError(...argumentsOf(first as RefusalReason), { ...first, all: plan.refusals });
}

/** Steps that warm up and are not counted, and those that are: more where they are short, so that one undisturbed is among them. */
const WARM_STEPS = 1;
const TIMED_STEPS = { least: 3, most: 20, seconds: 2 };

/** Answers an estimate job; with `measure`, from real steps on views of noise. */
export async function estimate(job: EstimateJob): Promise<Plan> {
  const { config, images } = job;
  if (!job.measure) return planFor(config, images, job);
  const planned = await planFor(config, images, job);
  if (planned.refusals.length > 0) return planned;
  const threads = threadsOf(config);
  const session = await createTraining(config, initialState(config, images), { device: deviceOf(config), threads });
  try {
    const views = viewsOf(config).map(({ size }) =>
      Float32Array.from({ length: config.batchSize * 3 * size ** 2 }, (_, i) => Math.sin(i * 12.9898) * 2),
    );
    const numbers = Float32Array.from({ length: config.batchSize }, (_, i) => i);
    const times: number[] = [];
    const firstBegan = performance.now();
    const isEnough = () =>
      times.length >=
      WARM_STEPS + (performance.now() - firstBegan < 1000 * TIMED_STEPS.seconds ? TIMED_STEPS.most : TIMED_STEPS.least);
    while (!isEnough()) {
      const began = performance.now();
      await session.step({ views, images: numbers, ...timedInputs(config) });
      times.push((performance.now() - began) / 1000);
    }
    const secondsPerStep = Math.min(...times.slice(WARM_STEPS));
    await rememberSpeed(job.cacheDirectory, config, cardName(config, job.device), threads, secondsPerStep);
    return await planFor(config, images, job, { secondsPerStep });
  } finally {
    await session.close();
  }
}
