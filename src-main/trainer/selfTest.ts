/**
 * Whether a device works and how fast it is: one real training step of a small network, compared tensor by tensor with
 * the processor's, and then the time of a step of a larger one. Runs in a process that may be thrown away; how long it
 * may take and what a crash means is the application's.
 */
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { SelfTestJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { timedNetwork } from '../../shared/plan/speed.ts';
import { initialState } from '../engine/index.ts';
import type { Device, SessionSettings, State, StepInput } from '../engine/index.ts';
import { Guard, openTraining } from './backend.ts';
import type { Training } from './backend.ts';
import type { JobContext } from './control.ts';

/**
 * How far a tensor's change may be from the processor's, relative in norm. Sums in another order differ by 1e-5, but an
 * activation at zero that falls on the other side shows as 0.1. Products of ten bits (TF32, CUDA's default on NVIDIA's
 * Ampere and later) differ by up to 0.2 (test/engine/selfTest.test.ts). A wrong kernel is off by about 1.
 */
const allowed = (device: Device): number => (device === 'cuda' ? 0.5 : 0.2);
/** A change of a tensor below this is rounding, as of the mean behind a layer whose input has mean zero. */
const STILL = 1e-6;
/** A device this many times slower than the processor at the small network is not timed at the larger one. */
const HOPELESS = 20;

const small = parseConfig({
  backbone: { stem: 'cifar', width: 0.125 },
  imageSize: 16,
  batchSize: 8,
  epochs: 1,
  head: { hiddenDim: 32, outputDim: 32 },
  predictor: { hiddenDim: 8 },
});

type SelfTestResult = Extract<JobResult, { kind: 'selfTest' }>;

/** @throws DeviceError where the provider cannot be started, OutOfDeviceMemoryError, DeviceLostError */
export async function selfTest({ device }: SelfTestJob, context: JobContext): Promise<SelfTestResult> {
  const before = everyKernelCounts(initialState(small));
  // The processor is its own referee in another lowering: plain convolutions against its matrix products.
  const reference = await stepped(before, context, { device: 'cpu', ...(device === 'cpu' ? { images: 'plain' } : {}) });
  await reference.close();
  context.control.throwIfStopping();
  const own = await stepped(before, context, { device });
  const worst = worstDifference(before, reference.after, own.after);
  const passed = worst.difference <= allowed(device);
  const hopeless = own.milliseconds > HOPELESS * reference.milliseconds;
  // Open beside it, as the larger network takes most of the programs that were compiled for the small one. Where that
  // fails the device may not answer a release either, and the process ends.
  const speedMilliseconds = passed && !hopeless ? await speed(context, { device }) : null;
  await own.close();
  return {
    kind: 'selfTest',
    ...worst,
    passed,
    stepMilliseconds: own.milliseconds,
    speedMilliseconds,
    float16: passed && (await context.backend.computesHalf({ device })),
  };
}

/**
 * Sets scales that begin at zero to 0.1: those that end residual branches would let no gradient into their
 * convolutions.
 */
function everyKernelCounts(state: State): State {
  for (const [name, { data }] of state) if (name.endsWith('.weight') && data.every((x) => x === 0)) data.fill(0.1);
  return state;
}

/** The state after one step of the small network, and how long a later one takes; its session is left open. */
async function stepped(
  before: State,
  context: JobContext,
  settings: SessionSettings,
): Promise<{ after: State; milliseconds: number; close(): Promise<void> }> {
  const session = await open(small, before, context, settings);
  const close = () => session.close();
  try {
    const input = inputOf(small);
    await session.step(input);
    const after = await session.readState();
    return { after, milliseconds: await fastest(3, () => session.step(input)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function speed(context: JobContext, settings: SessionSettings): Promise<number> {
  const session = await open(timedNetwork, initialState(timedNetwork), context, settings);
  try {
    const input = inputOf(timedNetwork);
    await session.step(input);
    return await fastest(3, () => session.step(input));
  } finally {
    await session.close();
  }
}

function open(
  config: RunConfig,
  state: State,
  { backend, watch }: JobContext,
  settings: SessionSettings,
): Promise<Training> {
  return openTraining(new Guard(config, settings.device ?? 'cpu', backend, watch), backend, config, state, settings);
}

/** The same views on every device. Each image has waves and a colour of its own: normalisation would enlarge the rounding of what images have alike. */
function inputOf(config: RunConfig): StepInput {
  const view = (size: number, v: number) =>
    Float32Array.from({ length: config.batchSize * 3 * size ** 2 }, (_, i) => {
      const [n, c, y, x] = [
        Math.floor(i / (3 * size ** 2)),
        Math.floor(i / size ** 2) % 3,
        Math.floor(i / size) % size,
        i % size,
      ];
      const [across, down] = [0.3 + 0.35 * ((3 * n) % 8), 0.2 + 0.4 * ((5 * n + c) % 8)];
      return 1.4 * Math.sin(across * x + down * y + 0.7 * v + n) + 0.8 * Math.sin(2.4 * n + 1.7 * c + 0.2 * v);
    });
  return {
    views: viewsOf(config).map(({ size }, v) => view(size, 10 + v)),
    learningRate: 0.05,
    predictorLearningRate: 0.05,
  };
}

/** Milliseconds of the fastest of at most so many; what takes a second is not asked again. */
async function fastest(times: number, work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < times && !(least > 1000 && least < Infinity); i++) {
    const began = performance.now();
    await work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/**
 * The tensor whose change is furthest from the reference's, relative to that change; NaN and infinity are furthest of
 * all. A running mean that stands still in the reference is rounding alone: it is measured by the deviation beside it.
 */
export function worstDifference(before: State, reference: State, own: State): { difference: number; tensor: string } {
  let worst = { difference: 0, tensor: '' };
  for (const [tensor, { data }] of reference) {
    const moved = distance(data, before.get(tensor)?.data);
    const deviation =
      distance(reference.get(tensor.replace(/running_mean$/, 'running_var'))?.data ?? [], undefined) ** 0.5;
    const scale = moved > STILL ? moved : tensor.endsWith('.running_mean') ? Math.max(deviation, STILL) : STILL;
    const ratio = distance(data, own.get(tensor)?.data ?? data.map(() => NaN)) / scale;
    const difference = Number.isFinite(ratio) ? ratio : Infinity;
    if (difference > worst.difference) worst = { difference, tensor };
  }
  return worst;
}

/** Root of the mean square of the difference of two arrays; of the first alone where there is no other. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number> | undefined): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - (b === undefined ? 0 : (b[i] ?? NaN))) ** 2;
  return Math.sqrt(sum / a.length);
};
