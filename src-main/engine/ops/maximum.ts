/**
 * The larger of x and a number, and 1 where x exceeds it. The gradient passes where x is at least the number, as
 * torch.clamp's does.
 */
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { mul } from './arithmetic.ts';

interface Attributes {
  floor: number;
}

const maximumOp: Op<Attributes> = {
  name: 'maximum',
  shapes: ([x]) => [x!],
  gradient: ({ inputs, attributes }, [dy]) => [mul(dy!, apply(atLeastOp, inputs, attributes))],
  lower({ inputs, outputs, attributes: { floor } }, lowering) {
    lowering.set(outputs[0]!, lowering.each('Max', lowering.value(inputs[0]!), lowering.scalar(floor)));
  },
};

const atLeastOp: Op<Attributes> = {
  name: 'atLeast',
  shapes: ([x]) => [x!],
  lower({ inputs, outputs, attributes: { floor } }, lowering) {
    const reached = lowering.compare('GreaterOrEqual', lowering.value(inputs[0]!), lowering.scalar(floor));
    lowering.set(outputs[0]!, lowering.cast(reached, 'full'));
  },
};

export const maximum = (x: Tensor, floor: number): Tensor => apply(maximumOp, [x], { floor });

/** 1 where x is at least `floor`, else 0; no gradient. */
export const atLeast = (x: Tensor, floor: number): Tensor => apply(atLeastOp, [x], { floor });
