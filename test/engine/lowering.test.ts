/** Which operators a step on the processor is made of, where the wrong ones would move bytes for nothing. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src-main/engine/gradient.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import { parseConfig } from '../../shared/config.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { conv, maxPool, relu, reshape, square, sum } from '../../src-main/engine/ops/index.ts';

/** Operators by their number in the program of these outputs. */
function operators(outputs: Record<string, Tensor>): Map<string, number> {
  const { nodes } = new OnnxLowering({ images: 'pixels' }).program('test', new Map(Object.entries(outputs)));
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
