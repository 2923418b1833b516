/**
 * Pooling of NCHW images: the mean over all positions, and the maximum in windows.
 */
import { ShapeError } from '../errors.ts';
import { channelsLast } from '../onnx/channels-last.ts';
import { maxPooled, maxPoolGradient } from '../onnx/channels-last-pool.ts';
import { sumRows } from '../onnx/sums.ts';
import { apply } from '../graph.ts';
import type { Lowering, Op, Tensor } from '../graph.ts';
import { expand } from './broadcast.ts';
import { reshape } from './reshape.ts';
import { scale } from './arithmetic.ts';

const globalAveragePoolOp: Op<object> = {
  name: 'globalAveragePool',
  shapes([x]) {
    if (x!.length !== 4) throw new ShapeError('globalAveragePool', [x!], 'x must be [N, C, H, W]');
    return [[x![0]!, x![1]!]];
  },
  gradient({ inputs: [x] }, [dy]) {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    return [expand(reshape(scale(dy!, 1 / (h * w)), [n, c, 1, 1]), x!.shape)];
  },
  lower({ inputs, outputs }, lowering) {
    const [n, c, h, w] = inputs[0]!.shape as [number, number, number, number];
    const layout = lowering.layout(inputs[0]!);
    if (layout === 'pixels') {
      const rows = lowering.reshape(lowering.value(inputs[0]!, 'pixels'), [h * w, n * c]);
      lowering.set(
        outputs[0]!,
        lowering.reshape(lowering.emit('ReduceMean', [rows], { axes: [0], keepdims: 0 }), [n, c]),
      );
      return;
    }
    if (layout === 'channelsLast') {
      const sum = sumRows(lowering, lowering.value(inputs[0]!, layout), n, h * w, c);
      lowering.set(outputs[0]!, lowering.emit('Mul', [sum, lowering.scalar(1 / (h * w))]));
      return;
    }
    const pooled = lowering.emit('GlobalAveragePool', [lowering.value(inputs[0]!)]);
    lowering.set(outputs[0]!, lowering.emit('Flatten', [pooled], { axis: 1 }));
  },
};

/** Mean over positions: x [N, C, H, W] -> [N, C]. */
export const globalAveragePool = (x: Tensor): Tensor => apply(globalAveragePoolOp, [x], {});

interface MaxPoolAttributes {
  kernel: number;
  stride: number;
  padding: number;
}

const maxPoolOp: Op<MaxPoolAttributes> = {
  name: 'maxPool',
  shapes([x], { kernel, stride, padding }) {
    if (x!.length !== 4) throw new ShapeError('maxPool', [x!], 'x must be [N, C, H, W]');
    if (padding * 2 > kernel) throw new ShapeError('maxPool', [x!], 'the padding must be at most half the kernel');
    const size = (n: number) => Math.floor((n + 2 * padding - kernel) / stride) + 1;
    if (size(x![2]!) < 1 || size(x![3]!) < 1)
      throw new ShapeError('maxPool', [x!], `too small for a kernel of ${kernel}`);
    return [[x![0]!, x![1]!, size(x![2]!), size(x![3]!)]];
  },
  gradient: ({ inputs: [x], attributes }, [dy]) => [apply(maxPoolGradientOp, [x!, dy!], attributes)],
  lower({ inputs, outputs, attributes: { kernel, stride, padding } }, lowering) {
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: Array(4).fill(padding) };
    const precision = lowering.precision(inputs[0]!);
    if (lowering.images === 'channelsLast') {
      const pooled = channelsLast(
        lowering,
        'MaxPool',
        [lowering.value(inputs[0]!, 'channelsLast', precision)],
        attributes,
      );
      lowering.set(outputs[0]!, pooled, 'channelsLast', precision);
      return;
    }
    if (lowering.layout(inputs[0]!) === 'pixels') {
      // [H, W, N, C] is one image of N * C channels.
      const [n, c, height, width] = inputs[0]!.shape as [number, number, number, number];
      const [, , outHeight, outWidth] = outputs[0]!.shape as [number, number, number, number];
      const g = { batch: 1, height, width, outHeight, outWidth, kernel, stride, padding };
      const pooled = maxPooled(lowering, lowering.value(inputs[0]!, 'pixels'), g, n * c);
      lowering.set(outputs[0]!, lowering.reshape(pooled, [outHeight, outWidth, n, c]), 'pixels');
      return;
    }
    lowering.set(
      outputs[0]!,
      lowering.emit('MaxPool', [lowering.value(inputs[0]!, 'plain', precision)], attributes),
      'plain',
      precision,
    );
  },
};

/**
 * The runtime has no gradient of max pooling. Every tap of the window is a strided slice of the padded image; the
 * first tap (row by row, as in PyTorch) that holds the maximum takes the gradient, and a transposed convolution with
 * one-hot kernels puts each tap's gradients back where its slice came from.
 */
