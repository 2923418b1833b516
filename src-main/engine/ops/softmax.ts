/**
 * Softmax and its logarithm over the last axis.
 */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { mul, sub } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { exp } from './unary.ts';

const lastAxis = (x: Tensor): number => x.shape.length - 1;

const softmaxOp: Op<object> = {
  name: 'softmax',
  shapes: ([x]) => [x!],
  gradient: ({ outputs: [y] }, [dy]) => [mul(y!, sub(dy!, sum(mul(dy!, y!), [lastAxis(y!)], true)))],
  lower({ inputs, outputs }, lowering) {
    const x = lowering.value(inputs[0]!);
    lowering.set(outputs[0]!, lowering.emit('Softmax', [x], x.shape, { axis: -1 }));
  },
};

const logSoftmaxOp: Op<object> = {
  name: 'logSoftmax',
  shapes: ([x]) => [x!],
  gradient: ({ outputs: [y] }, [dy]) => [sub(dy!, mul(exp(y!), sum(dy!, [lastAxis(y!)], true)))],
  // x - max - log(sum(exp(x - max))): the runtime's LogSoftmax is missing on WebGPU.
  lower({ inputs: [x], outputs }, lowering) {
    const value = lowering.value(x!);
    const axis = lastAxis(x!);
    const shifted = lowering.each('Sub', value, lowering.reduce('ReduceMax', value, [axis], true));
    const total = lowering.reduce('ReduceSum', lowering.each('Exp', shifted), [axis], true);
    lowering.set(outputs[0]!, lowering.each('Sub', shifted, lowering.each('Log', total)));
  },
};

export const softmax = (x: Tensor): Tensor => apply(softmaxOp, [x], {});
export const logSoftmax = (x: Tensor): Tensor => apply(logSoftmaxOp, [x], {});
