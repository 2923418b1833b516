/**
 * What a run has to beat to be worth having: figures of its probe photos from features that need no training, of the
 * network before its first step, and of the weights that it begins with. Measured once, before the first step, by the
 * same photos, neighbours and votes as the run's own figure.
 */
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const Baselines = z.strictObject({
  /** kNN accuracy where the photos have labels, else neighbour agreement. */
  measure: z.enum(['knn', 'agreement']),
  /** The first 60 principal components of the pixels. */
  pixels: share,
  /** The same, each component divided by its standard deviation. */
  whitened: share,
  /** Histograms of oriented gradients beside the components. */
  hog: share,
  /** A network of this shape with random weights. */
  untrained: share,
  /** The weights that the run begins with: the untrained network's own figure where they are random. */
  start: share,
});
export type Baselines = z.infer<typeof Baselines>;

export const baselineNames = ['pixels', 'whitened', 'hog', 'untrained', 'start'] as const;
export type BaselineName = (typeof baselineNames)[number];
/** Names of the baselines that need no network. */
export const freeNames = ['pixels', 'whitened', 'hog'] as const satisfies readonly BaselineName[];
export type FreeName = (typeof freeNames)[number];

/** The best of the baselines that need no network. */
export function bestFree(baselines: Baselines): { name: FreeName; value: number } {
  return freeNames
    .map((name) => ({ name, value: baselines[name] }))
    .reduce((best, one) => (one.value > best.value ? one : best));
}
