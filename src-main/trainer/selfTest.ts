/**
 * Whether a device works and how fast it is: one real training step of a small network, compared tensor by tensor with
 * the processor's, and then the time of a step of a larger one. Runs in a process that may be thrown away; how long it
 * may take and what a crash means is the application's.
 */
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { JobResult, SelfTestJob } from '../../shared/contract/job.ts';
import { viewsOf } from '../../shared/methods.ts';
import { initialState } from '../engine/index.ts';
import type { SessionSettings, State, StepInput } from '../engine/index.ts';
import { Guard, openTraining } from './backend.ts';
import type { Training } from './backend.ts';
import type { JobContext } from './control.ts';

/**
 * How far a tensor's change may be from the processor's, relative in norm. Sums in another order differ by 1e-5, and
 * ten-bit products (TF32) by some 1e-3; a wrong kernel is off by about 1.
 */
const TOLERANCE = 0.05;
/** What moves by less than this is still, but for rounding: the mean behind a layer whose input has mean zero. */
const STILL = 1e-6;
/** A device this many times slower than the processor at the small network is not timed at the larger one. */
const HOPELESS = 20;

const network = { stem: 'cifar' } as const;
const small = parseConfig({ backbone: { ...network, width: 0.125 }, imageSize: 16, batchSize: 8, epochs: 1, head: { hiddenDim: 32, outputDim: 32 }, predictor: { hiddenDim: 8 } });
/** 54 GFLOP a step: half a second on two cores, and enough for a graphics card to show what it is. */
const large = parseConfig({ backbone: { ...network, width: 0.5 }, imageSize: 32, batchSize: 32, epochs: 1, head: { hiddenDim: 256, outputDim: 256 }, predictor: { hiddenDim: 64 } });

type SelfTestResult = Extract<JobResult, { kind: 'selfTest' }>;

/** @throws DeviceError where the provider cannot be started, OutOfDeviceMemoryError, DeviceLostError */
export async function selfTest({ device }: SelfTestJob, context: JobContext): Promise<SelfTestResult> {
  const before = initialState(small);
  // The processor is its own referee in another lowering: plain convolutions against its matrix products.
  const reference = await stepped(before, context, { device: 'cpu', ...(device === 'cpu' ? { images: 'plain' } : {}) });
  context.control.throwIfStopping();
  const own = await stepped(before, context, { device });
  const worst = worstDifference(before, reference.after, own.after);
  const passed = worst.difference <= TOLERANCE;
  const hopeless = own.milliseconds > HOPELESS * reference.milliseconds;
  const speedMilliseconds = passed && !hopeless ? await speed(context, { device }) : null;
  return { kind: 'selfTest', ...worst, passed, stepMilliseconds: own.milliseconds, speedMilliseconds, float16: passed && (await context.backend.computesHalf({ device })) };
}

/** The state after one step of the small network, and how long a later one takes. */
async function stepped(before: State, context: JobContext, settings: SessionSettings): Promise<{ after: State; milliseconds: number }> {
  const session = await open(small, before, context, settings);
  try {
    const input = inputOf(small);
    await session.step(input);
    const after = await session.readState();
    return { after, milliseconds: await fastest(3, () => session.step(input)) };
  } finally {
    await session.close();
  }
}

async function speed(context: JobContext, settings: SessionSettings): Promise<number> {
  const session = await open(large, initialState(large), context, settings);
  try {
    const input = inputOf(large);
    await session.step(input);
    return await fastest(3, () => session.step(input));
  } finally {
    await session.close();
  }
}

function open(config: RunConfig, state: State, { backend, watch }: JobContext, settings: SessionSettings): Promise<Training> {
  return openTraining(new Guard(config, settings.device ?? 'cpu', backend, watch), backend, config, state, settings);
}

/** Views of counted noise: the same on every device. */
function inputOf(config: RunConfig): StepInput {
  const view = (size: number, v: number) => Float32Array.from({ length: config.batchSize * 3 * size ** 2 }, (_, i) => 2 * Math.sin(12.9898 * i + v));
  return { views: viewsOf(config).map(({ size }, v) => view(size, v)), learningRate: 0.05, predictorLearningRate: 0.05 };
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

/** The tensor whose change is furthest from the reference's; NaN and infinity are furthest of all. */
export function worstDifference(before: State, reference: State, own: State): { difference: number; tensor: string } {
  let worst = { difference: 0, tensor: '' };
  for (const [tensor, { data }] of reference) {
    const start = before.get(tensor)?.data;
    const other = own.get(tensor)?.data;
    let [off, moved] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      off += ((other?.[i] ?? NaN) - data[i]!) ** 2;
      moved += (data[i]! - (start?.[i] ?? 0)) ** 2;
    }
    const ratio = Math.sqrt(off / data.length) / Math.max(Math.sqrt(moved / data.length), STILL);
    const difference = Number.isFinite(ratio) ? ratio : Infinity;
    if (difference > worst.difference) worst = { difference, tensor };
  }
  return worst;
}
