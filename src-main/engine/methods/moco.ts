/**
 * MoCo v2 (Chen, Fan, Girshick and He, arXiv 2003.04297; Algorithm 1 of MoCo, arXiv 1911.05722): the key of the other
 * view, by a momentum encoder, against a queue of earlier keys. Symmetric unless told, as the SimSiam paper trains it;
 * keys of both views are queued. One device sees the whole batch, so batch normalisation is not shuffled.
 */
import { concat, matmul, mul, normalize, slice, sum } from '../ops/index.ts';
import { infoNCE } from './contrast.ts';
import type { Method } from './method.ts';
import { average, pairs } from './pairs.ts';

export const moco: Method = ({ config, views, f, h, target, buffer, update }) => {
  const { queueSize } = config.moco;
  const d = config.head.outputDim;
  const { seen, aimedAt } = pairs(config.symmetry, views);
  const z = f(seen); // [N, d]
  const q = h(z).map(normalize); // queries
  const k = target(aimedAt).map(normalize); // keys
  const queue = normalize(buffer('queue', { kind: 'normal', deviation: 1 / Math.sqrt(d) })); // [K, d], random directions at first

  const loss = average(
    q.map((query, i) => {
      const positive = sum(mul(query, k[i]!), [1], true); // [N, 1]
      const negatives = matmul(query, queue, false, true); // [N, K]
      return infoNCE(positive, negatives, config.temperature);
    }),
  );
  update('queue', slice(concat([...k, queue]), 0, 0, queueSize)); // newest first, the oldest leave
  return { loss, projections: z };
};
