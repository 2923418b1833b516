/** Batches that are computed together and follow each other are normalised as each of them by itself. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { channelBlock } from '../../src-main/engine/channel-block.ts';
import { gradients } from '../../src-main/engine/gradient.ts';
import { elements, Graph } from '../../src-main/engine/graph.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import type { Layout } from '../../src-main/engine/onnx/layouts/index.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import * as ops from '../../src-main/engine/ops/index.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { counted, distance, norm } from './golden.ts';

const BATCHES = 2;

interface Case {
  samples: number;
  channels: number;
  size: number;
  shortcut: boolean;
}

/** Value and gradients of a convolution whose results are normalised, both batches at once or one after the other. */
async function compute(c: Case, images: Layout, stacked: boolean): Promise<Map<string, Float32Array>> {
  const { samples, channels, size, shortcut } = c;
  const graph = new Graph();
  const x = graph.input('x', [BATCHES * samples, channels, size, size]);
  const filters = graph.input('filters', [channels, channels, 1, 1]);
  const [weight, bias] = ['weight', 'bias'].map((name) => graph.input(name, [channels])) as [Tensor, Tensor];
  const layer = (of: Tensor, batches: number) =>
    ops.batchNorm(ops.conv(of, filters, { stride: 1, padding: 0 }), {
      affine: { weight: ops.repeat(weight, batches), bias: ops.repeat(bias, batches) },
      relu: true,
      batches,
      stacked,
      ...(shortcut ? { shortcut: of } : {}),
    });
  const together = stacked ? layer(x, BATCHES) : undefined;
  const apart = [0, 1].map((b) => layer(ops.slice(x, 0, b * samples, (b + 1) * samples), 1));
  const [y, mean, variance] = together
    ? [together.y, together.mean, together.variance]
    : (['y', 'mean', 'variance'] as const).map((key) => ops.concat(apart.map((one) => one[key])));
  const flow = graph.input('flow', y!.shape);
  const inputs = { x, filters, weight, bias };
  const flows = gradients(ops.sum(ops.mul(y!, flow)), Object.values(inputs));
  const outputs = new Map<string, Tensor>([
    ['y', y!],
    ['mean', mean!],
    ['variance', variance!],
    ...Object.keys(inputs).map((name, i) => [`d ${name}`, flows[i]!] as const),
  ]);
  const lowering = new OnnxLowering({ images, channelBlock: images === 'pixels' ? await channelBlock() : 0 });
  const session = await InferenceSession.create(lowering.model('test', outputs), {
    logSeverityLevel: 3,
    extra: sleeping(),
  });
  const feeds = [...graph.inputs].map(
    ([name, { shape }]) => [name, new OrtTensor('float32', counted(name, elements(shape), 1), shape)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return new Map([...outputs.keys()].map((name) => [name, results[name]!.data as Float32Array]));
}

const cases: Case[] = [
  { samples: 64, channels: 16, size: 4, shortcut: false }, // one block of channels with AVX-512
  { samples: 64, channels: 16, size: 4, shortcut: true },
  { samples: 6, channels: 8, size: 5, shortcut: true }, // and with AVX2
  { samples: 3, channels: 12, size: 4, shortcut: false },
  { samples: 40, channels: 256, size: 3, shortcut: true }, // rows of many numbers
];

describe('batches that follow each other', () => {
  it.each((['pixels', 'channelsLast', 'plain'] as const).flatMap((images) => cases.map((c) => ({ images, ...c }))))(
    'are normalised each by itself: $images, $samples samples, $channels channels, shortcut $shortcut',
    async ({ images, ...c }) => {
      const [actual, expected] = [await compute(c, images, true), await compute(c, 'plain', false)];
      for (const [name, values] of expected) {
        expect(norm(values), name).toBeGreaterThan(0);
        expect(distance(actual.get(name)!, values) / norm(values), name).toBeLessThan(2e-5);
      }
    },
  );
});
