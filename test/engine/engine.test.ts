/**
 * The engine's behaviour beside its numbers: names, determinism, errors, given weights, the exported encoder.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { WeightsError } from '../../shared/givenWeights.ts';
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import {
  DeviceError,
  Encoder,
  encoderModel,
  featureDim,
  initialState,
  loadBackbone,
  ShapeError,
  StateError,
  TrainingSession,
} from '../../src-main/engine/index.ts';
import type { State, TensorData } from '../../src-main/engine/index.ts';
import { gradients } from '../../src-main/engine/gradient.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import {
  add,
  batchNorm,
  concat,
  conv,
  linear,
  matmul,
  mul,
  scale,
  stopGradient,
  sum,
} from '../../src-main/engine/ops/index.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { philox } from '../../shared/philox.ts';
import { counted, expectClose, norm } from './golden.ts';

vi.setConfig({ testTimeout: 240_000 });

const small = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 32, outputDim: 24, layers: 2 },
  predictor: { hiddenDim: 8 },
  imageSize: 16,
  batchSize: 8,
} as const;
const config = parseConfig(small);
const pixels = 3 * config.imageSize ** 2;
const views = [counted('view1', config.batchSize * pixels, 2), counted('view2', config.batchSize * pixels, 2)];
const rates = { learningRate: 0.05, predictorLearningRate: 0.05 };

async function steps(
  count: number,
  settings = config,
  state = initialState(settings),
): Promise<{ losses: number[]; state: State }> {
  const session = await TrainingSession.create(settings, state, { threads: 2 });
  const losses: number[] = [];
  for (let i = 0; i < count; i++) losses.push((await session.step({ views, ...rates })).loss);
  const after = await session.readState();
  await session.close();
  return { losses, state: after };
}

/** Bit for bit; toEqual takes seconds over this many numbers. */
function expectSameState(actual: State, expected: State): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, { shape, data }] of actual) {
    expect(shape, name).toEqual(expected.get(name)!.shape);
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.get(name)!.data.buffer)), name).toBe(0);
  }
}

describe('a training session', () => {
  it('computes the same bits twice, and from a state that was read and written in between', async () => {
    const whole = await steps(5);
    const again = await steps(5);
    expect(whole.losses.every(Number.isFinite)).toBe(true);
    expect(again.losses).toEqual(whole.losses);
    expectSameState(again.state, whole.state);
    const resumed = await steps(2, config, (await steps(3)).state);
    expect(resumed.losses).toEqual(whole.losses.slice(3));
    expectSameState(resumed.state, whole.state);
  });

  it('lowers the loss of a batch, and reports finite metrics', async () => {
    const session = await TrainingSession.create(config, initialState(config), { threads: 2 });
    const first = await session.step({ views, ...rates });
    for (let i = 0; i < 8; i++) await session.step({ views, ...rates });
    const last = await session.step({ views, ...rates });
    await session.close();
    for (const value of [...Object.values(first), ...Object.values(last)]) expect(Number.isFinite(value)).toBe(true);
    expect(last.loss).toBeLessThan(first.loss - 0.1);
    expect(first.zStd).toBeGreaterThan(0.8);
    expect(first.zStd).toBeLessThan(1.01);
    expect(first.gradientNorm).toBeGreaterThan(0);
  });

  it('learns otherwise without stop-gradient', async () => {
    const open = parseConfig({ ...small, stopGradient: false });
    const [stopped, flowing] = [await steps(2), await steps(2, open)];
    expect(flowing.losses[0]).toBeCloseTo(stopped.losses[0]!, 6); // the value is the same,
    expect(flowing.losses[1]).toBeLessThan(stopped.losses[1]! - 1e-4); // the way down is not
  });

  it('does not change the state that it was given', async () => {
    const state = initialState(config);
    await steps(1, config, state);
    expectSameState(state, initialState(config));
  });

  it('refuses views of another size, a state of another shape and an unknown device', async () => {
    const session = await TrainingSession.create(config, initialState(config), { threads: 1 });
    await expect(session.step({ views: [views[0]!, views[1]!.subarray(1)], ...rates })).rejects.toThrow(ShapeError);
    await session.close();
    const wider = initialState(parseConfig({ ...small, backbone: { ...small.backbone, width: 0.25 } }));
    await expect(TrainingSession.create(config, wider)).rejects.toThrow(
      /backbone\.conv1\.weight has shape \[16, 3, 3, 3\] where \[8, 3, 3, 3\]/,
    );
    const lacking = initialState(config);
    lacking.delete('backbone.bn1.running_var');
    await expect(TrainingSession.create(config, lacking)).rejects.toThrow(StateError);
    await expect(TrainingSession.create(config, initialState(config), { device: 'abacus' as never })).rejects.toThrow(
      DeviceError,
    );
  });
});

