/**
 * Elementwise functions of one tensor: exponential, logarithm, square root.
 */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { div, mul, scale } from './arithmetic.ts';

const unary = (name: string, opType: string, gradient: (x: Tensor, y: Tensor, dy: Tensor) => Tensor): Op<object> => ({
  name,
  shapes: ([x]) => [x!],
  gradient: ({ inputs, outputs }, [dy]) => [gradient(inputs[0]!, outputs[0]!, dy!)],
  lower({ inputs, outputs }, lowering) {
    lowering.set(outputs[0]!, lowering.each(opType, lowering.value(inputs[0]!)));
  },
});

const expOp = unary('exp', 'Exp', (_x, y, dy) => mul(dy, y));
const logOp = unary('log', 'Log', (x, _y, dy) => div(dy, x));
const sqrtOp = unary('sqrt', 'Sqrt', (_x, y, dy) => div(scale(dy, 0.5), y));

export const exp = (x: Tensor): Tensor => apply(expOp, [x], {});
export const log = (x: Tensor): Tensor => apply(logOp, [x], {});
export const sqrt = (x: Tensor): Tensor => apply(sqrtOp, [x], {});
export const square = (x: Tensor): Tensor => mul(x, x);