const maxPoolGradientOp: Op<MaxPoolAttributes> = {
  name: 'maxPoolGradient',
  shapes: ([x]) => [x!],
  lower({ inputs: [x, dy], outputs, attributes: { kernel, stride, padding } }, lowering) {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const [, , oh, ow] = dy!.shape as [number, number, number, number];
    const taps = kernel * kernel;
    if (lowering.images === 'channelsLast') {
      const g = { batch: n, height: h, width: w, outHeight: oh, outWidth: ow, kernel, stride, padding };
      const [image, flow] = [x!, dy!].map((t) => lowering.value(t, 'channelsLast')) as [string, string];
      const dx = maxPoolGradient(lowering, image, flow, g, c, (stacked) => firstLargest(stacked, [taps, 1], lowering));
      lowering.set(outputs[0]!, dx, 'channelsLast');
      return;
    }
    if (lowering.layout(x!) === 'pixels') {
      const g = { batch: 1, height: h, width: w, outHeight: oh, outWidth: ow, kernel, stride, padding };
      const [image, flow] = [x!, dy!].map((t) => lowering.again(t, 'pixels')) as [string, string];
      const dx = maxPoolGradient(
        lowering,
        lowering.reshape(image, [1, h, w, n * c]),
        lowering.reshape(flow, [1, oh, ow, n * c]),
        g,
        n * c,
        (stacked) => firstLargest(stacked, [taps, 1], lowering),
      );
      lowering.set(outputs[0]!, lowering.reshape(dx, [h, w, n, c]), 'pixels');
      return;
    }
    // Slices reach (o - 1) * stride + kernel positions of the padded image.
    const reach = [(oh - 1) * stride + kernel, (ow - 1) * stride + kernel] as const;
    const before = [0, 0, padding, padding];
    const after = [0, 0, Math.max(0, reach[0] - h - padding), Math.max(0, reach[1] - w - padding)];
    const lowest = lowering.scalar(-3.4e38);
    const padded = lowering.emit('Pad', [lowering.value(x!), lowering.ints([...before, ...after]), lowest]);
    const windows: string[] = [];
    for (let ky = 0; ky < kernel; ky++)
      for (let kx = 0; kx < kernel; kx++) {
        const ends = [ky + (oh - 1) * stride + 1, kx + (ow - 1) * stride + 1];
        const tap = lowering.emit('Slice', [
          padded,
          lowering.ints([ky, kx]),
          lowering.ints(ends),
          lowering.ints([2, 3]),
          lowering.ints([stride, stride]),
        ]);
        windows.push(lowering.reshape(tap, [n * c, 1, oh, ow]));
      }
    const stacked = lowering.emit('Concat', windows, { axis: 1 }); // [N C, taps, oh, ow]
    const chosen = lowering.graphics
      ? firstLargest(stacked, [1, taps, 1, 1], lowering)
      : largestByIndex(stacked, taps, lowering);
    const routed = lowering.emit('Mul', [lowering.reshape(lowering.value(dy!), [n * c, 1, oh, ow]), chosen]);
    const oneHot = new Float32Array(taps * taps);
    for (let i = 0; i < taps; i++) oneHot[i * taps + i] = 1;
    const spread = lowering.emit('ConvTranspose', [routed, lowering.floats(oneHot, [taps, 1, kernel, kernel])], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
    }); // [N C, 1, reach, reach]: crop the padding, and pad what no window reached
    const crop = lowering.emit('Slice', [
      spread,
      lowering.ints([padding, padding]),
      lowering.ints([Math.min(reach[0], h + padding), Math.min(reach[1], w + padding)]),
      lowering.ints([2, 3]),
    ]);
    const missing = [Math.max(0, h + padding - reach[0]), Math.max(0, w + padding - reach[1])] as const;
    const whole =
      missing[0] + missing[1] > 0 ? lowering.emit('Pad', [crop, lowering.ints([0, 0, 0, 0, 0, 0, ...missing])]) : crop;
    lowering.set(outputs[0]!, lowering.reshape(whole, x!.shape));
  },
};

/** 1 where a tap of [N C, taps, oh, ow] is the first that holds the largest value, else 0. */
function largestByIndex(stacked: string, taps: number, lowering: Lowering): string {
  const first = lowering.emit('ArgMax', [stacked], { axis: 1, keepdims: 1 });
  const tapOf = lowering.reshape(lowering.ints(Array.from({ length: taps }, (_, i) => i)), [1, taps, 1, 1]);
  // Cast and Mul rather than Where, whose CPU kernel makes two more tensors of this size.
  return lowering.emit('Cast', [lowering.emit('Equal', [first, tapOf])], { to: 1 });
}

/** The same without whole numbers, which WebGPU can neither compare nor cast: of the largest the one of highest rank. `shape` is that of the taps. */
function firstLargest(stacked: string, shape: readonly number[], lowering: Lowering): string {
  const taps = Math.max(...shape);
  const isLargest = (value: string): string => {
    const largest = lowering.emit('ReduceMax', [value], { axes: [1], keepdims: 1 });
    return lowering.emit('Cast', [lowering.emit('Equal', [value, largest])], { to: 1 });
  };
  const rank = lowering.floats(
    Float32Array.from({ length: taps }, (_, i) => taps - i),
    shape,
  );
  return isLargest(lowering.emit('Mul', [isLargest(stacked), rank]));
}

/** Maximum in square windows: x [N, C, H, W] -> [N, C, H', W']. Of equal maxima the first takes the gradient. */
export const maxPool = (x: Tensor, { kernel, stride, padding }: MaxPoolAttributes): Tensor =>
  apply(maxPoolOp, [x], { kernel, stride, padding });
