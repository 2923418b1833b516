/**
 * The training step on the WebGPU provider, on software Vulkan: it agrees with the CPU, its state stays on the device,
 * and nothing of it is computed elsewhere.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../shared/config.ts';
import { Encoder, edgeNumbers, featureDim, initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State, StepMetrics } from '../../src-main/engine/index.ts';
import { RING_COLUMNS, RING_STEPS } from '../../src-main/engine/metric-ring.ts';
import { encodeModel } from '../../src-main/engine/onnx/schema.ts';
import { openSession } from '../../src-main/engine/session.ts';
import { readingDue } from '../../src-main/engine/metrics-interval.ts';
import { trainingProgram } from '../../src-main/engine/training-program.ts';
import { fitReadout } from '../../src-main/evaluate/index.ts';
import { withReadout } from '../../src-main/trainer/readout.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';
import { holdPrograms } from '../helpers/webgpu.ts';
import { tinyNetwork } from '../helpers/tiny.ts';
import { counted, distance, norm } from './golden.ts';

const available = useSoftwareVulkan();
holdPrograms(available);

const tiny: ConfigPatch = { ...tinyNetwork, imageSize: 16, batchSize: 4, epochs: 1, minutes: null };

it('is tested here', () => {
  // Linux x64 has a software Vulkan by the development dependencies alone.
  expect(available).toBe(process.platform === 'linux' && process.arch === 'x64');
});

/** Every tensor changed as on the CPU, to 2e-2 relative in norm. */
function expectAlike(before: State, after: Record<'cpu' | 'webgpu', State>): void {
  for (const [name, { data }] of after.cpu) {
    const begun = before.get(name)?.data ?? new Float32Array(data.length);
    const change = (x: Float32Array) => x.map((v, i) => v - begun[i]!);
    const expected = change(data);
    // The second term is for predictor.1.running_mean: z has no mean there, so it moves by rounding alone.
    expect(distance(change(after.webgpu.get(name)!.data), expected), name).toBeLessThan(
      2e-2 * norm(expected) + 1e-7 * Math.sqrt(data.length),
    );
  }
}

const rates = { learningRate: 0.05, predictorLearningRate: 0.05 };

function viewsOf({ batchSize, imageSize }: RunConfig): Float32Array[] {
  const pixels = batchSize * 3 * imageSize ** 2;
  const view1 = counted('view1', pixels, 2);
  return [view1, counted('view2', pixels, 2).map((v, i) => (view1[i]! + v) / 2)];
}

it.runIf(available)(
  'compares photos on WebGPU as on the processor, enlarged and whitened, with their edges',
  async () => {
    const config = parseConfig({ ...tiny, embedding: 'whitenedEdges' });
    const plain = initialState(config);
    const n = 64;
    const images = counted('photos', n * 3 * config.imageSize ** 2, 2);
    const encoder = await Encoder.create(config, plain);
    const fitted = await encoder.stages(images, n);
    await encoder.close();
    const state = withReadout(plain, fitReadout(fitted, n, featureDim(config), edgeNumbers(config)));
    // Some of them on both, of which three are enlarged at a time.
    const few = 6;
    const some = images.subarray(0, (few / n) * images.length);
    const madeOn = async (device: 'cpu' | 'webgpu') => {
      const plainly = await Encoder.create(config, plain, { device, batch: 7 });
      const stages = await plainly.stages(some, few);
      await plainly.close();
      const whitening = await Encoder.create(config, state, { device, batch: 7 });
      const { features } = await whitening.embed(some, few);
      await whitening.close();
      return { stages, features };
    };
    const [expected, found] = [await madeOn('cpu'), await madeOn('webgpu')];
    expect(distance(found.stages, expected.stages)).toBeLessThan(1e-4 * norm(expected.stages));
    expect(norm(expected.features)).toBeGreaterThan(1);
    expect(distance(found.features, expected.features)).toBeLessThan(1e-3 * norm(expected.features));
  },
  240_000,
);

