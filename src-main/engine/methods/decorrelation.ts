/** Methods that forbid the outputs to repeat each other, from the d x d correlations of a batch. */
import type { Tensor } from '../graph.ts';
import { add, addConstant, div, matmul, mean, mul, scale, sqrt, square, sub, sum } from '../ops/index.ts';
import type { Method } from './method.ts';

/**
 * Barlow Twins (Zbontar, Jing, Misra, LeCun and Deny, arXiv 2103.03230), Algorithm 1: the correlations of the outputs of
 * one view with those of the other shall be the identity. A mean over the d outputs where the paper has the sum, so that
 * a learning rate does not depend on d.
 */
export const barlowtwins: Method = ({ config, views, f }) => {
  const [z1, z2] = f(views) as [Tensor, Tensor]; // [N, d]
  const [n, d] = z1.shape as [number, number];
  const [y1, y2] = [standardized(z1), standardized(z2)];
  const C = scale(matmul(y1, y2, true), 1 / n); // [d, d]
  const same = mean(mul(y1, y2), [0]); // its diagonal, [d]
  const loss = add(sum(square(addConstant(same, -1))), scale(offDiagonal(C, same), config.barlowtwins.redundancy));
  return { loss: scale(loss, 1 / d), projections: [z1, z2] };
};

/** Of each output mean 0 and deviation 1 over the batch, as batch normalisation: [N, d]. */
function standardized(z: Tensor): Tensor {
  const centred = sub(z, mean(z, [0], true));
  return div(centred, sqrt(addConstant(mean(square(centred), [0], true), 1e-5)));
}

/** Sum of the squares of a matrix [d, d] but for its diagonal [d]: []. */
const offDiagonal = (matrix: Tensor, diagonal: Tensor): Tensor => sub(sum(square(matrix)), sum(square(diagonal)));
