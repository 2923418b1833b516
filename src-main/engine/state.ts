/**
 * Named state: what goes into a training step and comes out of it, and what a checkpoint holds. Parameters and
 * running statistics carry PyTorch's names under 'backbone.', 'projector.' and 'predictor.'; momenta are
 * 'momentum.<parameter>'; what a method carries is 'method.<...>'.
 */
import { elements, sameShape } from './graph.ts';
import type { Shape } from './graph.ts';
import { formatShape, StateError } from './errors.ts';
import { normal, uniform } from './random.ts';

export interface TensorData {
  shape: number[];
  data: Float32Array;
}

export type State = Map<string, TensorData>;

/** How a tensor begins. */
export type Initial =
  { kind: 'constant'; value: number } | { kind: 'normal'; deviation: number } | { kind: 'uniform'; bound: number };

export interface StateEntry {
  name: string;
  shape: Shape;
  initial: Initial;
  /** Parameters are trained, everything else (statistics, momenta, what a method carries) is replaced by the step. */
  trained: boolean;
}

/** Zeros are left untouched: memory that nobody has written takes no room. */
const constant = (count: number, value: number): Float32Array =>
  value === 0 ? new Float32Array(count) : new Float32Array(count).fill(value);

export function initialTensor(entry: StateEntry, seed: number): TensorData {
  const count = elements(entry.shape);
  const { initial } = entry;
  const data =
    initial.kind === 'constant'
      ? constant(count, initial.value)
      : initial.kind === 'normal'
        ? normal(seed, entry.name, count, initial.deviation)
        : uniform(seed, entry.name, count, initial.bound);
  return { shape: [...entry.shape], data };
}

/** The tensor of this name, checked. @throws StateError when it is missing or has another shape. */
export function tensorOf(state: ReadonlyMap<string, TensorData>, name: string, shape: Shape): TensorData {
  const tensor = state.get(name);
  if (!tensor) throw new StateError(name, `the state has no ${name}: it was saved under another configuration`);
  if (!sameShape(tensor.shape, shape) || tensor.data.length !== elements(shape))
    throw new StateError(
      name,
      `${name} has shape ${formatShape(tensor.shape)} where ${formatShape(shape)} is needed: set the backbone and heads it was trained with`,
    );
  return tensor;
}
