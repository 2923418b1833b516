/** Sinkhorn-Knopp, by which SwAV assigns a batch to prototypes evenly. */
import type { Tensor } from '../graph.ts';
import { div, exp, max, scale, sub, sum } from '../ops/index.ts';

/**
 * Codes Q [N, K] of scores [N, K]: exp(scores / epsilon), scaled by turns so that every prototype receives N / K in
 * all and every photo gives 1 in all (Sinkhorn and Knopp 1967; Algorithm 1 of SwAV).
 */
export function sinkhornKnopp(scores: Tensor, epsilon: number, iterations: number): Tensor {
  const [n, k] = scores.shape as [number, number];
  let Q = exp(scale(sub(scores, max(scores)), 1 / epsilon)); // a factor common to all leaves the result as it is
  for (let i = 0; i < iterations; i++) {
    Q = scale(div(Q, sum(Q, [0], true)), n / k);
    Q = div(Q, sum(Q, [1], true));
  }
  return Q;
}
