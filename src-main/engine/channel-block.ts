/**
 * Finds out, by trying, how many channels the runtime's blocked convolution takes at a time on this processor: 16 with
 * AVX-512, 8 with AVX2, and none where it has no such kernel (Arm) or computes something else than is expected here.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { backboneLayers } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { Graph } from './graph.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { conv } from './ops/index.ts';

/** Float32 numbers in an AVX-512 register. */
export const LARGEST_BLOCK = 16;
const [BATCH, SIZE] = [2, 3];
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
  for (const block of [LARGEST_BLOCK, 8]) if (await agrees(block)) return block;
  return 0;
}

async function agrees(block: number): Promise<boolean> {
  try {
    const [blocked, plain] = await Promise.all([convolutions(block, block), convolutions(block, 0)]);
    return plain.every((value, i) => Math.abs(value - blocked[i]!) < 1e-4); // false of NaN too
  } catch {
    return false; // the runtime here has no such operator
  }
}

/** Convolutions of counted values, of one block of channels and of a stem that gives two, by the blocked kernels or without them. */
async function convolutions(channels: number, channelBlock: number): Promise<number[]> {
  const graph = new Graph();
  const tensors = {
    x: graph.input('x', [BATCH, channels, SIZE, SIZE]),
    weight: graph.input('weight', [channels, channels, 3, 3]),
    photo: graph.input('photo', [BATCH, 3, SIZE, SIZE]),
    stem: graph.input('stem', [2 * channels, 3, 3, 3]),
  };
  const window = { stride: 1, padding: 1 };
  const outputs = new Map([
    ['y', conv(tensors.x, tensors.weight, window)],
    ['z', conv(tensors.photo, tensors.stem, window)],
  ]);
  const model = new OnnxLowering({ images: 'pixels', channelBlock }).model('probe', outputs);
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const counted = (shape: readonly number[]) => {
      const data = Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        (_, i) => ((i * 37) % 101) / 101 - 0.5,
      );
      return new OrtTensor('float32', data, shape);
    };
    const feeds = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, counted(shape)]));
    const results = await session.run(feeds);
    return [...outputs.keys()].flatMap((name) => [...(results[name]!.data as Float32Array)]);
  } finally {
    await session.release();
  }
}
