/**
 * Which view is compared with the target of which (paper, Sec. 4.6), and negative cosine similarity.
 */
import type { RunConfig } from '../../../shared/config.ts';
import type { Tensor } from '../graph.ts';
import { add, mean, mul, normalize, scale, sum } from '../ops/index.ts';

/** Views that are seen by the network, and for each of them the view that its target comes from. */
export function pairs(
  symmetry: RunConfig['symmetry'],
  views: readonly Tensor[],
): { seen: Tensor[]; aimedAt: Tensor[] } {
  const [x1, x2, x3, x4] = views as [Tensor, Tensor, Tensor, Tensor];
  switch (symmetry) {
    case 'symmetric':
      return { seen: [x1, x2], aimedAt: [x2, x1] };
    case 'asymmetric':
      return { seen: [x1], aimedAt: [x2] };
    case 'asymmetric2x':
      return { seen: [x1, x3], aimedAt: [x2, x4] };
  }
}

/** -cos(p, z), mean over the batch: p, z [N, d] -> []. */
export const negativeCosine = (p: Tensor, z: Tensor): Tensor =>
  scale(mean(sum(mul(normalize(p), normalize(z)), [1])), -1);

/** Mean of tensors of one shape. */
export const average = (tensors: readonly Tensor[]): Tensor => scale(tensors.reduce(add), 1 / tensors.length);
