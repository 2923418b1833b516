/** Images as their shape says, [N, C, H, W]: the runtime's own operators, and what it lacks by way of another layout. */
import type { Tensor } from '../../graph.ts';
import type { Value } from '../emitter.ts';
import type { OnnxLowering } from '../lowering.ts';
import { elementType } from '../schema.ts';
import { filterGradient } from './channels-last/filter-gradient.ts';
import { firstLargest } from './channels-last/pool.ts';
import type { ChannelRows, Geometry, ImageLayout } from './layout.ts';
import { byOperator } from './operators.ts';

export const plain: ImageLayout = {
  axes: [0, 1, 2, 3],
  apart: true,
  ...byOperator('plain', (lowering, opType, inputs, shape, attributes) =>
    lowering.emit(opType, inputs, shape, attributes),
  ),
  filterGradient,
  maxPoolGradient,
  averagePool(lowering, x) {
    const [n, c] = x.shape as [number, number];
    const pooled = lowering.emit('GlobalAveragePool', [lowering.value(x)], [n, c, 1, 1]);
    return lowering.emit('Flatten', [pooled], [n, c], { axis: 1 });
  },
  channels: ({ samples, positions, batches, channels, stacked }) =>
    stacked
      ? stackedRows(samples, positions, batches, channels)
      : {
          shape: [samples, batches * channels, positions],
          vector: [1, batches * channels, 1],
          repeats: 1,
          sum(lowering, rows) {
            const lead = rows.shape.length - 3;
            return lowering.reduce('ReduceSum', rows, [lead, lead + 2], true);
          },
        },
};

/** Batches one after the other. */
const stackedRows = (samples: number, positions: number, batches: number, channels: number): ChannelRows => ({
  shape: [batches, samples, channels, positions],
  vector: [batches, 1, channels, 1],
  repeats: 1,
  sum(lowering, rows) {
    const lead = rows.shape.length - 4;
    return lowering.reduce('ReduceSum', rows, [lead + 1, lead + 3], true);
  },
});

/**
 * The runtime has no gradient of max pooling. Every tap of the window is a strided slice of the padded image; the
 * first tap (row by row, as in PyTorch) that holds the maximum takes the gradient, and a transposed convolution with
 * one-hot kernels puts each tap's gradients back where its slice came from.
 */
function maxPoolGradient(
  lowering: OnnxLowering,
  { kernel, stride, padding }: Geometry,
  { from: x, by: dy, to: dx }: { from: Tensor; by: Tensor; to: Tensor },
): void {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [, , oh, ow] = dy.shape as [number, number, number, number];
  const taps = kernel * kernel;
  // Slices reach (o - 1) * stride + kernel positions of the padded image.
  const reach = [(oh - 1) * stride + kernel, (ow - 1) * stride + kernel] as const;
  const after = [0, 0, Math.max(0, reach[0] - h - padding), Math.max(0, reach[1] - w - padding)];
  const padded = lowering.pad(lowering.value(x), [0, 0, padding, padding], after, lowering.scalar(-3.4e38));
  const windows: Value[] = [];
  for (let ky = 0; ky < kernel; ky++)
    for (let kx = 0; kx < kernel; kx++) {
      const ends = [ky + (oh - 1) * stride + 1, kx + (ow - 1) * stride + 1];
      const tap = lowering.slice(padded, [2, 3], [ky, kx], ends, [stride, stride]);
      windows.push(lowering.reshape(tap, [n * c, 1, oh, ow]));
    }
  const stacked = lowering.concat(windows, 1); // [N C, taps, oh, ow]
  const chosen = lowering.graphics
    ? firstLargest(lowering, stacked, [1, taps, 1, 1])
    : largestByIndex(lowering, stacked, taps);
  const routed = lowering.each('Mul', lowering.reshape(lowering.value(dy), [n * c, 1, oh, ow]), chosen);
  const oneHot = new Float32Array(taps * taps);
  for (let i = 0; i < taps; i++) oneHot[i * taps + i] = 1;
  const spread = lowering.emit(
    'ConvTranspose',
    [routed, lowering.floats(oneHot, [taps, 1, kernel, kernel])],
    [n * c, 1, ...reach],
    { kernel_shape: [kernel, kernel], strides: [stride, stride] },
  ); // crop the padding, and pad what no window reached
  const ends = [Math.min(reach[0], h + padding), Math.min(reach[1], w + padding)];
  const crop = lowering.slice(spread, [2, 3], [padding, padding], ends);
  const missing = [Math.max(0, h + padding - reach[0]), Math.max(0, w + padding - reach[1])] as const;
  const whole = missing[0] + missing[1] > 0 ? lowering.pad(crop, [0, 0, 0, 0], [0, 0, ...missing]) : crop;
  lowering.set(dx, lowering.reshape(whole, x.shape));
}

/** 1 where a tap of [N C, taps, oh, ow] is the first that holds the largest value, else 0. */
function largestByIndex(lowering: OnnxLowering, stacked: Value, taps: number): Value {
  const [n, , oh, ow] = stacked.shape as [number, number, number, number];
  const first = lowering.emit(
    'ArgMax',
    [stacked],
    [n, 1, oh, ow],
    { axis: 1, keepdims: 1 },
    { type: elementType.int64 },
  );
  const tapOf = lowering.reshape(lowering.ints(Array.from({ length: taps }, (_, i) => i)), [1, taps, 1, 1]);
  // Cast and Mul rather than Where, whose CPU kernel makes two more tensors of this size.
  return lowering.cast(lowering.compare('Equal', first, tapOf), 'full');
}
