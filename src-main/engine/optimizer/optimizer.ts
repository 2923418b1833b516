/**
 * What an optimizer is to a training step, and the step's part that it makes. An optimizer keeps tensors beside each
 * parameter, its slots ('optimizer.<slot>.<parameter>'), and numbers of the run ('optimizer.<number>'); all begin at
 * zero. Which gradient a parameter has, and at what rate it learns, is the caller's.
 */
import type { Graph, Shape, Tensor } from '../graph.ts';
import type { StateEntry } from '../state.ts';
import { adamw } from './adamw.ts';
import type { AdamSettings } from './adamw.ts';
import { lars } from './lars.ts';
import type { LarsSettings } from './lars.ts';
import { sgd } from './sgd.ts';
import type { SgdSettings } from './sgd.ts';

/** A parameter with what belongs to it, all of one shape; `learningRate` is a scalar of the graph. */
export interface Given {
  parameter: Tensor;
  gradient: Tensor;
  slots: readonly Tensor[];
  learningRate: Tensor;
}

export interface Optimizer {
  slots: readonly string[];
  /** Numbers of the run; none unless told. */
  numbers?: readonly string[];
  /** The numbers after a step. */
  count?(numbers: readonly Tensor[]): readonly Tensor[];
  /** The parameter and its slots after a step, by the numbers after it. */
  update(given: Given, numbers: readonly Tensor[]): { parameter: Tensor; slots: readonly Tensor[] };
}

export type OptimizerSettings =
  (SgdSettings & { name: 'sgd' }) | (LarsSettings & { name: 'lars' }) | (AdamSettings & { name: 'adamw' });

function optimizerOf(settings: OptimizerSettings): Optimizer {
  switch (settings.name) {
    case 'sgd':
      return sgd(settings);
    case 'lars':
      return lars(settings);
    case 'adamw':
      return adamw(settings);
    default:
      return settings satisfies never;
  }
}

const PREFIX = 'optimizer.';
export const slotName = (slot: string, parameter: string): string => `${PREFIX}${slot}.${parameter}`;

/** A parameter by its name, its gradient, and the scalar of the graph that is its rate. */
export interface Learning {
  name: string;
  tensor: Tensor;
  gradient: Tensor;
  learningRate: Tensor;
}

export class OptimizerStep {
  /** What the optimizer keeps, in order of first use. */
  readonly entries: StateEntry[] = [];
  readonly #graph: Graph;
  readonly #optimizer: Optimizer;
  readonly #numbers: ReadonlyMap<string, Tensor>;

  constructor(graph: Graph, settings: OptimizerSettings) {
    this.#graph = graph;
    this.#optimizer = optimizerOf(settings);
    const { numbers = [], count = (same) => same } = this.#optimizer;
    const names = numbers.map((name) => PREFIX + name);
    const counted = count(names.map((name) => this.#kept(name, [])));
    this.#numbers = new Map(names.map((name, i) => [name, counted[i]!]));
  }

  /** The numbers of the run after the step. */
  get numbers(): ReadonlyMap<string, Tensor> {
    return this.#numbers;
  }

  /** A parameter and its slots after the step, by their names. */
  update({ name, tensor, gradient, learningRate }: Learning): Map<string, Tensor> {
    const names = this.#optimizer.slots.map((slot) => slotName(slot, name));
    const slots = names.map((slot) => this.#kept(slot, tensor.shape));
    const given = { parameter: tensor, gradient, slots, learningRate };
    const next = this.#optimizer.update(given, [...this.#numbers.values()]);
    return new Map([[name, next.parameter], ...names.map((slot, i) => [slot, next.slots[i]!] as const)]);
  }

  #kept(name: string, shape: Shape): Tensor {
    this.entries.push({ name, shape, initial: { kind: 'constant', value: 0 }, role: 'slot' });
    return this.#graph.input(name, shape);
  }
}
