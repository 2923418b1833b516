/** Bytes that a step's operators read and write, against sums by hand. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import type { LoweringOptions } from '../../src-main/engine/onnx/lowering.ts';
import { movedBytes } from '../../src-main/engine/onnx/moved.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { add, conv, relu, reshape, slice } from '../../src-main/engine/ops/index.ts';

const moved = (options: LoweringOptions, build: (graph: Graph) => Tensor): number => {
  const tensor = build(new Graph());
  return movedBytes(new OnnxLowering(options).program('test', new Map([['y', tensor]])));
};

it('counts what an operator reads and writes, and no change of shape', () => {
  expect(moved({}, (g) => add(g.input('a', [10, 3]), g.input('b', [10, 3])))).toBe(4 * 3 * 30);
  expect(moved({}, (g) => relu(reshape(g.input('a', [10, 3]), [30])))).toBe(4 * 2 * 30);
});

it('counts of a slice the part alone', () => {
  expect(moved({}, (g) => slice(g.input('a', [100, 3]), 0, 0, 10))).toBe(4 * 2 * 30);
});

it('counts no transposition that the runtime cancels', () => {
  const [x, weight, y] = [2 * 4 * 8 * 8, 8 * 4 * 9, 2 * 8 * 8 * 8];
  const layers = (g: Graph) =>
    relu(conv(g.input('x', [2, 4, 8, 8]), g.input('weight', [8, 4, 3, 3]), { stride: 1, padding: 1 }));
  const plain = 4 * (x + weight + y + 2 * y);
  expect(moved({}, layers)).toBe(plain);
  // The input comes as its shape says, and the output is to leave so: those two are transposed.
  expect(moved({ images: 'channelsLast', graphics: true }, layers)).toBe(plain + 4 * (2 * x + 2 * y));
});

it('finds no transposed convolution in a step for a graphics card', () => {
  const config = parseConfig({ backbone: { width: 0.125, stem: 'cifar' }, imageSize: 16, batchSize: 4, epochs: 1 });
  const lowering = new OnnxLowering({ images: 'channelsLast', graphics: true });
  const { nodes } = lowering.program('step', trainingGraph(config).outputs);
  expect(nodes.filter((node) => node.opType === 'ConvTranspose')).toEqual([]);
});
