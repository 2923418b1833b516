/**
 * Convolution of images of few channels and its filter gradient: patches of many tiny copies in [H, W, N, C] are
 * gathered channel by channel from [C, H, W, N] instead.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { chunks, padded, summed } from './patches.ts';

/** Fewer channels than this are few. */
const NARROW = 8;

export const isNarrow = (g: Geometry): boolean => g.inChannels < NARROW;

/** x [I, H, W, N], weight [O, I, k, k]: y [H', W', N, O]. */
export function narrowConvolve(lowering: OnnxLowering, x: Value, weight: Value, g: Geometry): Value {
  const filters = lowering.reshape(weight, [g.outChannels, g.inChannels * g.kernel ** 2]);
  const parts = chunks(g).map(([from, to]) =>
    lowering.gemm([narrowPatches(lowering, x, g, from, to), filters], { transA: 1, transB: 1 }),
  );
  return lowering.reshape(lowering.concat(parts, 0), [g.outHeight, g.outWidth, g.batch, g.outChannels]);
}

/** x [I, H, W, N], dy [H', W', N, O]: dw [O, I, k, k]. */
export function narrowFilterGradient(lowering: OnnxLowering, x: Value, dy: Value, g: Geometry): Value {
  const sum = summed(lowering, dy, g, (flow, from, to) => [[narrowPatches(lowering, x, g, from, to, true), flow], {}]); // [I k k, O]
  return lowering.reshape(lowering.transpose(sum, [1, 0]), [g.outChannels, g.inChannels, g.kernel, g.kernel]);
}

/**
 * Patches of output rows from..to, [I k k, rows W' N], every run of N pixels copied once: 24 ms of processor time for 7
 * x 7 windows of stride 2 on 128 images of 48 x 48 px, where a slice for each tap takes 245 and a copy of them all
 * besides (2 cores, AVX-512).
 */
function narrowPatches(lowering: OnnxLowering, x: Value, g: Geometry, from: number, to: number, again = false): Value {
  const { inChannels, batch, kernel, stride, padding, outWidth } = g;
  const [height, width] = [g.height + 2 * padding, g.width + 2 * padding];
  const count = (to - from) * outWidth;
  const numbers = lowering.once(
    `narrow patches ${[inChannels, height, width, outWidth, kernel, stride, from, to].join(' ')}`,
    () => {
      const tap = lowering.counted([inChannels * kernel ** 2, 1], (i) => {
        const [channel, at] = [Math.floor(i / kernel ** 2), i % kernel ** 2];
        return (channel * height + Math.floor(at / kernel)) * width + (at % kernel);
      });
      const position = lowering.counted(
        [count],
        (i) => ((from + Math.floor(i / outWidth)) * width + (i % outWidth)) * stride,
      );
      return lowering.each('Add', tap, position);
    },
  );
  const rows = lowering.once(`narrow rows ${x.name} ${padding} ${again}`, () =>
    lowering.reshape(padded(lowering, x, 1, padding, again), [
      ...(again ? [1] : []),
      inChannels * height * width,
      batch,
    ]),
  );
  return lowering.reshape(lowering.gather(rows, numbers, again ? 1 : 0), [inChannels * kernel ** 2, count * batch]);
}
