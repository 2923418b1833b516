/**
 * The state a run begins with: drawn by the seed, or the backbone taken from given weights of a ResNet.
 */
import { fitWeights, spreadStem } from '../../shared/givenWeights.ts';
import type { Fit } from '../../shared/givenWeights.ts';
import type { RunConfig } from '../../shared/config.ts';
import { perPhoto } from '../../shared/methods/index.ts';
import { initialTensor } from './state.ts';
import type { State, StateEntry, TensorData } from './state.ts';
import { trainingGraph } from './training-graph.ts';

/** All named state at step 0: a function of the configuration, its seed and the number of photos trained on. */
export function initialState(config: RunConfig, images?: number): State {
  return new Map(
    trainingGraph(config, { images }).entries.map((entry) => [entry.name, initialTensor(entry, config.seed)]),
  );
}

/** Every tensor of the state of `config`, with as many photos trained on. */
export const trainingEntries = (config: RunConfig, images?: number): StateEntry[] =>
  trainingGraph(config, { images }).entries;

/** Number of photos that the state keeps something for; undefined where its method keeps nothing for each. */
export const photosOf = (config: RunConfig, state: State): number | undefined =>
  state.get(perPhoto(config)[0] ?? '')?.shape[0];

/** Lets what the state keeps for each photo begin anew for `images` of them, when other photos are trained on than before. */
export function forgetPhotos(config: RunConfig, state: State, images: number): void {
  const kept = perPhoto(config);
  if (kept.length === 0) return;
  for (const entry of trainingGraph(config, { images }).entries)
    if (kept.includes(entry.name)) state.set(entry.name, initialTensor(entry, config.seed));
}

const BACKBONE = 'backbone.';

/** Replaces the backbone in `state` by given weights (fitWeights). @throws WeightsError when they do not fit. */
export function loadBackbone(state: State, tensors: ReadonlyMap<string, TensorData>): Fit {
  const shapesOf = (of: ReadonlyMap<string, TensorData>) => [...of].map(([name, { shape }]) => [name, shape] as const);
  const own = shapesOf(state).filter(([name]) => name.startsWith(BACKBONE));
  const fit = fitWeights(
    new Map(shapesOf(tensors)),
    new Map(own.map(([name, shape]) => [name.slice(BACKBONE.length), shape])),
  );
  for (const [name, given] of fit.loaded) {
    const { shape, data } = tensors.get(given)!;
    const [, channels] = state.get(BACKBONE + name)!.shape;
    state.set(
      BACKBONE + name,
      shape.length === 4 && shape[1] !== channels
        ? { shape: shape.with(1, channels!), data: spreadStem(data, shape, channels!) }
        : { shape: [...shape], data: data.slice() },
    );
  }
  return fit;
}
