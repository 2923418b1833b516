/**
 * Convolution of images [N, C, H, W] by weights [O, I, k, k], without bias or groups, with its two gradients: by the
 * input and by the weights. Each layout of images has ways of its own to compute the three (onnx/layouts).
 */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';
import type { Geometry } from '../onnx/layouts/layout.ts';

interface ConvAttributes {
  stride: number;
  padding: number;
}

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
  lower({ inputs: [x, weight], outputs: [y], attributes }, lowering) {
    const g = geometry(x!.shape, y!.shape, { ...attributes, kernel: weight!.shape[2]! });
    lowering.images.convolve(lowering, g, { from: x!, by: weight!, to: y! });
  },
};

/** x [N, I, H, W] by weight [O, I, k, k] -> [N, O, H', W']. */
export const conv = (x: Tensor, weight: Tensor, { stride, padding }: ConvAttributes): Tensor =>
  apply(convOp, [x, weight], { stride, padding });

export interface Window extends ConvAttributes {
  kernel: number;
}

/** Of a window that goes over x [N, I, H, W] and gives y [N, O, H', W']. */
export const geometry = (x: Shape, y: Shape, { kernel, stride, padding }: Window): Geometry => ({
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

const convInputGradientOp: Op<ConvAttributes & { shape: Shape }> = {
  name: 'convInputGradient',
  shapes: (_inputs, { shape }) => [shape],
  lower({ inputs: [dy, weight], outputs: [dx], attributes }, lowering) {
    const g = geometry(dx!.shape, dy!.shape, { ...attributes, kernel: weight!.shape[2]! });
    lowering.images.inputGradient(lowering, g, { from: dy!, by: weight!, to: dx! });
  },
};

const convFilterGradientOp: Op<Window> = {
  name: 'convFilterGradient',
  shapes: ([x, dy], { kernel }) => [[dy![1]!, x![1]!, kernel, kernel]],
  lower({ inputs: [x, dy], outputs: [dw], attributes }, lowering) {
    const g = geometry(x!.shape, dy!.shape, attributes);
    lowering.images.filterGradient(lowering, g, { from: x!, by: dy!, to: dw! });
  },
};
