/**
 * SwAV (Caron et al., arXiv 2006.09882): each view predicts to which prototypes the other large view was assigned,
 * where the assignment (code) spreads the batch evenly over the prototypes. Small crops predict the codes of both
 * large ones. With a predictor and without stop-gradient as in Fig. 3 of the SimSiam paper.
 */
import type { Tensor } from '../graph.ts';
import { matmul, normalize, scale } from '../ops/index.ts';
import type { Method } from './method.ts';
import { average, crossEntropy, detachOf } from './pairs.ts';
import { sinkhornKnopp } from './sinkhorn.ts';

export const swav: Method = ({ config, views, f, h, parameter, input }) => {
  const { sinkhornIterations, epsilon } = config.swav;
  const d = config.head.outputDim;
  const detach = detachOf(config);
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(d) } as const;
  const C = normalize(parameter('prototypes', initial, input('prototypeLearningRate'))); // [K, d]
  const scores = (z: Tensor) => matmul(normalize(z), C, false, true); // cosines with the prototypes, [N, K]

  const z = [...f(views.slice(0, 2)), ...(views.length > 2 ? f(views.slice(2)) : [])]; // [N, d]
  const p = [...h(z.slice(0, 2)), ...(views.length > 2 ? h(z.slice(2)) : [])];
  const codes = z.slice(0, 2).map((large) => detach(sinkhornKnopp(scores(large), epsilon, sinkhornIterations))); // [N, K]
  const logits = p.map((view) => scale(scores(view), 1 / config.temperature));
  const losses = codes.flatMap((code, i) => logits.filter((_, j) => j !== i).map((logit) => crossEntropy(code, logit)));
  return { loss: average(losses), projections: z.slice(0, 2) };
};
