/**
 * l2 normalisation over the last axis: x / max(||x||, eps), as torch.nn.functional.normalize.
 */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { div, mul, sub } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { atLeast, maximum } from './maximum.ts';
import { sqrt, square } from './unary.ts';

const EPS = 1e-12;

const normalizeOp: Op<object> = {
  name: 'normalize',
  shapes: ([x]) => [x!],
  // d(x/n) = (dy - y (y . dy)) / n; where n is clamped to eps it is a constant and the second term is absent.
  gradient({ inputs: [x], outputs: [y] }, [dy]) {
    const axes = [x!.shape.length - 1];
    const norm = sqrt(sum(square(x!), axes, true));
    const along = mul(sum(mul(dy!, y!), axes, true), atLeast(norm, EPS));
    return [div(sub(dy!, mul(y!, along)), maximum(norm, EPS))];
  },
  lower({ inputs, outputs }, lowering) {
    const x = lowering.value(inputs[0]!);
    const norm = lowering.reduce('ReduceL2', x, [-1], true);
    lowering.set(outputs[0]!, lowering.each('Div', x, lowering.each('Max', norm, lowering.scalar(EPS))));
  },
};

/** Each row to length 1. */
export const normalize = (x: Tensor): Tensor => apply(normalizeOp, [x], {});
