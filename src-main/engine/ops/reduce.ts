/**
 * Mean and largest over axes.
 */
import { apply, elements } from '../graph.ts';
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
    const name = lowering.emit('ReduceMax', [lowering.value(inputs[0]!)], { axes, keepdims: keepDims ? 1 : 0 });
    lowering.set(outputs[0]!, name);
  },
};

/** Largest over `axes` (all unless told), of which no gradient is taken. */
export const max = (x: Tensor, axes: readonly number[] = allAxes(x), keepDims = false): Tensor =>
  apply(maxOp, [x], { axes, keepDims });
