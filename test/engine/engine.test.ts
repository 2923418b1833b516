/**
 * The engine's behaviour beside its numbers: determinism, states that are read, errors, the exported encoder.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import {
  DeviceError,
  Encoder,
  encoderModel,
  featureDim,
  initialState,
  ShapeError,
  StateError,
  TrainingSession,
} from '../../src-main/engine/index.ts';
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
import { sleeping } from '../../src-main/engine/session.ts';
import { expectClose } from './golden.ts';
import { steps, expectSameState, config, views, rates, small, pixels } from './smallTraining.ts';

vi.setConfig({ testTimeout: 240_000 });

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
    const session = await InferenceSession.create(bytes, { extra: sleeping() });
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
      extra: sleeping(),
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
