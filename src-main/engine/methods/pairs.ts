/** What methods have in common: which view is compared with the target of which (paper, Sec. 4.6), how, and what no gradient passes. */
import type { RunConfig } from '../../../shared/config.ts';
import type { Tensor } from '../graph.ts';
import { add, logSoftmax, mean, mul, normalize, scale, stopGradient, sum } from '../ops/index.ts';

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

/** -q . log softmax(logits), mean over the batch: q, logits [N, K] -> []. */
export const crossEntropy = (q: Tensor, logits: Tensor): Tensor =>
  scale(mean(sum(mul(q, logSoftmax(logits)), [1])), -1);

/** Stop-gradient, or where a study leaves it out (paper, Fig. 2) the tensor as it is. */
export const detachOf = ({ stopGradient: isStopped }: Pick<RunConfig, 'stopGradient'>): ((x: Tensor) => Tensor) =>
  isStopped ? stopGradient : (x) => x;

/** Mean of tensors of one shape. */
export const average = (tensors: readonly Tensor[]): Tensor => scale(tensors.reduce(add), 1 / tensors.length);
