/**
 * Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD: v' = m v + (g + w p);
 * p' = p - lr v'. Weight decay is on every parameter, batch normalisation's included (paper, Sec. 3).
 */
import type { Tensor } from '../graph.ts';
import { add, mul, scale, sub } from '../ops/index.ts';

export interface SgdOptions {
  momentum: number;
  weightDecay: number;
}

/** The parameter and its momentum after one step; `learningRate` is a scalar of the graph. */
export function sgd(
  parameter: Tensor,
  gradient: Tensor,
  velocity: Tensor,
  learningRate: Tensor,
  { momentum, weightDecay }: SgdOptions,
): { parameter: Tensor; velocity: Tensor } {
  const decayed = weightDecay === 0 ? gradient : add(gradient, scale(parameter, weightDecay));
  const next = add(scale(velocity, momentum), decayed);
  return { parameter: sub(parameter, mul(next, learningRate)), velocity: next };
}