describe('the initial state', () => {
  it("has torchvision's names, and the heads' positions in the authors' Sequential", () => {
    const names = [...initialState(config).keys()];
    for (const name of [
      'backbone.conv1.weight',
      'backbone.bn1.running_var',
      'backbone.layer2.0.downsample.0.weight',
      'backbone.layer2.0.downsample.1.running_mean',
      'backbone.layer4.1.bn2.bias',
      'projector.0.weight',
      'projector.1.weight',
      'projector.3.weight',
      'projector.4.running_mean',
      'predictor.0.weight',
      'predictor.1.bias',
      'predictor.3.weight',
      'predictor.3.bias',
      'optimizer.momentum.backbone.conv1.weight',
    ])
      expect(names).toContain(name);
    // Batch normalisation follows: a bias would cancel. And the projector's output has no scale.
    for (const name of ['projector.0.bias', 'projector.3.bias', 'projector.4.weight', 'predictor.0.bias'])
      expect(names).not.toContain(name);
  });

  it('counts the published parameters at width 1', () => {
    const count = (name: string) =>
      [...initialState(parseConfig({ ...small, backbone: { name, width: 1, stem: 'imagenet' } }))]
        .filter(([tensor]) => tensor.startsWith('backbone.') && !tensor.includes('running_'))
        .reduce((total, [, { data }]) => total + data.length, 0);
    // torchvision's counts less the classifier's (512 or 2048) * 1000 + 1000.
    expect(count('resnet18')).toBe(11_689_512 - 513_000);
    expect(count('resnet34')).toBe(21_797_672 - 513_000);
    expect(count('resnet50')).toBe(25_557_032 - 2_049_000);
  });

  it('depends on seed and name alone', () => {
    const weight = (settings: object, name = 'backbone.layer1.0.conv1.weight') =>
      initialState(parseConfig({ ...small, ...settings })).get(name)!.data;
    expect(weight({})).toEqual(weight({ head: { ...small.head, layers: 3 } }));
    expect(weight({})).not.toEqual(weight({ seed: 1 }));
    expect(weight({})).not.toEqual(weight({}, 'backbone.layer1.0.conv2.weight'));
  });

  it("draws PyTorch's distributions", () => {
    const state = initialState(parseConfig({ ...small, backbone: { width: 1, stem: 'cifar' } }));
    const conv = state.get('backbone.layer1.0.conv1.weight')!.data; // normal, deviation sqrt(2 / (64 * 9))
    expect(norm(conv) / Math.sqrt(conv.length)).toBeCloseTo(Math.sqrt(2 / 576), 3);
    const fc = state.get('projector.0.weight')!.data; // uniform within 1 / sqrt(512)
    expect(Math.max(...fc)).toBeLessThanOrEqual(1 / Math.sqrt(512));
    expect(norm(fc) / Math.sqrt(fc.length)).toBeCloseTo(1 / Math.sqrt(3 * 512), 3);
    expect(new Set(state.get('backbone.layer1.0.bn2.weight')!.data)).toEqual(new Set([0]));
    expect(new Set(state.get('backbone.layer1.0.bn1.weight')!.data)).toEqual(new Set([1]));
  });

  it('is drawn by Philox4x32-10 (known answers of Random123)', () => {
    const words = new Uint32Array(4);
    philox([0, 0, 0, 0], 0, 0, words);
    expect([...words]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0, words);
    expect([...words]).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });
});

