/**
 * Finds out, by trying, how many channels the runtime's blocked convolution takes at a time on this processor: 16 with
 * AVX-512, 8 with AVX2, and none where it has no such kernels (Arm) or one of them computes something else than is
 * expected here.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { backboneLayers } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { gradients } from './gradient.ts';
import { elements, Graph } from './graph.ts';
import type { Tensor } from './graph.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { add, batchNorm, conv, repeat, square, sum } from './ops/index.ts';
import { probeValues } from './random.ts';

/** Float32 numbers in an AVX-512 register. */
export const LARGEST_BLOCK = 16;
const SIZE = 3;
/** Of the largest of a kind of values. */
const TOLERANCE = 1e-4;
let found: Promise<number> | undefined;

/**
 * Whether the first stage of a network has the channels of one block: its normalisation is then one blocked operator
 * where views that are computed together follow each other. Wider ones have no such, and take their views in turn.
 */
export function isOneBlock({ backbone, input }: Pick<RunConfig, 'backbone' | 'input'>, block: number): boolean {
  const [stem] = backboneLayers(backbone, channelsOf({ input }));
  return stem?.kind === 'convolution' && stem.output === block;
}

/** The channels of a block: 16, 8, or 0 where there is no blocked convolution. */
export const channelBlock = (): Promise<number> => (found ??= probe());

async function probe(): Promise<number> {
  for (const block of [LARGEST_BLOCK, 8]) {
    // the tests run what AVX-512 computes; of other processors all is tried, which takes some 50 ms more
    const isTested = process.arch === 'x64' && block === LARGEST_BLOCK;
    if (await agrees(block, isTested ? ['y', 'z'] : undefined)) return block;
  }
  return 0;
}

/** Whether blocked operators compute what others do: all that a step takes, or these outputs of the probe. */
export async function agrees(block: number, outputs?: readonly string[]): Promise<boolean> {
  try {
    const [blocked, plain] = await Promise.all([computed(block, block, outputs), computed(block, 0, outputs)]);
    return plain.every((values, kind) => {
      const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
      return values.every((value, i) => Math.abs(value - blocked[kind]![i]!) < TOLERANCE * most); // false of NaN too
    });
  } catch {
    return false; // the runtime here has no such operator
  }
}

/**
 * What blocked operators compute of counted values: a convolution of one block of channels, one of a stem that gives two
 * blocks, two batches that follow each other normalised, and the gradients of it all.
 */
export function blockedProbe(channels: number): { tensors: Record<string, Tensor>; outputs: Map<string, Tensor> } {
  const graph = new Graph();
  const batch = 2 * channels; // samples in blocks as well
  const tensors = {
    x: graph.input('x', [batch, channels, SIZE, SIZE]),
    weight: graph.input('weight', [channels, channels, 3, 3]),
    photo: graph.input('photo', [2, 3, SIZE, SIZE]),
    stem: graph.input('stem', [2 * channels, 3, 3, 3]),
    scale: graph.input('scale', [channels]),
    shift: graph.input('shift', [channels]),
  };
  const { x, weight, photo, stem, scale, shift } = tensors;
  const window = { stride: 1, padding: 1 };
  const y = conv(x, weight, window);
  const normalised = (shortcut?: Tensor) => {
    const affine = { weight: repeat(scale, 2), bias: repeat(shift, 2) };
    return batchNorm(y, { affine, shortcut, relu: true, batches: 2, stacked: true }).y;
  };
  const [alone, added] = [normalised(), normalised(x)];
  const squares = add(sum(square(alone)), sum(square(added))); // whose gradient does not jump where ReLU begins
  const [dx, dWeight] = gradients(squares, [x, weight]);
  const outputs = { y, z: conv(photo, stem, window), alone, added, dx: dx!, dWeight: dWeight! };
  return { tensors, outputs: new Map(Object.entries(outputs)) };
}

/** What the probe computes, by the blocked kernels or without them. */
async function computed(channels: number, channelBlock: number, names?: readonly string[]): Promise<Float32Array[]> {
  const { tensors, outputs: all } = blockedProbe(channels);
  const outputs = names ? new Map(names.map((name) => [name, all.get(name)!])) : all;
  const model = new OnnxLowering({ images: 'pixels', channelBlock }).model('probe', outputs);
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const counted = (shape: readonly number[]) => new OrtTensor('float32', probeValues(elements(shape)), shape);
    const feeds = Object.fromEntries(session.inputNames.map((name) => [name, counted(tensors[name]!.shape)]));
    const results = await session.run(feeds);
    return [...outputs.keys()].map((name) => results[name]!.data as Float32Array);
  } finally {
    await session.release();
  }
}
