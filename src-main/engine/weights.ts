/**
 * The state a run begins with: drawn by the seed, or the backbone taken from given weights of a ResNet.
 */
import type { RunConfig } from '../../shared/config.ts';
import { formatShape, WeightsError } from './errors.ts';
import { sameShape } from './graph.ts';
import { MOVING_AVERAGE } from './methods/simsiam.ts';
import { initialTensor } from './state.ts';
import type { State, TensorData } from './state.ts';
import { trainingGraph } from './training-graph.ts';

/** All named state at step 0: a function of the configuration, its seed and the number of photos trained on. */
export function initialState(config: RunConfig, images?: number): State {
  return new Map(
    trainingGraph(config, { images }).entries.map((entry) => [entry.name, initialTensor(entry, config.seed)]),
  );
}

/** Lets what the state keeps for each photo begin anew for `images` of them, when other photos are trained on than before. */
export function forgetPhotos(state: State, images: number): void {
  const kept = state.get(MOVING_AVERAGE);
  if (!kept) return;
  const d = kept.shape[1]!;
  state.set(MOVING_AVERAGE, { shape: [images, d], data: new Float32Array(images * d) });
}

const BACKBONE = 'backbone.';
/** Not part of a backbone: the classifier, and a counter that nothing here uses. */
const IGNORED = /^(fc|head|classifier)\.|\.num_batches_tracked$/;

export interface Loaded {
  /** Names in the state that were replaced. */
  loaded: string[];
  /** Names of the backbone that the given weights lack, left as they were. */
  missing: string[];
  /** Given names that the backbone does not have. */
  unexpected: string[];
}

/**
 * Replaces the backbone in `state` by given weights named as in torchvision or timm (conv1.weight, layer1.0.bn1.bias,
 * ...), with or without the classifier, or by an earlier run's ('backbone.' in front).
 * @throws WeightsError when a tensor has another shape, or none of the names belongs to this backbone.
 */
export function loadBackbone(state: State, tensors: ReadonlyMap<string, TensorData>): Loaded {
  const result: Loaded = { loaded: [], missing: [], unexpected: [] };
  const prefixed = [...tensors.keys()].some((name) => name.startsWith(BACKBONE));
  for (const [given, tensor] of tensors) {
    if (prefixed && !given.startsWith(BACKBONE)) continue;
    const name = prefixed ? given : BACKBONE + given;
    if (IGNORED.test(name.slice(BACKBONE.length))) continue;
    const own = state.get(name);
    if (!own) {
      result.unexpected.push(given);
      continue;
    }
    if (!sameShape(own.shape, tensor.shape))
      throw new WeightsError(
        given,
        `${given} has shape ${formatShape(tensor.shape)} in the given weights and ${formatShape(own.shape)} in this backbone: set backbone.name, width and stem to those of the weights`,
      );
    result.loaded.push(name);
  }
  for (const name of state.keys())
    if (name.startsWith(BACKBONE) && !result.loaded.includes(name)) result.missing.push(name);
  if (result.loaded.length === 0)
    throw new WeightsError(
      '',
      'none of the given tensors is named as in torchvision or timm ResNets (conv1.weight, layer1.0.conv1.weight, ...): give such a file',
    );
  for (const name of result.loaded) {
    const tensor = tensors.get(prefixed ? name : name.slice(BACKBONE.length))!;
    state.set(name, { shape: [...tensor.shape], data: tensor.data.slice() });
  }
  return result;
}
