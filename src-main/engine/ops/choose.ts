/**
 * One of two tensors by a flag, and 1 where x is below a number: for what a step skips. Neither passes a gradient.
 */
import { ShapeError } from '../errors.ts';
import { apply, sameShape } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';

const chooseOp: Op<object> = {
  name: 'choose',
  shapes([flag, a, b]) {
    if (flag!.length > 0 || !sameShape(a!, b!))
      throw new ShapeError('choose', [flag!, a!, b!], 'a scalar decides between two of one shape');
    return [a!];
  },
  lower({ inputs: [flag, a, b], outputs }, lowering) {
    const taken = lowering.once(`taken ${flag!.id}`, () =>
      lowering.compare('Greater', lowering.value(flag!), lowering.scalar(0.5)),
    );
    const operands = [taken, lowering.value(a!), lowering.value(b!)];
    lowering.set(outputs[0]!, lowering.emit('Where', operands, a!.shape, {}, { type: operands[1]!.type }));
  },
};

const belowOp: Op<{ bound: number }> = {
  name: 'below',
  shapes: ([x]) => [x!],
  lower({ inputs, outputs, attributes: { bound } }, lowering) {
    const found = lowering.compare('Less', lowering.value(inputs[0]!), lowering.scalar(bound));
    lowering.set(outputs[0]!, lowering.cast(found, 'full'));
  },
};

/** a where the scalar `flag` is 1, b where it is 0, even where the other is not finite. */
export const choose = (flag: Tensor, a: Tensor, b: Tensor): Tensor => apply(chooseOp, [flag, a, b], {});

/** 1 where x is below `bound`, else 0, of NaN too. */
export const below = (x: Tensor, bound: number): Tensor => apply(belowOp, [x], { bound });
