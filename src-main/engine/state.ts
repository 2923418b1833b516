/**
 * Named state: what goes into a training step and comes out of it, and what a checkpoint holds. Parameters and
 * running statistics carry PyTorch's names under 'backbone.', 'projector.' and 'predictor.'; what an optimizer keeps for
 * a parameter is 'optimizer.<slot>.<parameter>'; what a method carries is 'method.<...>'.
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
  /**
   * A parameter is trained unless it is fixed; a buffer (statistics, what a method carries) is replaced by the step. A
   * slot is the optimizer's, a scale is loss scaling's: both begin anew where a state lacks them.
   */
  role: 'parameter' | 'fixed' | 'buffer' | 'slot' | 'scale';
}

/** An array of one value. Zeros are not written, as memory that nobody has written takes no room. */
const constant = (count: number, value: number): Float32Array =>
  value === 0 ? new Float32Array(count) : new Float32Array(count).fill(value);

/** What an entry of the state begins with: a function of the seed and its name alone, so that no order of drawing matters. */
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

/** Checkpoints of the first release call SGD's and LARS's momentum so. */
const FIRST_MOMENTUM = 'momentum.';

/** A state under today's names. */
const renamed = (state: ReadonlyMap<string, TensorData>): State =>
  new Map([...state].map(([name, tensor]) => [name.startsWith(FIRST_MOMENTUM) ? `optimizer.${name}` : name, tensor]));

/** A state with what it lacks as that begins; the tensors that it has are its own. @throws StateError */
export const wholeState = (entries: readonly StateEntry[], state: ReadonlyMap<string, TensorData>): State =>
  new Map(Array.from(tensorsFor(entries, state), ([{ name }, tensor]) => [name, tensor]));

/** The tensors of `entries` in `state`, each as it begins where it may be missing. @throws StateError */
export function tensorsFor(
  entries: readonly StateEntry[],
  state: ReadonlyMap<string, TensorData>,
): Map<StateEntry, TensorData> {
  const current = renamed(state);
  return new Map(
    entries.map((entry) => {
      const begins = (entry.role === 'slot' || entry.role === 'scale') && !current.has(entry.name);
      return [entry, begins ? initialTensor(entry, 0) : tensorOf(current, entry.name, entry.shape)];
    }),
  );
}
