/** AdamW as torch.optim.AdamW in float64, and momenta under the names of the first release. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../shared/config.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import { initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { OptimizerStep, slotName } from '../../src-main/engine/optimizer/optimizer.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { counted, expectClose } from './golden.ts';

interface Golden {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  rates: number[];
  shapes: Record<string, number[]>;
  steps: Record<string, { parameter: number[]; mean: number[]; square: number[] }>[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/adamw.json', import.meta.url), 'utf8')) as Golden;

describe('AdamW', () => {
  it('moves as torch.optim.AdamW, from the first step on', async () => {
    const { shapes, rates, steps, ...settings } = golden;
    const graph = new Graph();
    const optimizer = new OptimizerStep(graph, { name: 'adamw', ...settings });
    const learningRate = graph.input('learningRate', []);
    const outputs = new Map(optimizer.numbers);
    for (const [name, shape] of Object.entries(shapes)) {
      const [tensor, gradient] = [graph.input(name, shape), graph.input(`gradient.${name}`, shape)];
      for (const [changed, next] of optimizer.update([{ name, tensor, learningRate }], gradient))
        outputs.set(changed, next);
    }
    const next = new Map([...outputs].map(([name, tensor]) => [`next.${name}`, tensor]));
    const session = await InferenceSession.create(new OnnxLowering().model('adamw', next), { extra: sleeping() });
    const state = new Map<string, OrtTensor>(
      [...outputs].map(([name, { shape }]) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const data = name in shapes ? counted(name, count, 1) : new Float32Array(count);
        return [name, new OrtTensor('float32', data, shape)];
      }),
    );
    for (const [step, expected] of steps.entries()) {
      const feeds: Record<string, OrtTensor> = Object.fromEntries(state);
      feeds['learningRate'] = new OrtTensor('float32', Float32Array.of(rates[step]!), []);
      for (const [name, shape] of Object.entries(shapes)) {
        const count = shape.reduce((a, b) => a * b, 1);
        feeds[`gradient.${name}`] = new OrtTensor('float32', counted(`${step}.${name}`, count, 0.01), shape);
      }
      const results = await session.run(feeds);
      for (const name of state.keys()) state.set(name, results[`next.${name}`]!);
      for (const [name, { parameter, mean, square }] of Object.entries(expected))
        for (const [key, values, size] of [
          [name, parameter, 1e-7],
          [slotName('mean', name), mean, 1e-9],
          [slotName('square', name), square, 1e-12],
        ] as const)
          expectClose(state.get(key)!.data as Float32Array, values, 1e-5, size, `${key} after step ${step + 1}`);
    }
    await session.release();
  });

  it('has a rate of its own where none is set, and refuses one for SGD', () => {
    expect(parseConfig({ optimizer: { name: 'adamw' } }).optimizer).toMatchObject({
      baseLearningRate: 1e-3,
      weightDecay: 0.01,
    });
    expect(() => parseConfig({ optimizer: { name: 'adamw', baseLearningRate: 0.5 } })).toThrow(ConfigError);
    expect(parseConfig({}).optimizer.baseLearningRate).toBe(0.05);
  });

  it('trains a network, and goes on from its state bit for bit', async () => {
    const config = parseConfig({ ...tiny, optimizer: { name: 'adamw' } });
    const whole = await stepsFrom(config, initialState(config), 4);
    const half = await stepsFrom(config, initialState(config), 2);
    const rest = await stepsFrom(config, half.state, 2);
    expect([...half.losses, ...rest.losses]).toEqual(whole.losses);
    expect(rest.state).toEqual(whole.state);
    expect(new Set(whole.losses).size).toBe(4);
  });
});

const tiny = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 16, outputDim: 16, layers: 2 },
  predictor: { hiddenDim: 8 },
  imageSize: 16,
  batchSize: 4,
  epochs: 1,
} as const;

async function stepsFrom(config: ReturnType<typeof parseConfig>, state: State, count: number) {
  const views = [1, 2].map((v) => Float32Array.from({ length: 4 * 3 * 256 }, (_, i) => Math.sin(v * (i + 1))));
  const session = await TrainingSession.create(config, state, { threads: 1 });
  const losses: number[] = [];
  for (let i = 0; i < count; i++)
    losses.push((await session.step({ views, learningRate: 0.01, predictorLearningRate: 0.01 })).loss);
  const after = await session.readState();
  await session.close();
  return { losses, state: after };
}

describe('a state of the first release', () => {
  it('goes on with its momenta, bit for bit, and is kept under the names of today', async () => {
    const config = parseConfig(tiny);
    const { state } = await stepsFrom(config, initialState(config), 2);
    const old: State = new Map([...state].map(([name, tensor]) => [name.replace(/^optimizer\./, ''), tensor]));
    expect(old.has('momentum.backbone.conv1.weight')).toBe(true);
    expect(old.has('optimizer.momentum.backbone.conv1.weight')).toBe(false);
    const [now, then] = [await stepsFrom(config, state, 2), await stepsFrom(config, old, 2)];
    expect(then).toEqual(now);
    const without: State = new Map([...state].filter(([name]) => !name.startsWith('optimizer.')));
    expect((await stepsFrom(config, without, 2)).losses).not.toEqual(now.losses);
  });
});
