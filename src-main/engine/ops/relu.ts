/**
 * max(x, 0), and the gradient's mask: dy where the output was positive.
 */
import { ShapeError } from '../errors.ts';
import { apply, sameShape } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';

const reluOp: Op<object> = {
  name: 'relu',
  shapes: ([x]) => [x!],
  gradient: ({ outputs }, [dy]) => [reluMask(dy!, outputs[0]!)],
  lower({ inputs, outputs }, lowering) {
    lowering.set(outputs[0]!, lowering.emit('Relu', [lowering.value(inputs[0]!)]));
  },
};

const reluMaskOp: Op<object> = {
  name: 'reluMask',
  shapes([dy, y]) {
    if (!sameShape(dy!, y!)) throw new ShapeError('reluMask', [dy!, y!], 'both must have one shape');
    return [dy!];
  },
  lower({ inputs: [dy, y], outputs }, lowering) {
    const zero = lowering.scalar(0);
    const positive = lowering.emit('Greater', [lowering.value(y!), zero]);
    lowering.set(outputs[0]!, lowering.emit('Where', [positive, lowering.value(dy!), zero]));
  },
};

export const relu = (x: Tensor): Tensor => apply(reluOp, [x], {});

/** dy where y > 0, else 0: the gradient of relu from its output. */
export const reluMask = (dy: Tensor, y: Tensor): Tensor => apply(reluMaskOp, [dy, y], {});
