/**
 * Convolution of NCHW images by weights [O, I, k, k], without bias or groups, with its two gradients: by the input
 * (a convolution with flipped, transposed weights; transposed convolution where strided) and by the weights (a
 * matrix product over all positions, which runs faster here than a convolution over transposed tensors).
 */
import { ShapeError } from '../errors.ts';
import {
  channelsLast,
  filterGradient as channelsLastFilterGradient,
  isProduct,
  patchProduct,
} from '../onnx/channels-last.ts';
import {
  convolve,
  filterGradient,
  inputGradient,
  isNarrow,
  narrowConvolve,
  narrowFilterGradient,
} from '../onnx/convolution.ts';
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
      throw new ShapeError(
        'conv',
        [x!, weight!],
        'the image is smaller than the kernel: use larger images or the cifar stem',
      );
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
    const kernel = weight!.shape[2]!;
    const filters = lowering.value(weight!, 'plain', lowering.products);
    const g = geometry(x!.shape, outputs[0]!.shape, kernel, stride, padding);
    if (lowering.images === 'channelsLast' && isProduct(g))
      byPatches(lowering, x!, lowering.transpose(filters, [2, 3, 1, 0]), g, outputs[0]!);
    else convolved(lowering, 'Conv', x!, filters, window(kernel, stride, padding), outputs[0]!);
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

/** A convolution by the runtime's own operator, in the layout of images. */
function convolved(
  lowering: Lowering,
  operator: 'Conv' | 'ConvTranspose',
  x: Tensor,
  weight: string,
  attributes: Record<string, number[]>,
  y: Tensor,
): void {
  const { images, products } = lowering;
  const value = lowering.value(x, images, products);
  const result =
    images === 'plain'
      ? lowering.emit(operator, [value, weight], attributes)
      : channelsLast(lowering, operator, [value, weight], attributes);
  lowering.set(y, result, images, products);
}

function byPatches(lowering: Lowering, x: Tensor, filters: string, g: Geometry, y: Tensor, reversed = false): void {
  const { products } = lowering;
  lowering.set(
    y,
    patchProduct(lowering, lowering.value(x, 'channelsLast', products), filters, g, products, reversed),
    'channelsLast',
    products,
  );
}

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
    if (stride === 1) {
      const g = geometry(dy!.shape, shape, kernel, 1, kernel - 1 - padding);
      if (lowering.images === 'channelsLast' && isProduct(g)) {
        const filters = lowering.transpose(lowering.value(weight!, 'plain', lowering.products), [2, 3, 0, 1]);
        byPatches(lowering, dy!, filters, g, outputs[0]!, true);
        return;
      }
      convolved(
        lowering,
        'Conv',
        dy!,
        flippedWeight(weight!, lowering),
        window(kernel, 1, kernel - 1 - padding),
        outputs[0]!,
      );
      return;
    }
    const [, , h] = shape as Shape4;
    const [, , oh] = dy!.shape as Shape4;
    const short = h - ((oh - 1) * stride + kernel - 2 * padding); // rows that no window reached
    const filters = lowering.value(weight!, 'plain', lowering.products);
    convolved(
      lowering,
      'ConvTranspose',
      dy!,
      filters,
      { ...window(kernel, stride, padding), output_padding: [short, short] },
      outputs[0]!,
    );
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
    const { products } = lowering;
    const [images, flow] = [x!, dy!].map((t) => lowering.value(t, 'channelsLast', products)) as [string, string];
    lowering.set(
      outputs[0]!,
      channelsLastFilterGradient(
        lowering,
        images,
        flow,
        geometry(x!.shape, dy!.shape, kernel, stride, padding),
        products,
      ),
    );
  },
};
