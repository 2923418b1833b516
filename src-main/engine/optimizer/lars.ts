/**
 * LARS (You et al. 2017) in the form that SimCLR's and SimSiam's authors use: the update of each weight is scaled to
 * trustCoefficient times the weight's length, before momentum; biases and the scales of batch normalisation (tensors
 * of one axis) take neither weight decay nor scaling.
 */
import type { Tensor } from '../graph.ts';
import { add, addConstant, atLeast, div, maximum, mul, scale, sqrt, square, sub, sum } from '../ops/index.ts';
import type { SgdOptions } from './sgd.ts';

export interface LarsOptions extends SgdOptions {
  trustCoefficient: number;
}

/** Lengths below it count as zero, where the update is left as it is. */
const TINY = 1e-15;

/** The parameter and its momentum after one step; `learningRate` is a scalar of the graph. */
export function lars(
  parameter: Tensor,
  gradient: Tensor,
  velocity: Tensor,
  learningRate: Tensor,
  { momentum, weightDecay, trustCoefficient }: LarsOptions,
): { parameter: Tensor; velocity: Tensor } {
  let update = gradient;
  if (parameter.shape.length > 1) {
    update = weightDecay === 0 ? gradient : add(gradient, scale(parameter, weightDecay));
    const size = sqrt(sum(square(parameter)));
    const length = sqrt(sum(square(update)));
    const applies = mul(atLeast(size, TINY), atLeast(length, TINY));
    const ratio = div(scale(size, trustCoefficient), maximum(length, TINY));
    update = mul(update, add(mul(applies, ratio), addConstant(scale(applies, -1), 1)));
  }
  const next = add(scale(velocity, momentum), update);
  return { parameter: sub(parameter, mul(next, learningRate)), velocity: next };
}
