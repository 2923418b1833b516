/** Products of many matrices at once, without a gradient. */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { broadcastShape } from './broadcast.ts';

const batchMatmulOp: Op<object> = {
  name: 'batchMatmul',
  shapes([a, b]) {
    if (a!.length < 3 || b!.length < 3 || a!.at(-1) !== b!.at(-2))
      throw new ShapeError('batchMatmul', [a!, b!], 'needs [..., m, k] and [..., k, n]');
    return [[...broadcastShape('batchMatmul', a!.slice(0, -2), b!.slice(0, -2)), a!.at(-2)!, b!.at(-1)!]];
  },
  lower({ inputs, outputs }, lowering) {
    const [a, b] = inputs.map((t) => lowering.value(t));
    lowering.set(outputs[0]!, lowering.matMul(a!, b!));
  },
};

/** a [..., m, k] times b [..., k, n] -> [..., m, n]; what stands before is broadcast. */
export const batchMatmul = (a: Tensor, b: Tensor): Tensor => apply(batchMatmulOp, [a, b], {});
