/**
 * The step in float16 against the step in float32. Run on the CPU provider, which rounds every convolution's and every
 * product's operands and results to float16 by casts; software Vulkan has no float16, so no device computed it here.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { computesHalf, initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State, StepMetrics } from '../../src-main/engine/index.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';
import { counted, distance, norm } from './golden.ts';

const settings = (precision: 'float32' | 'float16', stem = 'cifar') =>
  parseConfig({
    backbone: { name: 'resnet18', width: 0.125, stem },
    head: { hiddenDim: 64, outputDim: 48, layers: 2 },
    predictor: { hiddenDim: 16 },
    imageSize: stem === 'cifar' ? 16 : 64,
    batchSize: 16,
    precision,
    epochs: 1,
  });
const rates = { learningRate: 0.02, predictorLearningRate: 0.02 };
const asOnCard = { device: 'cpu', graphics: true, images: 'plain' } as const;

function viewsOf({ batchSize, imageSize }: ReturnType<typeof settings>): Float32Array[] {
  const count = batchSize * 3 * imageSize ** 2;
  const view1 = counted('view1', count, 2);
  return [view1, counted('view2', count, 2).map((v, i) => (view1[i]! + v) / 2)];
}

/** `rounded`: the parameters begin as float16 could hold them. */
async function steps(precision: 'float32' | 'float16', count: number, stem?: string, rounded = false): Promise<{ metrics: StepMetrics[]; first: State }> {
  const config = settings(precision, stem);
  const state = initialState(config);
  if (rounded) for (const tensor of state.values()) tensor.data = Float32Array.from(new Float16Array(tensor.data));
  const session = await TrainingSession.create(config, state, precision === 'float32' ? { device: 'cpu' } : asOnCard);
  const metrics = [await session.step({ views: viewsOf(config), ...rates })];
  const first = await session.readState();
  while (metrics.length < count) metrics.push(await session.step({ views: viewsOf(config), ...rates }));
  await session.close();
  return { metrics, first };
}

describe.each([
  { stem: 'cifar', count: 10, tolerance: 2e-2 },
  // In float32 too its gradient moves by 3 % (9 % at most) when the parameters alone are rounded.
  { stem: 'imagenet', count: 1, tolerance: 1.6e-1 },
])('a step in float16, $stem stem', ({ stem, count, tolerance }) => {
  const runs = {} as Record<'float32' | 'float16' | 'rounded', Awaited<ReturnType<typeof steps>>>;
  beforeAll(async () => {
    runs.float32 = await steps('float32', count, stem);
    runs.rounded = await steps('float32', 1, stem, true);
    runs.float16 = await steps('float16', count, stem);
  });

  /** Relative distances to float32 of the tensors' gradients (after one step a momentum is the gradient and the weight decay). */
  function errorsOf(run: 'float16' | 'rounded'): Map<string, number> {
    const errors = new Map<string, number>();
    for (const [name, { data }] of runs.float32.first)
      // below it are the layers that a residual block's zero scale cuts off: weight decay alone
      if (name.startsWith('momentum.') && norm(data) > 1e-3) errors.set(name, distance(runs[run].first.get(name)!.data, data) / norm(data));
    return errors;
  }
  const median = (values: Iterable<number>) => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };

  it('has the gradient of float32, tensor by tensor', () => {
    const errors = errorsOf('float16');
    expect(errors.size).toBeGreaterThan(30);
    for (const [name, error] of errors) expect(error, name).toBeLessThan(tolerance);
    expect(median(errors.values()), 'of the order of what rounding the parameters does').toBeLessThan(3 * median(errorsOf('rounded').values()));
    expect(median(errors.values()), 'rounded, not computed in float32').toBeGreaterThan(1e-4);
  });

  it('follows its loss from step to step', () => {
    runs.float32.metrics.forEach(({ loss, zStd }, i) => {
      const half = runs.float16.metrics[i]!;
      expect(Math.abs(half.loss - loss), `loss of step ${i + 1}`).toBeLessThan(1e-2);
      expect(Math.abs(half.zStd - zStd)).toBeLessThan(1e-2);
      expect(half.lossScale).toBe(65536);
    });
  });
});

describe('loss scaling', () => {
  const config = settings('float16');
  const stepFrom = async (scale: number, goodSteps: number) => {
    const before = initialState(config);
    for (const tensor of before.values()) if (tensor.data.every((v) => v === 0)) tensor.data.fill(0.01); // momenta too
    before.set('scaler.scale', { shape: [], data: Float32Array.of(scale) });
    before.set('scaler.goodSteps', { shape: [], data: Float32Array.of(goodSteps) });
    const session = await TrainingSession.create(config, before, asOnCard);
    const metrics = await session.step({ views: viewsOf(config), ...rates });
    const after = await session.readState();
    await session.close();
    const scalerOf = (state: State) => ['scaler.scale', 'scaler.goodSteps'].map((name) => state.get(name)!.data[0]);
    const changed = [...after.keys()].filter((name) => !name.startsWith('scaler.') && distance(after.get(name)!.data, before.get(name)!.data) > 0);
    return { metrics, changed, tensors: after.size, scaler: scalerOf(after) };
  };

  it('skips a step whose gradient is not finite, leaves everything as it was, and halves the factor', async () => {
    const { metrics, changed, scaler } = await stepFrom(2 ** 40, 7);
    expect(changed).toEqual([]);
    expect(scaler).toEqual([2 ** 39, 0]);
    expect(metrics.lossScale).toBe(2 ** 40);
    expect(Number.isFinite(metrics.loss)).toBe(true);
    expect(Number.isFinite(metrics.gradientNorm)).toBe(false);
  });

  it('counts good steps, and doubles the factor after 2000', async () => {
    expect((await stepFrom(1024, 7)).scaler).toEqual([1024, 8]);
    const { scaler, changed, tensors } = await stepFrom(1024, 1999);
    expect(scaler).toEqual([2048, 0]);
    expect(changed.length).toBeGreaterThan(0.9 * (tensors - 2));
  });

  it('keeps every tensor of the state in float32', async () => {
    const state = initialState(config);
    expect([...state.values()].every(({ data }) => data instanceof Float32Array)).toBe(true);
    const names = [...initialState(settings('float32')).keys()];
    expect([...state.keys()].filter((name) => !names.includes(name))).toEqual(['scaler.scale', 'scaler.goodSteps']);
  });
});

describe('float16 where a device has none', () => {
  it('is refused on the processor', async () => {
    const config = settings('float16');
    await expect(TrainingSession.create(config, initialState(config), { device: 'cpu' })).rejects.toThrow(/set precision to float32/);
    expect(await computesHalf({ device: 'cpu' })).toBe(false);
  });

  it.runIf(useSoftwareVulkan())('is found out and refused on software Vulkan', async () => {
    const config = settings('float16');
    expect(await computesHalf({ device: 'webgpu' })).toBe(false);
    await expect(TrainingSession.create(config, initialState(config), { device: 'webgpu' })).rejects.toMatchObject({ code: 'bad-device' });
  });
});
