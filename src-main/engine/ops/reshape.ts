/** Another shape for the same elements in the same order. */
import { ShapeError } from '../errors.ts';
import { apply, elements, sameShape } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';

const reshapeOp: Op<{ shape: Shape }> = {
  name: 'reshape',
  shapes([x], { shape }) {
    if (elements(x!) !== elements(shape)) throw new ShapeError('reshape', [x!, shape], 'both must have as many elements');
    return [shape];
  },
  gradient: ({ inputs }, [dy]) => [reshape(dy!, inputs[0]!.shape)],
  lower({ inputs, outputs, attributes: { shape } }, lowering) {
    lowering.set(outputs[0]!, lowering.reshape(lowering.value(inputs[0]!), shape));
  },
};

export const reshape = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });
