/** Axes in another order; without one, reversed. */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';

const transposeOp: Op<{ order: readonly number[] }> = {
  name: 'transpose',
  shapes([x], { order }) {
    if (order.length !== x!.length || new Set(order).size !== order.length || order.some((a) => x![a] === undefined))
      throw new ShapeError('transpose', [x!], `the order ${order.join(', ')} must name each axis once`);
    return [order.map((axis) => x![axis]!)];
  },
  gradient: ({ attributes: { order } }, [dy]) => [
    transpose(
      dy!,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  lower({ inputs, outputs, attributes: { order } }, lowering) {
    const precision = lowering.precision(inputs[0]!);
    lowering.set(
      outputs[0]!,
      lowering.transpose(lowering.value(inputs[0]!, 'plain', precision), order),
      'plain',
      precision,
    );
  },
};

export const transpose = (x: Tensor, order: readonly number[] = x.shape.map((_, i) => i).reverse()): Tensor =>
  apply(transposeOp, [x], { order });
