/**
 * Pooling of NCHW images: the mean over all positions, and the maximum in windows.
 */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { scale } from './arithmetic.ts';
import { expand } from './broadcast.ts';
import { geometry } from './conv.ts';
import type { Window } from './conv.ts';
import { reshape } from './reshape.ts';

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
  lower: ({ inputs: [x], outputs }, lowering) => lowering.set(outputs[0]!, lowering.images.averagePool(lowering, x!)),
};

/** Mean over positions: x [N, C, H, W] -> [N, C]. */
export const globalAveragePool = (x: Tensor): Tensor => apply(globalAveragePoolOp, [x], {});

const maxPoolOp: Op<Window> = {
  name: 'maxPool',
  shapes([x], { kernel, stride, padding }) {
    if (x!.length !== 4) throw new ShapeError('maxPool', [x!], 'x must be [N, C, H, W]');
    if (padding * 2 > kernel) throw new ShapeError('maxPool', [x!], 'the padding must be at most half the kernel');
    const size = (n: number) => Math.floor((n + 2 * padding - kernel) / stride) + 1;
    if (size(x![2]!) < 1 || size(x![3]!) < 1)
      throw new ShapeError('maxPool', [x!], `too small for a kernel of ${kernel}`);
    return [[x![0]!, x![1]!, size(x![2]!), size(x![3]!)]];
  },
  gradient: ({ inputs: [x], outputs: [y], attributes }, [dy]) => [apply(maxPoolGradientOp, [x!, dy!, y!], attributes)],
  lower: ({ inputs: [x], outputs: [y], attributes }, lowering) =>
    lowering.images.maxPool(lowering, geometry(x!.shape, y!.shape, attributes), { from: x!, to: y! }),
};

const maxPoolGradientOp: Op<Window> = {
  name: 'maxPoolGradient',
  shapes: ([x]) => [x!],
  lower: ({ inputs: [x, dy, y], outputs: [dx], attributes }, lowering) =>
    lowering.images.maxPoolGradient(lowering, geometry(x!.shape, dy!.shape, attributes), {
      from: x!,
      of: y!,
      by: dy!,
      to: dx!,
    }),
};

/** Maximum in square windows: x [N, C, H, W] -> [N, C, H', W']. Of equal maxima the first takes the gradient. */
export const maxPool = (x: Tensor, { kernel, stride, padding }: Window): Tensor =>
  apply(maxPoolOp, [x], { kernel, stride, padding });
