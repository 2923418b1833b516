/**
 * Softmax and its logarithm over the last axis.
 */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { mul, sub } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { exp } from './unary.ts';

const overLast = (name: string, opType: string, gradient: (y: Tensor, dy: Tensor, axis: number) => Tensor): Op<object> => ({
  name,
  shapes: ([x]) => [x!],
  gradient: ({ outputs: [y] }, [dy]) => [gradient(y!, dy!, y!.shape.length - 1)],
  lower({ inputs, outputs }, lowering) {
    lowering.set(outputs[0]!, lowering.emit(opType, [lowering.value(inputs[0]!)], { axis: -1 }));
  },
});

const softmaxOp = overLast('softmax', 'Softmax', (y, dy, axis) => mul(y, sub(dy, sum(mul(dy, y), [axis], true))));
const logSoftmaxOp = overLast('logSoftmax', 'LogSoftmax', (y, dy, axis) => sub(dy, mul(exp(y), sum(dy, [axis], true))));

export const softmax = (x: Tensor): Tensor => apply(softmaxOp, [x], {});
export const logSoftmax = (x: Tensor): Tensor => apply(logSoftmaxOp, [x], {});
