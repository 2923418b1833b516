/**
 * Convolution of NCHW images by weights [O, I, k, k], without bias or groups, with its two gradients: by the input
 * (a convolution with flipped, transposed weights; transposed convolution where strided) and by the weights (a
 * matrix product per tap over all positions, which runs faster here than a convolution over transposed tensors).
 */
import { ShapeError } from '../errors.ts';
import { convolve, filterGradient, inputGradient, isNarrow, narrowConvolve, narrowFilterGradient } from '../onnx/convolution.ts';
import type { Geometry } from '../onnx/convolution.ts';
import { apply } from '../graph.ts';
import type { Lowering, Op, Shape, Tensor } from '../graph.ts';

interface ConvAttributes {
  stride: number;
  padding: number;
}

type Shape4 = readonly [number, number, number, number];

const convOp: Op<ConvAttributes> = {
  name: 'conv',
  shapes([x, weight], { stride, padding }) {
    if (x!.length !== 4 || weight!.length !== 4 || x![1] !== weight![1] || weight![2] !== weight![3])
      throw new ShapeError('conv', [x!, weight!], 'x [N, I, H, W] and weight [O, I, k, k] must agree in channels');
    const size = (n: number) => Math.floor((n + 2 * padding - weight![2]!) / stride) + 1;
    if (size(x![2]!) < 1 || size(x![3]!) < 1)
      throw new ShapeError('conv', [x!, weight!], 'the image is smaller than the kernel: use larger images or the cifar stem');
    return [[x![0]!, weight![0]!, size(x![2]!), size(x![3]!)]];
  },
  gradient: ({ inputs: [x, weight], attributes }, [dy], needed) => [
    needed[0] ? apply(convInputGradientOp, [dy!, weight!], { ...attributes, shape: x!.shape }) : undefined,
    needed[1] ? apply(convFilterGradientOp, [x!, dy!], { ...attributes, kernel: weight!.shape[2]! }) : undefined,
  ],
  lower({ inputs: [x, weight], outputs, attributes: { stride, padding } }, lowering) {
    if (lowering.images === 'pixels') {
      const g = geometry(x!.shape, outputs[0]!.shape, weight!.shape[2]!, stride, padding);
      const filters = lowering.value(weight!);
      const y = isNarrow(g)
        ? narrowConvolve(lowering, channelsFirst(x!, lowering), filters, g)
        : convolve(lowering, lowering.value(x!, 'pixels'), filters, g);
      lowering.set(outputs[0]!, y, 'pixels');
      return;
    }
    const { products } = lowering;
    const operands = [lowering.value(x!, 'plain', products), lowering.value(weight!, 'plain', products)];
    lowering.set(outputs[0]!, lowering.emit('Conv', operands, window(weight!.shape[2]!, stride, padding)), 'plain', products);
  },
};

/** x [N, I, H, W] by weight [O, I, k, k] -> [N, O, H', W']. */
export const conv = (x: Tensor, weight: Tensor, { stride, padding }: ConvAttributes): Tensor =>
  apply(convOp, [x, weight], { stride, padding });

const geometry = (x: Shape, y: Shape, kernel: number, stride: number, padding: number): Geometry => ({
  batch: x[0]!,
  inChannels: x[1]!,
  outChannels: y[1]!,
  height: x[2]!,
  width: x[3]!,
  outHeight: y[2]!,
  outWidth: y[3]!,
  kernel,
  stride,
  padding,
});

/** x [N, C, H, W] as [C, H, W, N]. */
const channelsFirst = (x: Tensor, lowering: Lowering): string =>
  lowering.once(`channels first ${x.id}`, () => lowering.transpose(lowering.value(x), [1, 2, 3, 0]));

const window = (kernel: number, stride: number, padding: number) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

const convInputGradientOp: Op<ConvAttributes & { shape: Shape }> = {
  name: 'convInputGradient',
  shapes: (_inputs, { shape }) => [shape],
  lower({ inputs: [dy, weight], outputs, attributes: { stride, padding, shape } }, lowering) {
    const kernel = weight!.shape[2]!;
    if (lowering.images === 'pixels') {
      const g = geometry(shape, dy!.shape, kernel, stride, padding);
      const dx = inputGradient(lowering, lowering.value(dy!, 'pixels'), lowering.value(weight!), g);
      lowering.set(outputs[0]!, dx, 'pixels');
      return;
    }
    const { products } = lowering;
    const flow = lowering.value(dy!, 'plain', products);
    if (stride === 1) {
      const operands = [flow, flippedWeight(weight!, lowering)];
      lowering.set(outputs[0]!, lowering.emit('Conv', operands, window(kernel, 1, kernel - 1 - padding)), 'plain', products);
      return;
    }
    const [, , h] = shape as Shape4;
    const [, , oh] = dy!.shape as Shape4;
    const short = h - ((oh - 1) * stride + kernel - 2 * padding); // rows that no window reached
    const operands = [flow, lowering.value(weight!, 'plain', products)];
    const attributes = { ...window(kernel, stride, padding), output_padding: [short, short] };
    lowering.set(outputs[0]!, lowering.emit('ConvTranspose', operands, attributes), 'plain', products);
  },
};

