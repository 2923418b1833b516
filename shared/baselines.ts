/**
 * What a run has to beat to be worth having: figures of its probe photos from features that need no training, of the
 * network before its first step, and of the weights that it begins with. Measured once, before the first row, by the
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
  /** Edges and colours by place, centred and whitened; runs made before it was measured have none. */
  edges: share.optional(),
  /** A network of this shape with random weights. */
  untrained: share,
  /** The weights that the run begins with: the untrained network's own figure where they are random. */
  start: share,
});
export type Baselines = z.infer<typeof Baselines>;

export const baselineNames = ['pixels', 'whitened', 'hog', 'edges', 'untrained', 'start'] as const;
export type BaselineName = (typeof baselineNames)[number];
/** Names of the baselines that need no network. */
export const freeNames = ['pixels', 'whitened', 'hog', 'edges'] as const satisfies readonly BaselineName[];
export type FreeName = (typeof freeNames)[number];

/** The best of the baselines that need no network. */
export const bestFree = (baselines: Baselines): Best<FreeName> => bestOf(freeNames, baselines);

/** The best of all baselines: what a run has to beat. */
export const bestBaseline = (baselines: Baselines): Best<BaselineName> => bestOf(baselineNames, baselines);

interface Best<Name> {
  name: Name;
  value: number;
}

/** Of equals the first. The first name is measured in every version. */
function bestOf<Name extends BaselineName>(names: readonly [Name, ...Name[]], baselines: Baselines): Best<Name> {
  const valueOf = (name: Name) => baselines[name] ?? 0;
  const name = names.reduce<Name>((best, one) => (valueOf(one) > valueOf(best) ? one : best), names[0]);
  return { name, value: valueOf(name) };
}
