/**
 * Value and gradients of every operation against PyTorch, to 1e-4. Golden values by test/golden/ops.py.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src-main/engine/gradient.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import type { LoweringOptions } from '../../src-main/engine/onnx/lowering.ts';
import * as ops from '../../src-main/engine/ops/index.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { counted, expectClose, readGolden } from './golden.ts';

interface Case {
  name: string;
  inputs: Record<string, number[]>;
  low: number;
  high: number;
  tensors: { name: string; shape: number[] }[];
}

type Build = (...inputs: Tensor[]) => Tensor;

const windows = (name: string): [number, number, number] => name.split(' ').slice(1, 4).map(Number) as never;
const norm =
  (relu: boolean, shortcut: boolean): Build =>
  (x, weight, bias, residual) =>
    ops.batchNorm(x!, { affine: weight && { weight, bias: bias! }, relu, shortcut: shortcut ? residual : undefined }).y;

const builds: Record<string, Build> = {
  add: (x, y) => ops.add(x!, y!),
  'add, broadcast': (x, y) => ops.add(x!, y!),
  'sub, broadcast': (x, y) => ops.sub(x!, y!),
  'mul, broadcast': (x, y) => ops.mul(x!, y!),
  div: (x, y) => ops.div(x!, y!),
  scale: (x) => ops.scale(x!, -2.5),
  expand: (x) => ops.expand(x!, [2, 3, 4]),
  sum: (x) => ops.sum(x!, [0, 2]),
  'sum of all': (x) => ops.sum(x!),
  'mean, kept': (x) => ops.mean(x!, [1], true),
  reshape: (x) => ops.reshape(x!, [4, 3]),
  transpose: (x) => ops.transpose(x!, [2, 0, 1]),
  concat: (x, y) => ops.concat([x!, y!], 1),
  slice: (x) => ops.slice(x!, 1, 1, 3),
  exp: (x) => ops.exp(x!),
  log: (x) => ops.log(x!),
  sqrt: (x) => ops.sqrt(x!),
  square: (x) => ops.square(x!),
  maximum: (x) => ops.maximum(x!, 0.2),
  relu: (x) => ops.relu(x!),
  softmax: (x) => ops.softmax(x!),
  logSoftmax: (x) => ops.logSoftmax(x!),
  normalize: (x) => ops.normalize(x!),
  matmul: (x, y) => ops.matmul(x!, y!),
  'matmul, first transposed': (x, y) => ops.matmul(x!, y!, true),
  'matmul, second transposed': (x, y) => ops.matmul(x!, y!, false, true),
  'matmul, both transposed': (x, y) => ops.matmul(x!, y!, true, true),
  linear: (x, weight, bias) => ops.linear(x!, weight!, bias),
  stopGradient: (x, y) => ops.mul(ops.stopGradient(x!), y!),
  globalAveragePool: (x) => ops.globalAveragePool(x!),
  'maxPool of equal values': (x) => ops.maxPool(x!, { kernel: 3, stride: 2, padding: 1 }),
  batchNorm: norm(false, false),
  'batchNorm of vectors': norm(false, false),
  'batchNorm, relu': norm(true, false),
  'batchNorm, shortcut, relu': norm(true, true),
  'batchNorm, shortcut': norm(false, true),
  'batchNorm, shortcut, relu, wide': norm(true, true),
  'batchNorm, far from zero': (x, weight, bias) =>
    ops.batchNorm(ops.addConstant(x!, 100), { affine: { weight: weight!, bias: bias! } }).y,
  'a tensor used twice': (x) => ops.add(ops.mul(ops.relu(x!), x!), x!),
};

function buildOf(name: string): Build {
  if (name.startsWith('conv ')) {
    const [kernel, stride] = windows(name);
    return (x, weight) => ops.conv(x!, weight!, { stride, padding: (kernel - 1) / 2 });
  }
  if (/^maxPool \d/.test(name)) {
    const [kernel, stride, padding] = windows(name);
    return (x) => ops.maxPool(x!, { kernel, stride, padding });
  }
  return builds[name]!;
}

/** Runs a graph; returns the outputs by name. */
async function run(
  outputs: Map<string, Tensor>,
  feeds: Record<string, OrtTensor>,
  lowering: LoweringOptions,
): Promise<Map<string, Float32Array>> {
  const session = await InferenceSession.create(new OnnxLowering(lowering).model('test', outputs), {
    logSeverityLevel: 3,
    extra: sleeping(),
  });
  const used = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
  const results = await session.run(used);
  const values = new Map([...outputs.keys()].map((name) => [name, results[name]!.data as Float32Array]));
  await session.release();
  return values;
}

const { header: cases, data } = readGolden<Case[]>('ops.bin.gz');
let offset = 0;
const expected = cases.map((c) =>
  c.tensors.map(({ name, shape }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(data.buffer, offset, count);
    offset += 4 * count;
    return { name, shape, values };
  }),
);

it('has a golden case for each operation built here, and the other way round', () => {
  const named = cases.map((c) => c.name);
  expect(named.filter((name) => !buildOf(name))).toEqual([]);
  expect(Object.keys(builds).filter((name) => !named.includes(name))).toEqual([]);
});

const lowerings: [string, LoweringOptions][] = [
  ['images held plain', { images: 'plain' }],
  ['images held by pixels', { images: 'pixels' }],
  ['for a graphics card', { images: 'plain', graphics: true }],
  ['for a graphics card, channels last', { images: 'channelsLast', graphics: true }],
];

describe.each(lowerings)('operations as in PyTorch, %s', (_name, lowering) => {
  it.each(cases.map((c, i) => ({ ...c, golden: expected[i]! })))(
    '$name',
    async ({ name, inputs, low, high, golden }) => {
      const graph = new Graph();
      const tensors = Object.entries(inputs).map(([key, shape]) => [key, graph.input(key, shape)] as const);
      const output = buildOf(name)(...tensors.map(([, t]) => t));
      expect(output.shape).toEqual(golden[0]!.shape);
      const weights = graph.input('output', output.shape);
      const loss = ops.sum(ops.mul(output, weights));
      const flows = gradients(
        loss,
        tensors.map(([, t]) => t),
      );
      const outputs = new Map([['value', output]]);
      tensors.forEach(([key], i) => {
        const flow = flows[i];
        expect(flow !== undefined, `a gradient of ${key}`).toBe(golden.some((g) => g.name === key));
        if (flow) outputs.set(`gradient.${key}`, flow);
      });

      const feeds: Record<string, OrtTensor> = {};
      for (const [key, t] of [...tensors, ['output', weights] as const]) {
        const plain = key === 'output';
        const values = counted(
          key,
          t.shape.reduce((a, b) => a * b, 1),
          plain ? 1 : (high - low) / 2,
        );
        const shifted = plain ? values : values.map((v) => v + (high + low) / 2);
        feeds[key] = new OrtTensor(
          'float32',
          name.endsWith('of equal values') && !plain ? shifted.map(roundHalfEven) : shifted,
          t.shape,
        );
      }
      const results = await run(outputs, feeds, lowering);
      for (const { name: key, values } of golden)
        expectClose(results.get(key === 'output' ? 'value' : `gradient.${key}`)!, values, 1e-4, 1e-4, key);
    },
  );
});

const roundHalfEven = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
