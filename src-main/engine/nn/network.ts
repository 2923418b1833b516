/**
 * The named tensors of a network while its graph is built. The first call for a name makes an input of the graph and
 * records how the tensor begins; later calls (the second view, the gradient) get the same tensor. In training, batch
 * normalisation hands its updated running statistics back, one view after another; in evaluation it reads them.
 */
import type { Graph, Shape, Tensor } from '../graph.ts';
import { concat, reshape, slice } from '../ops/index.ts';
import type { Initial, StateEntry } from '../state.ts';
import { blended } from './statistics.ts';
import type { Measured } from './statistics.ts';

export type Mode = 'training' | 'evaluation';

export class Network {
  readonly graph: Graph;
  readonly mode: Mode;
  /** Whether batches computed together follow each other; else sample i of batch b is row i * batches + b. */
  readonly stacked: boolean;
  readonly entries: StateEntry[] = [];
  /** In evaluation, what each normalisation takes, by its name. */
  readonly normalised = new Map<string, Tensor>();
  #count = 1;
  readonly #isFixed: (parameter: string) => boolean;
  readonly #tensors = new Map<string, Tensor>();
  readonly #latest = new Map<string, Tensor>();
  readonly #measured = new Map<string, Measured[]>();

  /** Parameters that are fixed stay as they begin, and are saved with the others. */
  constructor(graph: Graph, mode: Mode, isFixed: (parameter: string) => boolean = () => false, stacked = false) {
    this.stacked = stacked;
    this.graph = graph;
    this.mode = mode;
    this.#isFixed = isFixed;
  }

  /** Batches computed together where this is read. */
  get batches(): number {
    return this.#count;
  }

  /**
   * Applies layers to several batches of N as to one of N * batches, which halves the nodes and the work per
   * weight; batch normalisation alone keeps them apart.
   */
  together(batches: readonly Tensor[], layers: (all: Tensor) => Tensor): Tensor[] {
    const [n, ...rest] = batches[0]!.shape as [number, ...number[]];
    const apart = this.#count;
    this.#count = batches.length;
    if (this.stacked) {
      const all = layers(concat(batches));
      this.#count = apart;
      return batches.map((_, i) => slice(all, 0, i * n, (i + 1) * n));
    }
    const all = layers(
      reshape(
        concat(
          batches.map((x) => reshape(x, [n, 1, ...rest])),
          1,
        ),
        [n * batches.length, ...rest],
      ),
    );
    this.#count = apart;
    const sample = all.shape.slice(1);
    const split = reshape(all, [n, batches.length, ...sample]);
    return batches.map((_, i) => reshape(slice(split, 1, i, i + 1), [n, ...sample]));
  }

  /** A tensor that is trained, unless it is fixed. */
  parameter(name: string, shape: Shape, initial: Initial): Tensor {
    return this.#tensor({ name, shape, initial, role: this.#isFixed(name) ? 'fixed' : 'parameter' });
  }

  /** A tensor that the step replaces: its newest value. */
  buffer(name: string, shape: Shape, initial: Initial): Tensor {
    const tensor = this.#tensor({ name, shape, initial, role: 'buffer' });
    return this.#latest.get(name) ?? tensor;
  }

  /** Replaces a buffer's value for whatever is built from here on, and for the next step. */
  update(name: string, value: Tensor): void {
    this.#latest.set(name, value);
  }

  /** Lets a running statistic [C] follow what batches measured, from the next step on. */
  follow(name: string, shape: Shape, initial: Initial, measured: Measured): void {
    this.#tensor({ name, shape, initial, role: 'buffer' });
    this.#measured.set(name, [...(this.#measured.get(name) ?? []), measured]);
  }

  /** The trained tensors, in order of first use. */
  parameters(): { name: string; tensor: Tensor }[] {
    return this.entries
      .filter((e) => e.role === 'parameter')
      .map(({ name }) => ({ name, tensor: this.#tensors.get(name)! }));
  }

  /** Buffers by name with the value that the step leaves them. */
  updated(): ReadonlyMap<string, Tensor> {
    const running = new Map([...this.#measured.keys()].map((name) => [name, this.#tensors.get(name)!]));
    return new Map([...this.#latest, ...blended(running, this.#measured)]);
  }

  #tensor(entry: StateEntry): Tensor {
    let tensor = this.#tensors.get(entry.name);
    if (!tensor) {
      this.#tensors.set(entry.name, (tensor = this.graph.input(entry.name, entry.shape)));
      this.entries.push(entry);
    }
    return tensor;
  }
}