describe.runIf(available)('five steps on WebGPU', () => {
  const STEPS = 5;
  const config = parseConfig(tiny);
  const pixels = config.batchSize * 3 * config.imageSize ** 2;
  const views = viewsOf(config);
  const before = initialState(config);
  const bytesOf = (state: State) => 4 * [...state.values()].reduce((sum, { data }) => sum + data.length, 0);
  const steps: Record<'cpu' | 'webgpu', StepMetrics[]> = { cpu: [], webgpu: [] };
  const after = {} as Record<'cpu' | 'webgpu', State>;
  /** How many steps became known with each, and the bytes that were copied until then. */
  const known: number[] = [];
  const copied: { toDevice: number; fromDevice: number }[] = [];

  beforeAll(async () => {
    const cpu = await TrainingSession.create(config, before, { device: 'cpu' });
    for (let i = 0; i < STEPS; i++) steps.cpu.push(await cpu.step({ views, ...rates }));
    after.cpu = await cpu.readState();
    await cpu.close();
    const gpu = await TrainingSession.create(config, before, {
      device: 'webgpu',
      metricsInterval: { steps: 2, milliseconds: Infinity, bytes: Infinity },
    });
    for (let i = 0; i < STEPS; i++) {
      const rows = await gpu.advance({ views, ...rates });
      known.push(rows.length);
      copied.push(gpu.copied);
      steps.webgpu.push(...rows);
    }
    steps.webgpu.push(...(await gpu.settle()));
    copied.push(gpu.copied);
    after.webgpu = await gpu.readState();
    copied.push(gpu.copied);
    await gpu.close();
  }, 600_000);

  it('agree with the CPU in the change of every tensor', () => expectAlike(before, after));

  it('agree with it in what they measure', () => {
    expect(steps.webgpu).toHaveLength(STEPS);
    steps.cpu.forEach((expected, i) => {
      const { loss, zStd, gradientNorm } = steps.webgpu[i]!;
      expect([loss, zStd, gradientNorm].every(Number.isFinite)).toBe(true);
      expect(Math.abs(loss - expected.loss), `loss of step ${i + 1}`).toBeLessThan(1e-4);
      expect(Math.abs(zStd - expected.zStd)).toBeLessThan(1e-3);
      expect(Math.abs(gradientNorm / expected.gradientNorm - 1)).toBeLessThan(1e-2);
    });
  });

  it('copy the state once, then views and rates alone, and metrics every so many steps', () => {
    const fed = 4 * (2 * pixels + Object.keys(rates).length);
    const ring = 4 * RING_STEPS * RING_COLUMNS;
    expect(known).toEqual([0, 2, 0, 2, 0]);
    copied.slice(0, STEPS).forEach(({ toDevice, fromDevice }, i) => {
      expect(toDevice, `to the device by step ${i + 1}`).toBe(bytesOf(after.cpu) + ring + (i + 1) * fed);
      expect(fromDevice, `from the device by step ${i + 1}`).toBe(Math.floor((i + 1) / 2) * ring);
    });
    expect(copied[STEPS]!.fromDevice, 'the last').toBe(3 * ring);
    expect(copied[STEPS + 1]!.fromDevice, 'the state, when it is asked for').toBe(3 * ring + bytesOf(after.cpu));
  });
});

describe.runIf(available)('two steps on WebGPU agree with the CPU', () => {
  const shapes: [string, ConfigPatch][] = [
    ['imagenet stem, fixed predictor', { backbone: { stem: 'imagenet' }, imageSize: 32, predictor: { kind: 'fixed' } }],
    ['resnet50', { backbone: { name: 'resnet50' } }],
  ];
  it.each(shapes)('%s', { timeout: 300_000 }, async (_name, patch) => {
    const config = parseConfig(mergeConfig(tiny, patch));
    const before = initialState(config);
    const after = {} as Record<'cpu' | 'webgpu', State>;
    for (const device of ['cpu', 'webgpu'] as const) {
      const session = await TrainingSession.create(config, before, { device });
      await session.step({ views: viewsOf(config), ...rates });
      const first = session.copied.toDevice;
      await session.step({ views: viewsOf(config), ...rates });
      // What a step only reads, such as a fixed predictor, is on the device too.
      if (device === 'webgpu')
        expect(session.copied.toDevice - first).toBeLessThanOrEqual(
          4 * (2 * config.batchSize * 3 * config.imageSize ** 2 + 2),
        );
      after[device] = await session.readState();
      await session.close();
    }
    expectAlike(before, after);
  });
});

it('read metrics every few steps, of a slow device too', () => {
  const usual = { steps: 8, milliseconds: 1000, bytes: 1e6 };
  const due = (steps: number, milliseconds: number, bytes: number) => readingDue(usual, { steps, milliseconds, bytes });
  expect([due(1, 30_000, 0), due(1, 0, 1e9)], 'not after every step').toEqual([false, false]);
  expect([due(2, 999, 999_999), due(2, 1000, 0), due(2, 0, 1e6)]).toEqual([false, true, true]);
  expect([due(7, 0, 0), due(8, 0, 0)]).toEqual([false, true]);
  expect(readingDue({ ...usual, steps: 100 }, { steps: 8, milliseconds: 0, bytes: 0 }), 'the ring holds no more').toBe(
    true,
  );
});

describe.runIf(available)('every node of a step is computed by WebGPU', () => {
  const folder = new URL('../../configs/methods/', import.meta.url);
  const studies = [
    'simsiam',
    'simclr',
    'moco',
    'byol',
    'swav',
    'simsiam-lars',
    'simsiam-cross-entropy',
    'simsiam-moving-average',
  ].map((name): [string, ConfigPatch] => [
    name,
    mergeConfig(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as ConfigPatch, tiny),
  ]);
  const shapes: [string, ConfigPatch][] = [
    ['imagenet stem', mergeConfig(tiny, { backbone: { stem: 'imagenet' }, imageSize: 32 })],
    ['resnet50', mergeConfig(tiny, { backbone: { name: 'resnet50' } })],
  ];
  it.each([...studies, ...shapes])('%s', async (_name, patch) => {
    const { program } = await trainingProgram(parseConfig(patch), { device: 'webgpu' }, 16);
    const session = await openSession(
      encodeModel(program),
      { device: 'webgpu' },
      { logSeverityLevel: 4, extra: { session: { disable_cpu_ep_fallback: '1' } } },
    );
    await session.release();
  });
});