/** Weights [O, I, k, k] turned by half a turn, input and output channels exchanged: [I, O, k, k]. */
function flippedWeight(weight: Tensor, lowering: Lowering): string {
  return lowering.once(`flipped ${weight.id}`, () => {
    const exchanged = lowering.transpose(lowering.value(weight, 'plain', lowering.products), [1, 0, 2, 3]);
    if (weight.shape[2] === 1) return exchanged;
    const [starts, ends] = [lowering.ints([-1, -1]), lowering.ints([-1000, -1000])];
    return lowering.emit('Slice', [exchanged, starts, ends, lowering.ints([2, 3]), starts]);
  });
}

const convFilterGradientOp: Op<ConvAttributes & { kernel: number }> = {
  name: 'convFilterGradient',
  shapes: ([x, dy], { kernel }) => [[dy![1]!, x![1]!, kernel, kernel]],
  lower({ inputs: [x, dy], outputs, attributes: { stride, padding, kernel } }, lowering) {
    if (lowering.images === 'pixels') {
      const g = geometry(x!.shape, dy!.shape, kernel, stride, padding);
      const flow = lowering.value(dy!, 'pixels');
      const dw = isNarrow(g)
        ? narrowFilterGradient(lowering, channelsFirst(x!, lowering), flow, g)
        : filterGradient(lowering, lowering.again(x!, 'pixels'), flow, g);
      lowering.set(outputs[0]!, dw);
      return;
    }
    const [n, channels] = x!.shape as Shape4;
    const [, filters, oh, ow] = dy!.shape as Shape4;
    const positions = n * oh * ow;
    const half = lowering.products === 'half';
    const parts = productParts(positions, filters, channels, half);
    const images = channelsLast(x!, padding, lowering);
    const dyRows = lowering.reshape(channelsLast(dy!, 0, lowering), [parts, positions / parts, filters]);
    const flow = lowering.once(`columns ${dy!.id} ${parts}`, () => lowering.transpose(dyRows, [0, 2, 1])); // [parts, O, positions]
    const taps: string[] = [];
    for (let ky = 0; ky < kernel; ky++)
      for (let kx = 0; kx < kernel; kx++) {
        const whole = kernel === 1 && stride === 1;
        const tap = whole ? images : lowering.emit('Slice', [
          images,
          lowering.ints([ky, kx]),
          lowering.ints([ky + (oh - 1) * stride + 1, kx + (ow - 1) * stride + 1]),
          lowering.ints([1, 2]),
          lowering.ints([stride, stride]),
        ]);
        const rows = lowering.reshape(tap, [parts, positions / parts, channels]);
        taps.push(lowering.reshape(lowering.emit('MatMul', [flow, rows]), [parts, filters, channels, 1]));
      }
    const stacked = taps.length === 1 ? taps[0]! : lowering.emit('Concat', taps, { axis: 3 });
    const full = half ? lowering.cast(stacked, 'full') : stacked;
    const sum = lowering.emit('ReduceSum', [full, lowering.ints([0])], { keepdims: 0 }); // [O, I, k k]
    lowering.set(outputs[0]!, lowering.reshape(sum, [filters, channels, kernel, kernel]));
  },
};

/** Tiles of 32 x 32 that a graphics card computes side by side, at least, when it is busy. */
const BUSY_TILES = 512;
/** A product of fewer positions than this is not worth its partial sum. */
const LEAST_POSITIONS = 64;
/** In float16 a longer sum would lose what is added last; the partial sums are added up in float32. */
const MOST_HALF_POSITIONS = 1024;

/**
 * Into how many parts the positions of a filter gradient are divided. Its product is small and its sum long, a
 * million positions for 64 x 64 numbers: as one product it is 4 tiles, and the card idles but for these.
 */
function productParts(positions: number, filters: number, channels: number, half: boolean): number {
  const tiles = Math.ceil(filters / 32) * Math.ceil(channels / 32);
  const busy = Math.min(Math.ceil(BUSY_TILES / tiles), Math.floor(positions / LEAST_POSITIONS));
  const wanted = half ? Math.max(busy, Math.ceil(positions / MOST_HALF_POSITIONS)) : busy;
  for (let parts = wanted; parts > 1; parts--) if (positions % parts === 0) return parts;
  return 1;
}

/** x [N, C, H, W] as [N, H + 2 padding, W + 2 padding, C]. */
function channelsLast(x: Tensor, padding: number, lowering: Lowering): string {
  return lowering.once(`channels last ${x.id} ${padding}`, () => {
    const moved = lowering.transpose(lowering.value(x, 'plain', lowering.products), [0, 2, 3, 1]);
    if (padding === 0) return moved;
    return lowering.emit('Pad', [moved, lowering.ints([0, padding, padding, 0, 0, padding, padding, 0]), lowering.scalar(0, lowering.products)]);
  });
}
