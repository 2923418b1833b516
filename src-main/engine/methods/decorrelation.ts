/** Methods that forbid the outputs to repeat each other, from the d x d correlations of a batch. */
import type { Tensor } from '../graph.ts';
import { add, addConstant, div, matmul, mean, mul, relu, scale, sqrt, square, sub, sum } from '../ops/index.ts';
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

/**
 * VICReg (Bardes, Ponce and LeCun, arXiv 2105.04906), Sec. 4, with the scales of the authors' code: the outputs of two
 * views agree (invariance), each output's deviation over the batch is 1 at least (variance), and no two vary together
 * (covariance).
 */
export const vicreg: Method = ({ config: { vicreg: weight }, views, f }) => {
  const [z1, z2] = f(views) as [Tensor, Tensor]; // [N, d]
  const [n, d] = z1.shape as [number, number];
  const invariance = mean(square(sub(z1, z2)));
  const terms = [z1, z2].map((z) => {
    const y = sub(z, mean(z, [0], true));
    const variances = scale(sum(square(y), [0]), 1 / (n - 1)); // [d]
    const covariance = scale(matmul(y, y, true), 1 / (n - 1)); // [d, d]
    return {
      variance: mean(relu(addConstant(scale(sqrt(addConstant(variances, 1e-4)), -1), 1))), // what is missing to 1
      covariance: scale(offDiagonal(covariance, variances), 1 / d),
    };
  });
  const variance = scale(terms.map((t) => t.variance).reduce(add), 1 / 2);
  const covariance = terms.map((t) => t.covariance).reduce(add);
  const loss = [
    scale(invariance, weight.invariance),
    scale(variance, weight.variance),
    scale(covariance, weight.covariance),
  ].reduce(add);
  return { loss, projections: [z1, z2] };
};

/** Each output shifted and scaled to mean 0 and deviation 1 over the batch, as batch normalisation does: [N, d]. */
function standardized(z: Tensor): Tensor {
  const centred = sub(z, mean(z, [0], true));
  return div(centred, sqrt(addConstant(mean(square(centred), [0], true), 1e-5)));
}

/** Sum of the squares of a matrix [d, d] but for its diagonal [d]: []. */
const offDiagonal = (matrix: Tensor, diagonal: Tensor): Tensor => sub(sum(square(matrix)), sum(square(diagonal)));
