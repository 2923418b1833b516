/**
 * Convolution of images of few channels and its filter gradient: patches of many tiny copies in [H, W, N, C] are
 * gathered channel by channel from [C, H, W, N] instead.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { partOf } from '../sums.ts';
import { MOST_THREADS } from '../../threads.ts';
import { chunks, padded } from './patches.ts';

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

/**
 * x [I, H, W, N], dy [H', W', N, O]: dw [O, I, k, k]. The positions are summed in as many parts as there may be threads,
 * which need not share the few rows of a product then (threads.ts).
 */
export function narrowFilterGradient(lowering: OnnxLowering, x: Value, dy: Value, g: Geometry): Value {
  const taps = g.inChannels * g.kernel ** 2;
  const sums = chunks(g).map(([from, to]) => {
    const count = (to - from) * g.outWidth;
    const parts = partOf(count, MOST_THREADS);
    const rows = to - from === g.outHeight ? dy : lowering.slice(dy, [0], [from], [to]);
    const flow = lowering.reshape(rows, [parts, (count / parts) * g.batch, g.outChannels]);
    const patches = lowering.reshape(narrowPatches(lowering, x, g, from, to, parts), [
      parts,
      taps,
      (count / parts) * g.batch,
    ]);
    return lowering.reduce('ReduceSum', lowering.matMul(patches, flow), [0]);
  });
  const sum = sums.reduce((a, b) => lowering.each('Add', a, b)); // [I k k, O]
  return lowering.reshape(lowering.transpose(sum, [1, 0]), [g.outChannels, g.inChannels, g.kernel, g.kernel]);
}

/**
 * Patches of output rows from..to, [I k k, rows W' N], every run of N pixels copied once: 24 ms of processor time for 7
 * x 7 windows of stride 2 on 128 images of 48 x 48 px, where a slice for each tap takes 245 and a copy of them all
 * besides (2 cores, AVX-512). With `parts` they are gathered again for the backward pass, by parts of the positions:
 * [parts, I k k, rows W' N / parts].
 */
function narrowPatches(lowering: OnnxLowering, x: Value, g: Geometry, from: number, to: number, parts?: number): Value {
  const { inChannels, batch, kernel, stride, padding, outWidth } = g;
  const [height, width] = [g.height + 2 * padding, g.width + 2 * padding];
  const count = (to - from) * outWidth;
  const again = parts !== undefined;
  const numbers = lowering.once(
    `narrow patches ${[inChannels, height, width, outWidth, kernel, stride, from, to, parts].join(' ')}`,
    () => {
      const tap = lowering.counted([inChannels * kernel ** 2, 1], (i) => {
        const [channel, at] = [Math.floor(i / kernel ** 2), i % kernel ** 2];
        return (channel * height + Math.floor(at / kernel)) * width + (at % kernel);
      });
      const position = lowering.counted(
        again ? [parts, 1, count / parts] : [count],
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
  const patches = lowering.gather(rows, numbers, again ? 1 : 0);
  return again ? patches : lowering.reshape(patches, [inChannels * kernel ** 2, count * batch]);
}
