/** Which operators a step on the processor is made of, where the wrong ones would move bytes for nothing. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src-main/engine/gradient.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import { parseConfig } from '../../shared/config.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { add, conv, maxPool, relu, reshape, square, sum } from '../../src-main/engine/ops/index.ts';

/** Operators by their number in the program of these outputs. */
function operators(outputs: Record<string, Tensor>, channelBlock = 0): Map<string, number> {
  const { nodes } = new OnnxLowering({ images: 'pixels', channelBlock }).program(
    'test',
    new Map(Object.entries(outputs)),
  );
  const counts = new Map<string, number>();
  for (const { opType } of nodes) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return counts;
}

describe('a step on the processor', () => {
  it('gathers the patches of a stem at once, and pools where the images lie', () => {
    const graph = new Graph();
    const weight = graph.input('weight', [16, 3, 7, 7]);
    const stem = conv(graph.input('x', [4, 3, 32, 32]), weight, { stride: 2, padding: 3 });
    const pooled = maxPool(relu(stem), { kernel: 3, stride: 2, padding: 1 });
    const [flow] = gradients(sum(square(pooled)), [weight]);
    const counts = operators({ flow: flow! });
    for (const absent of ['Slice', 'MaxPool', 'ConvTranspose', 'ArgMax', 'Equal', 'Greater', 'ReduceMax'])
      expect(counts.get(absent) ?? 0, absent).toBe(0);
    expect(counts.get('Pad'), 'of the stem, forward and again: pooling needs none').toBe(2);
    expect(counts.get('Transpose'), 'of the images, of what the loss reads, of the filter gradient').toBe(3);
  });

  it('gathers what strided convolutions move, and weaves the sum of their gradients once', () => {
    const graph = new Graph();
    const x = graph.input('x', [4, 16, 16, 16]);
    const [wide, narrow] = [3, 1].map((k) => graph.input(`weight${k}`, [32, 16, k, k])) as [Tensor, Tensor];
    const y = add(conv(x, wide, { stride: 2, padding: 1 }), conv(x, narrow, { stride: 2, padding: 0 }));
    const [dx, dWide, dNarrow] = gradients(sum(square(y)), [x, wide, narrow]);
    const counts = operators({ dx: dx!, dWide: dWide!, dNarrow: dNarrow! });
    expect(counts.get('Slice') ?? 0, 'which one thread copies').toBe(0);
    expect(counts.get('Pad'), 'of x for the wide windows, of dy; of gradients none').toBe(2);
    expect(counts.get('Concat'), 'of patches, and of phases along either axis').toBe(4);
  });

  it('takes the filter gradient of one block of channels by the blocked convolution', () => {
    const graph = new Graph();
    const weight = graph.input('weight', [16, 16, 3, 3]);
    const y = conv(graph.input('x', [32, 16, 16, 16]), weight, { stride: 1, padding: 1 });
    const [flow] = gradients(sum(square(y)), [weight]);
    const counts = operators({ flow: flow! }, 16);
    expect(counts.get('Conv'), 'forward, and of x by dy').toBe(2);
    expect(counts.get('MatMul'), 'down the image, of both, and back').toBe(3);
    expect(operators({ flow: flow! }, 8).get('Conv') ?? 0, 'of two blocks not').toBe(0);
  });

  it('updates all vectors as one, and all running statistics', () => {
    const config = parseConfig({
      backbone: { width: 0.125, stem: 'cifar' },
      head: { layers: 2, hiddenDim: 16, outputDim: 16 },
      predictor: { hiddenDim: 8 },
      imageSize: 16,
      batchSize: 4,
      epochs: 1,
    });
    const { outputs, entries } = trainingGraph(config);
    const { nodes } = new OnnxLowering({ images: 'pixels' }).program('test', outputs);
    const made = (prefix: string, rank: number) => {
      const names = new Set(entries.filter(({ shape }) => shape.length === rank).map(({ name }) => `next.${name}`));
      return nodes.filter((node) => node.outputs.some((name) => name.startsWith(prefix) && names.has(name)));
    };
    // The network's and the predictor's learn at rates of their own: parameters and momenta of either, and the statistics.
    expect(new Set(made('next.', 1).map(({ opType }) => opType))).toEqual(new Set(['Split']));
    expect(made('next.', 1)).toHaveLength(5);
    expect(made('next.optimizer.', 4).length, 'each convolution by itself').toBeGreaterThan(15);
  });

  it('leaves out what nothing reads, and views of views', () => {
    const graph = new Graph();
    const x = graph.input('x', [4, 6]);
    const y = reshape(reshape(reshape(relu(x), [24]), [2, 12]), [3, 8]);
    expect(Object.fromEntries(operators({ y }))).toEqual({ Relu: 1, Reshape: 1 });
  });
});