describe('a state that is read', () => {
  it('is a copy, or lent until the next step', async () => {
    const session = await TrainingSession.create(config, initialState(config), { threads: 2 });
    await session.step({ views, ...rates });
    const [copied, lent] = [await session.readState(), await session.readState({ lent: true })];
    expectSameState(lent, copied);
    const weight = 'backbone.conv1.weight';
    const before = copied.get(weight)!.data.slice();
    for (let i = 0; i < 2; i++) await session.step({ views, ...rates }); // two, as what is read and what is written change places
    expect(copied.get(weight)!.data).toEqual(before);
    expect(lent.get(weight)!.data).toEqual((await session.readState()).get(weight)!.data);
    await session.close();
  });
});

describe('known weights that go on', () => {
  it('change less the earlier the stage, and not at all while the encoder waits, but in the statistics', async () => {
    const gentle = parseConfig({ ...small, optimizer: { layerDecay: 0.5, settleEpochs: 1 } });
    const start = initialState(config);
    const after = async (settings: RunConfig, backboneLearningRate?: number) => {
      const session = await TrainingSession.create(settings, start, { threads: 2 });
      // A rate at which float32 tells the change of every tensor.
      await session.step({ views, learningRate: 5, predictorLearningRate: 5, backboneLearningRate });
      const state = await session.readState();
      await session.close();
      return state;
    };
    const [plain, slower, waiting] = [await after(config), await after(gentle), await after(gentle, 0)];
    const changed = (state: State, name: string) => state.get(name)!.data.map((x, i) => x - start.get(name)!.data[i]!);
    const factors = { 'conv1.weight': 1 / 16, 'layer1.0.conv1.weight': 1 / 8, 'layer3.0.bn2.bias': 1 / 2, 'layer4.1.conv2.weight': 1 }; // prettier-ignore
    for (const [name, factor] of Object.entries(factors)) {
      const whole = changed(plain, `backbone.${name}`);
      expect(norm(whole), name).toBeGreaterThan(0);
      const apart = changed(slower, `backbone.${name}`).map((x, i) => x - factor * whole[i]!);
      expect(norm(apart), name).toBeLessThan(
        1e-2 * factor * norm(whole) + 2 ** -23 * norm(start.get(`backbone.${name}`)!.data),
      );
      expect(norm(changed(waiting, `backbone.${name}`)), name).toBe(0);
    }
    expect(norm(changed(waiting, 'backbone.layer1.0.bn1.running_mean'))).toBeGreaterThan(0);
    for (const state of [slower, waiting])
      expect(changed(state, 'projector.0.weight')).toEqual(changed(plain, 'projector.0.weight'));
  });
});

describe('given weights', () => {
  const given = (): Map<string, TensorData> =>
    new Map(
      [...initialState(parseConfig({ ...small, seed: 7 }))]
        .filter(([name]) => name.startsWith('backbone.'))
        .map(([name, tensor]) => [name.slice('backbone.'.length), tensor]),
    );

  it("replace the backbone by torchvision's names, classifier and counters aside", () => {
    const state = initialState(config);
    const tensors = given();
    tensors.set('fc.weight', { shape: [10, 64], data: new Float32Array(640) });
    tensors.set('bn1.num_batches_tracked', { shape: [], data: new Float32Array(1) });
    const result = loadBackbone(state, tensors);
    expect(state.get('backbone.conv1.weight')!.data).toEqual(tensors.get('conv1.weight')!.data);
    expect([result.loaded.size, result.leftOut]).toEqual([tensors.size - 2, 2]);
    tensors.delete('bn1.bias');
    expect(() => loadBackbone(state, tensors)).toThrow(/^bn1\.bias is missing/);
  });

  it('of another width are refused with the settings that fit, and nothing is replaced', () => {
    const wider = parseConfig({ ...small, backbone: { ...small.backbone, width: 0.25 } });
    const state = initialState(wider);
    expect(() => loadBackbone(state, given())).toThrow(/backbone\.width to 0\.125/);
    expectSameState(state, initialState(wider));
    const foreign = new Map([['encoder.w', { shape: [1], data: new Float32Array(1) }]]);
    expect(() => loadBackbone(state, foreign)).toThrow(WeightsError);
  });
});

