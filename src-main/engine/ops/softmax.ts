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
    lowering.set(outputs[0]!, lowering.emit('Softmax', [lowering.value(inputs[0]!)], { axis: -1 }));
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
    const shifted = lowering.emit('Sub', [value, lowering.emit('ReduceMax', [value], { axes: [axis], keepdims: 1 })]);
    const total = lowering.emit('ReduceSum', [lowering.emit('Exp', [shifted]), lowering.ints([axis])], { keepdims: 1 });
    lowering.set(outputs[0]!, lowering.emit('Sub', [shifted, lowering.emit('Log', [total])]));
  },
};

export const softmax = (x: Tensor): Tensor => apply(softmaxOp, [x], {});
export const logSoftmax = (x: Tensor): Tensor => apply(logSoftmaxOp, [x], {});
