/** InfoNCE (van den Oord et al. 2018): the positive against all negatives, what SimCLR and MoCo have in common. */
import type { Tensor } from '../graph.ts';
import { concat, logSoftmax, mean, scale, slice } from '../ops/index.ts';

/** Cosines with the positive [n, 1] and with the negatives [n, m] -> the loss [], mean over n. */
export function infoNCE(positive: Tensor, negatives: Tensor, temperature: number): Tensor {
  const logits = scale(concat([positive, negatives], 1), 1 / temperature); // [n, 1 + m]
  return scale(mean(slice(logSoftmax(logits), 1, 0, 1)), -1);
}
