/**
 * SwAV (Caron et al., arXiv 2006.09882): each view predicts to which prototypes the other large view was assigned,
 * where the assignment (code) spreads the batch evenly over the prototypes. Small crops predict the codes of both
 * large ones. With a predictor and without stop-gradient as in Fig. 3 of the SimSiam paper.
 */
import type { Tensor } from '../graph.ts';
import {
  div,
  exp,
  logSoftmax,
  matmul,
  max,
  mean,
  mul,
  normalize,
  scale,
  stopGradient,
  sub,
  sum,
} from '../ops/index.ts';
import type { Method } from './method.ts';
import { average } from './pairs.ts';

export const swav: Method = ({ config, net, views, f, h }) => {
  const { prototypes, sinkhornIterations, epsilon } = config.swav;
  const d = config.head.outputDim;
  const detach = config.stopGradient ? stopGradient : (q: Tensor) => q;
  const C = normalize(
    net.parameter('method.prototypes', [prototypes, d], { kind: 'uniform', bound: 1 / Math.sqrt(d) }),
  ); // [K, d]
  const scores = (z: Tensor) => matmul(normalize(z), C, false, true); // cosines with the prototypes, [N, K]

  const z = [...f(views.slice(0, 2)), ...(views.length > 2 ? f(views.slice(2)) : [])]; // [N, d]
  const p = [...h(z.slice(0, 2)), ...(views.length > 2 ? h(z.slice(2)) : [])];
  const codes = z.slice(0, 2).map((large) => detach(sinkhornKnopp(scores(large), epsilon, sinkhornIterations))); // [N, K]
  const logits = p.map((view) => scale(scores(view), 1 / config.temperature));
  const losses = codes.flatMap((code, i) => logits.filter((_, j) => j !== i).map((logit) => crossEntropy(code, logit)));
  return { loss: average(losses), projections: z.slice(0, 2) };
};

/** -q . log softmax(logits), mean over the batch. */
const crossEntropy = (q: Tensor, logits: Tensor): Tensor => scale(mean(sum(mul(q, logSoftmax(logits)), [1])), -1);

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
