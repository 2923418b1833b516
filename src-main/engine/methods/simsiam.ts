/**
 * SimSiam (Chen and He, arXiv 2011.10566), Algorithm 1.
 */
import type { Tensor } from '../graph.ts';
import { add, mean, mul, normalize, scale, stopGradient, sum } from '../ops/index.ts';
import type { Method } from './method.ts';

export const simsiam: Method = ({ config, views: [x1, x2], f, h }) => {
  const detach = config.stopGradient ? stopGradient : (z: Tensor) => z; // Fig. 2: without it the network collapses

  /** Negative cosine similarity, of which z is a constant to the gradient. */
  const D = (p: Tensor, z: Tensor): Tensor => {
    const cosine = sum(mul(normalize(p), normalize(detach(z))), [1]); // [N]
    return scale(mean(cosine), -1); // []
  };

  const [z1, z2] = f([x1!, x2!]); // projections, [N, d]
  const [p1, p2] = h([z1!, z2!]); // predictions, [N, d]
  const loss = add(scale(D(p1!, z2!), 0.5), scale(D(p2!, z1!), 0.5)); // [], minimum -1
  return { loss, projections: [z1!, z2!] };
};
