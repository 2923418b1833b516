/**
 * Gaussian blur of many views, each by its own kernel, edges reflected: a product with [size, size] weights from either
 * side. A radius of 0 leaves a view as it is.
 */
import type { Tensor } from '../graph.ts';
import { add, addConstant, batchMatmul, below, exp, mul, scale, sub, transpose } from '../ops/index.ts';

/** Beyond any radius: no kernel reaches it. */
const NEVER = 1e9;

/** x [M, 3, S, S]; radius, rate (1 / 2 sigma^2) and share (the kernel's factor) [M, 1, 1, 1]. */
export function blur(x: Tensor, radius: Tensor, rate: Tensor, share: Tensor): Tensor {
  const size = x.shape[3]!;
  // Output i reads input j at a distance of j - i, and as a reflection at both ends.
  const distances: ((i: number, j: number) => number)[] = [
    (i, j) => j - i,
    (i, j) => (j > 0 ? j + i : NEVER),
    (i, j) => (j < size - 1 ? 2 * (size - 1) - j - i : NEVER),
  ];
  const reach = addConstant(mul(radius, radius), 0.5);
  const weights = distances
    .map((distance) => {
      const squared = Float32Array.from({ length: size * size }, (_, at) =>
        Math.min(NEVER, distance(Math.floor(at / size), at % size) ** 2),
      );
      const constant = x.graph.constant(squared, [1, 1, size, size]);
      return mul(exp(scale(mul(constant, rate), -1)), below(sub(constant, reach), 0));
    })
    .reduce(add);
  const kernel = mul(weights, share); // [M, 1, S, S]
  return batchMatmul(batchMatmul(kernel, x), transpose(kernel, [0, 1, 3, 2]));
}