describe('the encoder', () => {
  it('gives the same features alone, in a batch, and as an exported model', async () => {
    const state = (await steps(3)).state;
    const encoder = await Encoder.create(config, state, { threads: 2, batch: 3 });
    const { features, projections, predictions } = await encoder.embed(views[0]!, config.batchSize);
    const alone = await encoder.embed(views[0]!.subarray(0, pixels), 1);
    await expect(encoder.embed(views[0]!, 3)).rejects.toThrow(ShapeError);
    const D = featureDim(config);
    expect(features).toHaveLength(config.batchSize * D);
    expect(projections).toHaveLength(config.batchSize * config.head.outputDim);
    expect(predictions).toHaveLength(config.batchSize * config.head.outputDim);
    expectClose(alone.features, features.subarray(0, D), 1e-5, 1e-6, 'alone');

    const bytes = encoderModel(config, state, { mean: '0.485,0.456,0.406' });
    const session = await InferenceSession.create(bytes);
    expect(session.inputNames).toEqual(['pixel_values']);
    expect(session.outputNames).toEqual(['embedding']);
    for (const n of [1, 5]) {
      const input = new OrtTensor('float32', views[0]!.subarray(0, n * pixels), [
        n,
        3,
        config.imageSize,
        config.imageSize,
      ]);
      const { embedding } = await session.run({ pixel_values: input });
      expect(embedding!.dims).toEqual([n, D]);
      expectClose(embedding!.data as Float32Array, features.subarray(0, n * D), 1e-4, 1e-5, `batch of ${n}`);
    }
    await session.release();

    await encoder.update(initialState(config));
    const fresh = await encoder.embed(views[0]!.subarray(0, pixels), 1);
    expect(Array.from(fresh.features)).not.toEqual(Array.from(alone.features));
    await encoder.close();
  });
});

describe('the graph', () => {
  it('names the operation, the shapes and the remedy when shapes do not fit', () => {
    const graph = new Graph();
    const image = graph.input('image', [2, 3, 8, 8]);
    const matrix = graph.input('matrix', [2, 5]);
    const cases: [() => unknown, RegExp][] = [
      [
        () => conv(image, graph.input('w', [4, 2, 3, 3]), { stride: 1, padding: 1 }),
        /conv of \[2, 3, 8, 8\], \[4, 2, 3, 3\]/,
      ],
      [() => matmul(matrix, matrix), /matmul of \[2, 5\], \[2, 5\]: inner sizes 5 and 2 differ/],
      [() => linear(matrix, graph.input('v', [3, 4])), /linear of \[2, 5\], \[3, 4\]/],
      [() => add(image, matrix), /add of .*sizes must be equal or 1/],
      [() => concat([matrix, graph.input('m', [3, 5])], 1), /concat of/],
      [() => batchNorm(graph.input('one', [1, 5])), /use a larger batch/],
    ];
    for (const [build, message] of cases) expect(build).toThrow(message);
  });

  it('adds up the gradients of a tensor that is used several times', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = graph.input('y', [2]);
    const loss = sum(add(add(mul(x, x), scale(x, 3)), mul(x, stopGradient(mul(x, y))))); // d/dx = 2 x + 3 + x y
    const [dx, dy] = gradients(loss, [x, y]);
    expect(dy).toBeUndefined();
    const session = await InferenceSession.create(new OnnxLowering().model('test', new Map([['dx', dx!]])), {
      logSeverityLevel: 3,
    });
    const feeds = {
      x: new OrtTensor('float32', Float32Array.of(2, -1), [2]),
      y: new OrtTensor('float32', Float32Array.of(5, 7), [2]),
    };
    const results = await session.run(feeds);
    expectClose(results['dx']!.data as Float32Array, [17, -6], 1e-6, 1e-6);
    await session.release();
  });
});
