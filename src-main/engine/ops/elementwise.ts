/** Elementwise functions that making views needs and no gradient flows through: limits, absolute value, whole part. */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';

const plain = (name: string, opType: string): Op<object> => ({
  name,
  shapes: ([x]) => [x!],
  lower({ inputs, outputs }, lowering) {
    lowering.set(outputs[0]!, lowering.each(opType, lowering.value(inputs[0]!)));
  },
});

const absOp = plain('abs', 'Abs');
const floorOp = plain('floor', 'Floor');

const clampOp: Op<{ low: number; high: number }> = {
  name: 'clamp',
  shapes: ([x]) => [x!],
  lower({ inputs, outputs, attributes: { low, high } }, lowering) {
    const operands = [lowering.value(inputs[0]!), lowering.scalar(low), lowering.scalar(high)];
    lowering.set(outputs[0]!, lowering.emit('Clip', operands, outputs[0]!.shape));
  },
};

export const abs = (x: Tensor): Tensor => apply(absOp, [x], {});
export const floor = (x: Tensor): Tensor => apply(floorOp, [x], {});
/** x, but at least `low` and at most `high`. */
export const clamp = (x: Tensor, low: number, high: number): Tensor => apply(clampOp, [x], { low, high });
