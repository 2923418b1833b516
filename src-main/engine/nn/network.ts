/**
 * The named tensors of a network while its graph is built. The first call for a name makes an input of the graph and
 * records how the tensor begins; later calls (the second view, the gradient) get the same tensor. In training, batch
 * normalisation hands its updated running statistics back, one view after another; in evaluation it reads them.
 */
import type { Graph, Shape, Tensor } from '../graph.ts';
import type { Initial, StateEntry } from '../state.ts';

export type Mode = 'training' | 'evaluation';

export class Network {
  readonly graph: Graph;
  readonly mode: Mode;
  readonly entries: StateEntry[] = [];
  private readonly tensors = new Map<string, Tensor>();
  private readonly latest = new Map<string, Tensor>();

  constructor(graph: Graph, mode: Mode) {
    this.graph = graph;
    this.mode = mode;
  }

  /** A trained tensor. */
  parameter(name: string, shape: Shape, initial: Initial): Tensor {
    return this.tensor({ name, shape, initial, trained: true });
  }

  /** A tensor that the step replaces: its newest value. */
  buffer(name: string, shape: Shape, initial: Initial): Tensor {
    const tensor = this.tensor({ name, shape, initial, trained: false });
    return this.latest.get(name) ?? tensor;
  }

  /** Replaces a buffer's value for whatever is built from here on, and for the next step. */
  update(name: string, value: Tensor): void {
    this.latest.set(name, value);
  }

  /** The trained tensors, in order of first use. */
  parameters(): { name: string; tensor: Tensor }[] {
    return this.entries.filter((e) => e.trained).map(({ name }) => ({ name, tensor: this.tensors.get(name)! }));
  }

  /** Buffers by name with the value that the step leaves them. */
  updated(): ReadonlyMap<string, Tensor> {
    return this.latest;
  }

  private tensor(entry: StateEntry): Tensor {
    let tensor = this.tensors.get(entry.name);
    if (!tensor) {
      this.tensors.set(entry.name, (tensor = this.graph.input(entry.name, entry.shape)));
      this.entries.push(entry);
    }
    return tensor;
  }
}
