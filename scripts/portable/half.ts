/**
 * The part that asks how far float16 is from float32 on this device: gradients of one step against the processor's, tensor
 * by tensor, and the losses of ten; beside it the device's own float32.
 */
import { initialState, computesHalf, TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { isOptimizerSlot } from '../../shared/stateNames.ts';
import type { Settings } from './parts.ts';
import { comparedOf } from './sizes.ts';
import { median } from '../../shared/numbers.ts';

const STEPS = 10;

type Trial = { losses: number[]; first: State };

async function trial(settings: Settings, device: 'cpu' | 'webgpu', precision: 'float32' | 'float16'): Promise<Trial> {
  const config = comparedOf(precision, settings);
  const session = await TrainingSession.create(config, initialState(config), { device });
  const count = config.batchSize * 3 * config.imageSize ** 2;
  const noise = (phase: number) => Float32Array.from({ length: count }, (_, i) => 2 * Math.sin(12.9898 * i + phase));
  const first = noise(0);
  const input = {
    views: [first, noise(1).map((x, i) => (x + first[i]!) / 2)],
    learningRate: 0.02,
    predictorLearningRate: 0.02,
  };
  const losses = [(await session.step(input)).loss];
  const after = await session.readState();
  while (losses.length < STEPS) losses.push((await session.step(input)).loss);
  await session.close();
  return { losses, first: after };
}

const norm = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

/** Relative distances of the tensors' gradients, which after one step their momenta are, and the largest of the losses. */
function distances({ losses, first }: Trial, reference: Trial) {
  const gradients = [...reference.first]
    .filter(([name, { data }]) => isOptimizerSlot(name) && norm(data) > 1e-3)
    .map(([name, { data }]) => norm(data.map((x, i) => x - (first.get(name)?.data[i] ?? NaN))) / norm(data));
  return {
    median: median(gradients),
    worst: Math.max(...gradients),
    loss: Math.max(...losses.map((loss, i) => Math.abs(loss - reference.losses[i]!))),
    finite: losses.every(Number.isFinite),
  };
}

export async function half(settings: Settings, found: (result: unknown) => void): Promise<void> {
  const reference = await trial(settings, 'cpu', 'float32');
  const float32 = distances(await trial(settings, 'webgpu', 'float32'), reference);
  found({ losses: reference.losses, float32 });
  if (!(await computesHalf({ device: 'webgpu' }))) throw new Error('this device does not compute in float16');
  found({
    losses: reference.losses,
    float32,
    float16: distances(await trial(settings, 'webgpu', 'float16'), reference),
  });
}
