/**
 * LARS (You et al. 2017) in the form that SimCLR's and SimSiam's authors use: the update of each weight is scaled to
 * trustCoefficient times the weight's length, before momentum; biases and the scales of batch normalisation (tensors
 * of one axis) take neither weight decay nor scaling.
 */
import type { Tensor } from '../graph.ts';
import { add, addConstant, atLeast, div, maximum, mul, scale, sqrt, sumOfSquares } from '../ops/index.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { Optimizer } from './optimizer.ts';

export type LarsSettings = Pick<RunConfig['optimizer'], 'momentum' | 'weightDecay' | 'trustCoefficient'>;

/** Lengths below it count as zero, where the update is left as it is. */
const TINY = 1e-15;

export const lars = ({ momentum, weightDecay, trustCoefficient }: LarsSettings): Optimizer => ({
  slots: ['momentum'],
  update({ parameter, gradient, slots: [velocity] }) {
    const next = add(scale(velocity!, momentum), parameter.shape.length > 1 ? adapted(parameter, gradient) : gradient);
    return { slots: [next] };

    function adapted(weight: Tensor, flow: Tensor): Tensor {
      const update = weightDecay === 0 ? flow : add(flow, scale(weight, weightDecay));
      const size = sqrt(sumOfSquares(weight));
      const length = sqrt(sumOfSquares(update));
      const applies = mul(atLeast(size, TINY), atLeast(length, TINY));
      const ratio = div(scale(size, trustCoefficient), maximum(length, TINY));
      return mul(update, add(mul(applies, ratio), addConstant(scale(applies, -1), 1)));
    }
  },
});
