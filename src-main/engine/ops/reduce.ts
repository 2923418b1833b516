/**
 * Mean and largest over axes, and the sum of all squares.
 */
import { apply, elements } from '../graph.ts';
import { sumAll } from '../onnx/layouts/sums.ts';
import type { Op, Tensor } from '../graph.ts';
import { scale } from './arithmetic.ts';
import { allAxes, reducedShape, sum } from './broadcast.ts';

/** Mean over `axes` (all unless told). */
export const mean = (x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor =>
  scale(sum(x, axes, keepDims), 1 / elements(axes.map((a) => x.shape[a]!)));

const maxOp: Op<{ axes: readonly number[]; keepDims: boolean }> = {
  name: 'max',
  shapes: ([x], attributes) => [reducedShape('max', x!, attributes)],
  // No gradient: it serves to shift exponents, where the shift cancels.
  lower({ inputs, outputs, attributes: { axes, keepDims } }, lowering) {
    const largest = lowering.reduce('ReduceMax', lowering.value(inputs[0]!), axes, keepDims);
    lowering.set(outputs[0]!, largest);
  },
};

/** Largest over `axes` (all unless told), of which no gradient is taken. */
export const max = (x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor =>
  apply(maxOp, [x], { axes, keepDims });

const sumOfSquaresOp: Op<object> = {
  name: 'sumOfSquares',
  shapes: () => [[]],
  // No gradient: it serves to measure gradients and to scale updates by lengths.
  lower({ inputs: [x], outputs }, lowering) {
    const value = lowering.value(x!);
    lowering.set(
      outputs[0]!,
      lowering.graphics
        ? sumAll(lowering, lowering.each('Mul', value, value))
        : lowering.reduce('ReduceSumSquare', value), // in one pass, a third of the time of two
    );
  },
};

/** Sum of the squares of all elements [], of which no gradient is taken. */
export const sumOfSquares = (x: Tensor): Tensor => apply(sumOfSquaresOp, [x], {});
