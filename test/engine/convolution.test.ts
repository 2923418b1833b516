/**
 * Convolutions as matrix products (Winograd's included) against the runtime's own Conv,
 * over the geometries of the networks: value and both gradients.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { channelBlock } from '../../src-main/engine/channel-block.ts';
import { gradients } from '../../src-main/engine/gradient.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import type { Layout } from '../../src-main/engine/onnx/layouts/index.ts';
import { winogradTile } from '../../src-main/engine/onnx/layouts/pixels/cost.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { matrixOf, minimalFiltering, tilesOf } from '../../src-main/engine/onnx/layouts/pixels/winograd-matrices.ts';
import { conv, mul, sum } from '../../src-main/engine/ops/index.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { counted, distance, norm } from './golden.ts';

/** [batch, in, out, size, kernel, stride] */
type Geometry = readonly [number, number, number, number, number, number];

const geometries: Geometry[] = [
  [8, 64, 64, 16, 3, 1],
  [8, 64, 64, 15, 3, 1], // tiles that do not divide the image
  [4, 128, 96, 8, 3, 1],
  [4, 256, 256, 4, 3, 1],
  [2, 16, 16, 32, 3, 1], // one block of channels with AVX-512
  [4, 64, 128, 16, 3, 2],
  [4, 64, 128, 15, 3, 2],
  [4, 64, 128, 16, 1, 2],
  [4, 64, 256, 8, 1, 1],
  [4, 3, 64, 32, 3, 1],
  [4, 3, 16, 32, 3, 1], // a stem that gives one block
  [4, 3, 8, 15, 3, 1], // and with AVX2
  [4, 3, 64, 32, 7, 2],
  [3, 8, 8, 10, 3, 1], // and with AVX2
  [32, 16, 16, 32, 3, 1], // samples in blocks as well, with AVX-512
  [16, 16, 16, 15, 3, 1],
  [16, 8, 8, 12, 3, 1], // and with AVX2
  [64, 256, 256, 2, 3, 1], // products of fewer rows than columns, which many threads would share by columns
];

async function compute(
  [n, i, o, size, kernel, stride]: Geometry,
  images: Layout,
): Promise<Record<string, Float32Array>> {
  const graph = new Graph();
  const x = graph.input('x', [n, i, size, size]);
  const weight = graph.input('weight', [o, i, kernel, kernel]);
  const y = conv(x, weight, { stride, padding: (kernel - 1) / 2 });
  const flow = graph.input('flow', y.shape);
  const [dx, dWeight] = gradients(sum(mul(y, flow)), [x, weight]);
  const outputs = new Map([
    ['y', y],
    ['dx', dx!],
    ['dWeight', dWeight!],
  ]);
  const lowering = new OnnxLowering({ images, channelBlock: images === 'pixels' ? await channelBlock() : 0 });
  const session = await InferenceSession.create(lowering.model('test', outputs), {
    logSeverityLevel: 3,
    extra: sleeping(),
  });
  const feed = ([name, { shape }]: [string, { shape: readonly number[] }]) =>
    [
      name,
      new OrtTensor(
        'float32',
        counted(
          name,
          shape.reduce((a, b) => a * b, 1),
          1,
        ),
        shape,
      ),
    ] as const;
  const results = await session.run(Object.fromEntries([...graph.inputs].map(feed)));
  const values = Object.fromEntries([...outputs.keys()].map((name) => [name, results[name]!.data as Float32Array]));
  await session.release();
  return values;
}

function expectAlike(actual: Record<string, Float32Array>, expected: Record<string, Float32Array>): void {
  for (const key of ['y', 'dx', 'dWeight']) {
    expect(norm(expected[key]!)).toBeGreaterThan(0);
    expect(distance(actual[key]!, expected[key]!) / norm(expected[key]!), key).toBeLessThan(5e-6);
  }
}

describe('convolutions of images held channels last', () => {
  const more: Geometry[] = [
    [4, 64, 32, 7, 1, 2], // strided and without a window to gather
    [2, 5, 6, 9, 3, 1], // channels that are no multiple of what kernels read at a time
    [83, 64, 16, 32, 3, 1], // patches of more than a device binds at once, and of a batch
    [1100, 256, 8, 4, 3, 1], // of a product over all images
  ];
  it.each([...geometries, ...more])(
    "agree with the runtime's: batch %i, %i to %i channels, %i px, kernel %i, stride %i",
    async (...geometry) => {
      expectAlike(await compute(geometry, 'channelsLast'), await compute(geometry, 'plain'));
    },
  );
});

describe('convolutions as matrix products', () => {
  it.each(geometries)(
    "agree with the runtime's: batch %i, %i to %i channels, %i px, kernel %i, stride %i",
    async (...geometry) => {
      const [actual, expected] = [await compute(geometry, 'pixels'), await compute(geometry, 'plain')];
      expectAlike(actual, expected);
    },
  );

  it("use Winograd's method for wide 3x3 of stride 1, and not where it does not apply", () => {
    const at = ([batch, inChannels, outChannels, height, kernel, stride]: Geometry) => {
      const out = Math.floor((height - 1) / stride) + 1;
      return winogradTile({
        batch,
        inChannels,
        outChannels,
        height,
        width: height,
        outHeight: out,
        outWidth: out,
        kernel,
        stride,
        padding: (kernel - 1) / 2,
      });
    };
    expect(at(geometries[0]!)).toBeGreaterThan(1);
    expect(at(geometries[5]!)).toBe(0);
    expect(at(geometries[8]!)).toBe(0);
  });

  it('transform outputs by groups of tiles, with nothing between them', () => {
    const [size, tile] = [32, 4];
    const { groups, together } = tilesOf(size, tile);
    expect([groups, together]).toEqual([4, 2]);
    expect(tilesOf(30, tile), 'tiles that reach beyond the image').toEqual({ groups: 1, together: 8 });
    const [whole, part] = [matrixOf('output', size, tile), matrixOf('output', size / groups, tile)];
    const expected = new Float32Array(whole.data.length);
    for (let group = 0; group < groups; group++)
      for (let row = 0; row < part.rows; row++)
        expected.set(
          part.data.subarray(row * part.columns, (row + 1) * part.columns),
          (group * part.rows + row) * whole.columns + group * part.columns,
        );
    expect(whole.data).toEqual(expected);
  });

  it.each([2, 3, 4])('filter exactly in tiles of %i', (m) => {
    const { input, filter, output } = minimalFiltering(m);
    const g = [0.3, -1.1, 0.7];
    const d = Array.from({ length: m + 2 }, (_, i) => Math.sin(3 * i + 1));
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, v, i) => total + v * b[i]!, 0);
    const products = filter.map((row, i) => dot(row, g) * dot(input[i]!, d));
    output.forEach((row, i) => expect(dot(row, products)).toBeCloseTo(dot(g, d.slice(i, i + 3)), 12));
  });
});
