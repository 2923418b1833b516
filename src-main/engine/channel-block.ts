/**
 * Finds out, by trying, how many channels the runtime's blocked convolution takes at a time on this processor: 16 with
 * AVX-512, 8 with AVX2, and none where it has no such kernel (Arm) or computes something else than is expected here.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { Graph } from './graph.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { conv } from './ops/index.ts';

const [BATCH, SIZE] = [2, 3];
let found: Promise<number> | undefined;

/** 16, 8, or 0: none. */
export const channelBlock = (): Promise<number> => (found ??= probe());

async function probe(): Promise<number> {
  for (const block of [16, 8]) if (await agrees(block)) return block;
  return 0;
}

async function agrees(block: number): Promise<boolean> {
  try {
    const [blocked, plain] = await Promise.all([convolution(block, block), convolution(block, 0)]);
    return plain.every((value, i) => Math.abs(value - blocked[i]!) < 1e-4); // false of NaN too
  } catch {
    return false; // the runtime here has no such operator
  }
}

/** A convolution of counted values, by the blocked kernel or without it. */
async function convolution(channels: number, channelBlock: number): Promise<Float32Array> {
  const graph = new Graph();
  const x = graph.input('x', [BATCH, channels, SIZE, SIZE]);
  const weight = graph.input('weight', [channels, channels, 3, 3]);
  const y = conv(x, weight, { stride: 1, padding: 1 });
  const model = new OnnxLowering({ images: 'pixels', channelBlock }).model('probe', new Map([['y', y]]));
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const counted = (shape: readonly number[]) => {
      const data = Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        (_, i) => ((i * 37) % 101) / 101 - 0.5,
      );
      return new OrtTensor('float32', data, shape);
    };
    const { y: result } = await session.run({ x: counted(x.shape), weight: counted(weight.shape) });
    return (result!.data as Float32Array).slice();
  } finally {
    await session.release();
  }
}
