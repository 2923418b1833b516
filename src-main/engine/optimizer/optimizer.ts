/**
 * What an optimizer is to a training step, and the step's part that it makes. An optimizer keeps tensors beside each
 * parameter, its slots ('optimizer.<slot>.<parameter>'), and numbers of the run ('optimizer.<number>'); all begin at
 * zero. Which gradient a parameter has, and at what rate it learns, is the caller's.
 */
import type { Graph, Shape, Tensor } from '../graph.ts';
import { concat, mul, split, sub } from '../ops/index.ts';
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
  /**
   * The slots and the parameter after a step, by the numbers after it; without a parameter it goes along its first slot:
   * p' = p - lr v'.
   */
  update(given: Given, numbers: readonly Tensor[]): { parameter?: Tensor; slots: readonly Tensor[] };
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

/** A parameter that is to go along a slot at a rate, once the step has left it (moves.ts). */
export interface Move {
  parameter: string;
  slot: string;
  learningRate: Tensor;
}

const PREFIX = 'optimizer.';
export const slotName = (slot: string, parameter: string): string => `${PREFIX}${slot}.${parameter}`;

/** A parameter by its name, and the scalar of the graph that is its rate. */
export interface Learning {
  name: string;
  tensor: Tensor;
  learningRate: Tensor;
}

export class OptimizerStep {
  /** What the optimizer keeps, in order of first use. */
  readonly entries: StateEntry[] = [];
  /** Parameters whose move is left to who takes the step; none unless they are left. */
  readonly moves: Move[] = [];
  readonly #graph: Graph;
  readonly #optimizer: Optimizer;
  readonly #numbers: ReadonlyMap<string, Tensor>;
  readonly #leavesMoves: boolean;

  /** @param leavesMoves parameters that go along a slot are told in `moves` and not updated */
  constructor(graph: Graph, settings: OptimizerSettings, leavesMoves = false) {
    this.#graph = graph;
    this.#leavesMoves = leavesMoves;
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

  /**
   * Parameters, unless their moves are left, and their slots after the step, by their names. Several, which are to be
   * vectors that learn at one rate, are put together and updated as one: a few operations in place of as many for each.
   */
  update(parameters: readonly Learning[], gradient: Tensor): Map<string, Tensor> {
    const sizes = parameters.map(({ tensor }) => tensor.shape[0]!);
    const names = [
      parameters.map(({ name }) => name),
      ...this.#optimizer.slots.map((slot) => parameters.map(({ name }) => slotName(slot, name))),
    ];
    const slots = names
      .slice(1)
      .map((own) => concat(own.map((name, i) => this.#kept(name, parameters[i]!.tensor.shape))));
    const parameter = concat(parameters.map(({ tensor }) => tensor));
    const { learningRate } = parameters[0]!;
    const next = this.#optimizer.update({ parameter, gradient, slots, learningRate }, [...this.#numbers.values()]);
    const parts = (tensor: Tensor, at: number) =>
      split(tensor, sizes).map((part, i) => [names[at]![i]!, part] as const);
    const kept = next.slots.flatMap((slot, i) => parts(slot, i + 1));
    if (next.parameter) return new Map([...parts(next.parameter, 0), ...kept]);
    if (!this.#leavesMoves) return new Map([...parts(sub(parameter, mul(next.slots[0]!, learningRate)), 0), ...kept]);
    for (const [i, name] of names[0]!.entries())
      this.moves.push({ parameter: name, slot: names[1]![i]!, learningRate });
    return new Map(kept);
  }

  #kept(name: string, shape: Shape): Tensor {
    this.entries.push({ name, shape, initial: { kind: 'constant', value: 0 }, role: 'slot' });
    return this.#graph.input(name, shape);
  }
}
