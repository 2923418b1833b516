/**
 * BYOL (Grill et al., arXiv 2006.07733): SimSiam with a target network that follows by momentum. Its loss
 * ||p - z||^2 between vectors of length 1 is 2 + 2 D, so D is what is minimised here, from 1 down to -1 as in SimSiam.
 */
import type { Method } from './method.ts';
import { average, negativeCosine as D, pairs } from './pairs.ts';

export const byol: Method = ({ config, views, f, h, target }) => {
  const { seen, aimedAt } = pairs(config.symmetry, views);
  const z = f(seen); // projections of the online network, [N, d]
  const p = h(z); // predictions, [N, d]
  const t = target(aimedAt); // projections of the target network, [N, d]
  return { loss: average(p.map((prediction, i) => D(prediction, t[i]!))), projections: z };
};
