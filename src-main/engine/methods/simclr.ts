/**
 * SimCLR (Chen et al., arXiv 2002.05709), Algorithm 1: NT-Xent, the other view of the photo against all views of all
 * other photos of the batch. With a predictor and with stop-gradient as in Fig. 3 of the SimSiam paper: predictions
 * on one side, projections on the other; by default there is no predictor and both sides are z. Decoupled (Yeh et al.,
 * arXiv 2110.06848), the positive does not stand among what it is compared with.
 */
import { add, concat, matmul, mul, normalize, sum } from '../ops/index.ts';
import { decoupledNCE, infoNCE } from './contrast.ts';
import type { Method } from './method.ts';
import { detachOf } from './pairs.ts';

export const simclr: Method = ({ config, graph, views, f, h }) => {
  const [z1, z2] = f(views); // [N, d]
  const [p1, p2] = h([z1!, z2!]); // [N, d]
  const p = normalize(concat([p1!, p2!])); // [2N, d]
  const detach = detachOf(config);
  const z = normalize(detach(concat([z1!, z2!]))); // [2N, d]
  const other = normalize(detach(concat([z2!, z1!]))); // [2N, d]

  const n = config.batchSize;
  const positive = sum(mul(p, other), [1], true); // [2N, 1]
  const negatives = add(matmul(p, z, false, true), graph.constant(samePhoto(n), [2 * n, 2 * n])); // [2N, 2N]
  const nce = config.simclr.decoupled ? decoupledNCE : infoNCE;
  return { loss: nce(positive, negatives, config.temperature), projections: [z1!, z2!] };
};

/** -1e9 where row and column are views of one photo, which are no negatives of each other: [2N, 2N]. */
function samePhoto(n: number): Float32Array {
  const mask = new Float32Array(4 * n * n);
  for (let row = 0; row < 2 * n; row++)
    for (const column of [row % n, (row % n) + n]) mask[2 * n * row + column] = -1e9;
  return mask;
}
