/** The tensor itself, a constant to the gradient (paper, Algorithm 1: z.detach()). Costs nothing. */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';

const stopGradientOp: Op<object> = {
  name: 'stopGradient',
  shapes: ([x]) => [x!],
  lower({ inputs, outputs }, lowering) {
    const layout = lowering.layout(inputs[0]!);
    const precision = lowering.precision(inputs[0]!);
    lowering.set(outputs[0]!, lowering.value(inputs[0]!, layout, precision), layout, precision);
  },
};

export const stopGradient = (x: Tensor): Tensor => apply(stopGradientOp, [x], {});
