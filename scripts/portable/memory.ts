/**
 * The part that asks for a batch that cannot fit: it has to be told as such, and after it a step of a batch that fits has
 * to come out right. Each try is a process of its own, as a driver may take it down.
 */
import { networkCost } from '../../shared/plan/cost.ts';
import { deviceMemory } from '../../shared/plan/memory.ts';
import type { RunConfig } from '../../shared/config.ts';
import { initialState } from '../../src-main/engine/index.ts';
import { Guard, onnxRuntime, openTraining } from '../../src-main/trainer/backend.ts';
import type { Outcome, Settings } from './parts.ts';
import { runPart } from './process.ts';
import { runOf } from './sizes.ts';

/** Where nobody says how much memory a card has; in a rehearsal so much that a tensor alone is more than a driver gives. */
const memoryOf = ({ memoryBytes, rehearse }: Settings): number => memoryBytes ?? (rehearse ? 160e9 : 8e9);
/** Tries, each with four times the batch, until one does not fit. */
const TRIES = 3;
/** Seconds for a try, and for the step after it. */
const secondsOf = ({ rehearse }: Settings): number => (rehearse ? 300 : 25);

/** The least power of two whose step is estimated to take twice what the card has. */
export function batchTooLarge(config: RunConfig, memoryBytes: number): number {
  let batchSize = 64;
  for (; batchSize < 2 ** 20; batchSize *= 2) {
    const larger = { ...config, batchSize };
    if (deviceMemory(larger, networkCost(larger)) > 2 * memoryBytes) break;
  }
  return batchSize;
}

/** Computes one step of noise. @throws OutOfDeviceMemoryError, DeviceLostError, DeviceFailedError */
async function oneStep(config: RunConfig): Promise<number> {
  const guard = new Guard(config, 'webgpu', onnxRuntime, () => {});
  const session = await openTraining(guard, onnxRuntime, config, initialState(config), { device: 'webgpu' });
  const view = Float32Array.from({ length: config.batchSize * 3 * config.imageSize ** 2 }, (_, i) =>
    Math.sin(i * 12.9898),
  );
  const { loss } = await session.step({ views: [view, view], learningRate: 0.01, predictorLearningRate: 0.01 });
  await session.close();
  return loss;
}

export async function tooLarge(settings: Settings, found: (result: unknown) => void): Promise<void> {
  // the whole width also where the rest is rehearsed: it is what makes a batch large
  const config = runOf('float32', { ...settings, rehearse: false });
  const batchSize = batchTooLarge(config, memoryOf(settings));
  found({ batchSize });
  try {
    await oneStep({ ...config, batchSize });
    found({ batchSize, told: null });
  } catch (error) {
    const { code = null, message, details } = error as Error & { code?: string; details?: { reason?: string } };
    found({ batchSize, told: { code, message, reason: details?.reason ?? null } });
  }
}

export async function afterMemory(settings: Settings, found: (result: unknown) => void): Promise<void> {
  const loss = await oneStep(runOf('float32', settings));
  if (!Number.isFinite(loss)) throw new Error(`the step after it has a loss of ${loss}`);
  found({ loss });
}

const fitted = ({ outcome, found }: Outcome): boolean =>
  outcome === 'done' && (found as { told: unknown }).told === null;

export async function memory(settings: Settings, found: (result: unknown) => void): Promise<void> {
  const seconds = secondsOf(settings);
  const tried: Outcome[] = [];
  do {
    const memoryBytes = memoryOf(settings) * 4 ** tried.length;
    const larger = { ...settings, memoryBytes };
    tried.push(await runPart('too-large', 'a batch that does not fit', larger, seconds, { within: true }));
    found({ tried });
  } while (tried.length < TRIES && fitted(tried.at(-1)!));
  const after = await runPart('after-memory', 'a batch that fits, after it', settings, seconds, { within: true });
  found({ tried, after });
  if (after.outcome !== 'done') throw new Error(`after a batch that did not fit none is computed: ${after.error}`);
}
