/**
 * The readout: whitened features of the last two stages. Directions in which photos differ much (light, background)
 * count no more than those in which they differ less, which is where neighbours are told apart (Jégou and Chum 2012,
 * "Negative evidences and co-occurences in image retrieval: the benefit of PCA and whitening"). Fitted on photos
 * without a label, and an affine map: it goes into a checkpoint and into exports as a linear layer.
 */
import { fitPrincipal } from './baselines/principal.ts';

export interface Readout {
  weight: Float32Array; // [D, S]
  bias: Float32Array; // [D]
}

/** Photos for each direction that is kept: of fewer, a direction's variance says little of other photos. */
const PHOTOS_EACH = 4;
/** Fewer directions than these tell no photos apart: pooled features do it better. */
const FEWEST = 16;
/** Added to each variance, as a share of their mean, so that a direction of next to nothing is not blown up. */
const DAMPING = 0.1;

/**
 * @param stages the last two stages of photos, pooled [n, S]
 * @param d numbers D of the embedding; those that the photos are too few for are 0
 * @returns null where the photos are too few, or are all the same to the network
 */
export function fitReadout(stages: Float32Array, n: number, d: number): Readout | null {
  const s = stages.length / n;
  const most = Math.min(d, s, Math.floor(n / PHOTOS_EACH));
  if (most < FEWEST) return null;
  const { mean, directions, variances } = fitPrincipal(stages, n, s, most);
  if (variances.length < FEWEST) return null;
  const damping = DAMPING * meanVariance(stages, n, mean);
  const weight = new Float32Array(d * s);
  const bias = new Float32Array(d);
  variances.forEach((variance, k) => {
    const scale = 1 / Math.sqrt(variance + damping);
    let offset = 0;
    for (let j = 0; j < s; j++) {
      const x = scale * directions[k * s + j]!;
      weight[k * s + j] = x;
      offset -= x * mean[j]!;
    }
    bias[k] = offset;
  });
  return { weight, bias };
}

function meanVariance(rows: Float32Array, n: number, mean: Float64Array): number {
  const s = mean.length;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < s; j++) sum += (rows[i * s + j]! - mean[j]!) ** 2;
  return sum / (n * s);
}

/** What photos are compared by, [n, D]. @param stages [n, S] */
export function readOut({ weight, bias }: Readout, stages: Float32Array): Float32Array {
  const d = bias.length;
  const s = weight.length / d;
  const n = stages.length / s;
  const out = new Float32Array(n * d);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < d; k++) {
      let sum = bias[k]!;
      for (let j = 0; j < s; j++) sum += weight[k * s + j]! * stages[i * s + j]!;
      out[i * d + k] = sum;
    }
  return out;
}
