/**
 * InfoNCE (van den Oord et al. 2018), what SimCLR and MoCo have in common: the positive against all negatives, among
 * which it stands itself unless it is decoupled (Yeh et al., arXiv 2110.06848).
 */
import type { Tensor } from '../graph.ts';
import { add, concat, exp, log, logSoftmax, max, mean, scale, slice, sub, sum } from '../ops/index.ts';

/** Cosines with the positive [n, 1] and with the negatives [n, m] -> the loss [], mean over n. */
export function infoNCE(positive: Tensor, negatives: Tensor, temperature: number): Tensor {
  const logits = scale(concat([positive, negatives], 1), 1 / temperature); // [n, 1 + m]
  return scale(mean(slice(logSoftmax(logits), 1, 0, 1)), -1);
}

/**
 * InfoNCE without the positive in the denominator (decoupled): a photo that is told apart already goes on drawing its
 * views together.
 */
export function decoupledNCE(positive: Tensor, negatives: Tensor, temperature: number): Tensor {
  const logits = scale(negatives, 1 / temperature); // [n, m]
  const largest = max(logits, [1], true); // [n, 1]
  const total = add(log(sum(exp(sub(logits, largest)), [1], true)), largest); // [n, 1]
  return mean(sub(total, scale(positive, 1 / temperature)));
}
