/** Computes a graph on TensorFlow.js node by node; what nothing reads any more is freed at once. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Graph, Node, Tensor as Symbol } from '../graph.ts';
import { operations } from './operations.ts';
import type { Tf } from './operations.ts';

interface Named {
  name: string;
}

export class TfProgram {
  readonly #tf: Tf;
  readonly #nodes: readonly Node[];
  readonly #outputs: ReadonlyMap<string, Symbol>;
  /** The values that are freed after each node. */
  readonly #dying: readonly (readonly Symbol[])[];
  readonly #constants = new Map<Symbol, Tensor>();

  constructor(tf: Tf, graph: Graph, outputs: ReadonlyMap<string, Symbol>) {
    this.#tf = tf;
    this.#outputs = outputs;
    const needed = new Set<Node>();
    const stack = [...outputs.values()].map((t) => t.node);
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (needed.has(node)) continue;
      needed.add(node);
      stack.push(...node.inputs.map((t) => t.node));
    }
    this.#nodes = graph.nodes.filter((node) => needed.has(node));
    const lastUse = new Map<Symbol, number>();
    this.#nodes.forEach((node, i) => [...node.inputs, ...node.outputs].forEach((t) => lastUse.set(t, i)));
    const kept = new Set(outputs.values());
    this.#dying = this.#nodes.map((node, i) =>
      [...new Set([...node.inputs, ...node.outputs])].filter(
        (t) => lastUse.get(t) === i && !kept.has(t) && !isGiven(t.node),
      ),
    );
    for (const node of this.#nodes)
      if (node.op.name === 'constant') {
        const { data, shape } = node.attributes as { data: Float32Array; shape: readonly number[] };
        this.#constants.set(node.outputs[0]!, tf.keep(tf.tensor(data, [...shape], 'float32')));
      } else if (node.op.name !== 'input' && !operations[node.op.name])
        throw new Error(`TensorFlow has no ${node.op.name} here`);
  }

  /** The outputs by name, each a tensor of the caller's. `feeds` stay the caller's too. */
  run(feeds: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const tf = this.#tf;
    const values = new Map<Symbol, Tensor>(this.#constants);
    this.#nodes.forEach((node, i) => {
      if (node.op.name === 'input') values.set(node.outputs[0]!, feeds.get((node.attributes as Named).name)!);
      else if (node.op.name !== 'constant') {
        const inputs = node.inputs.map((t) => values.get(t)!);
        const shapes = node.outputs.map((t) => t.shape);
        // what an operation makes on its way is freed; its results stay
        const results = tf.tidy(() =>
          [operations[node.op.name]!({ tf, inputs, attributes: node.attributes as never, shapes })].flat(),
        ) as Tensor[];
        node.outputs.forEach((t, at) => values.set(t, tf.keep(results[at]!)));
      }
      for (const t of this.#dying[i]!) values.get(t)?.dispose();
    });
    const given = new Set([...feeds.values(), ...this.#constants.values()]);
    const handed = new Set<Tensor>();
    return new Map(
      [...this.#outputs].map(([name, t]) => {
        const value = values.get(t)!;
        const own = given.has(value) || handed.has(value) ? tf.keep(tf.clone(value)) : value;
        handed.add(value);
        return [name, own];
      }),
    );
  }

  close(): void {
    for (const tensor of this.#constants.values()) tensor.dispose();
  }
}

const isGiven = (node: Node): boolean => node.op.name === 'input' || node.op.name === 'constant';
