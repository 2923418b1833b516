/**
 * A graph of layer-level operations on float32 tensors of static shape. Building it computes nothing: gradients
 * are added to it as further operations (gradient.ts), and it becomes ONNX bytes (onnx/lowering.ts) that a session
 * runs. What an operation is (shape rule, gradient rule, lowering) stands in its own file under ops/.
 */
import type { Value } from './onnx/emitter.ts';
import type { OnnxLowering } from './onnx/lowering.ts';

export type Shape = readonly number[];

export interface Tensor {
  readonly graph: Graph;
  /** Position in order of creation. */
  readonly id: number;
  readonly shape: Shape;
  readonly node: Node;
}

export interface Node<A = unknown> {
  readonly op: Op<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly outputs: readonly Tensor[];
}

export interface Op<A> {
  readonly name: string;
  /** Shapes of the outputs. @throws ShapeError */
  shapes(inputs: readonly Shape[], attributes: A): readonly Shape[];
  /**
   * Gradients of the inputs given those of the outputs (undefined where an output does not reach the loss), as new
   * nodes of the graph. `needed` says which inputs want one. Absent when nothing flows back.
   */
  gradient?(
    node: Node<A>,
    outputGradients: readonly (Tensor | undefined)[],
    needed: readonly boolean[],
  ): readonly (Tensor | undefined)[];
  /** Emits the ONNX nodes that compute the outputs. */
  lower(node: Node<A>, lowering: OnnxLowering): void;
  /** Emits nodes that compute the first output once more, in the layout it has, where that is cheaper than to keep it. */
  lowerAgain?(node: Node<A>, lowering: OnnxLowering): Value | undefined;
}

interface InputAttributes {
  name: string;
  shape: Shape;
}

const inputOp: Op<InputAttributes> = {
  name: 'input',
  shapes: (_inputs, { shape }) => [shape],
  lower: (node, lowering) => lowering.input(node.outputs[0]!, node.attributes.name),
};

interface ConstantAttributes {
  data: Float32Array;
  shape: Shape;
}

const constantOp: Op<ConstantAttributes> = {
  name: 'constant',
  shapes: (_inputs, { shape }) => [shape],
  lower: (node, lowering) =>
    lowering.set(node.outputs[0]!, lowering.floats(node.attributes.data, node.attributes.shape)),
};

export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs = new Map<string, Tensor>();
  #created = 0;

  /** A tensor fed at every run under this name. */
  input(name: string, shape: Shape): Tensor {
    if (this.inputs.has(name)) throw new Error(`the graph already has an input ${name}`);
    const [tensor] = this.apply(inputOp, [], { name, shape });
    this.inputs.set(name, tensor!);
    return tensor!;
  }

  /** A constant of the graph; a number is a scalar of shape []. */
  constant(value: number | Float32Array, shape: Shape = []): Tensor {
    const data = typeof value === 'number' ? new Float32Array(elements(shape)).fill(value) : value;
    return this.apply(constantOp, [], { data, shape })[0]!;
  }

  /** Adds a node. @throws ShapeError when the operation cannot take these inputs. */
  apply<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): readonly Tensor[] {
    const outputs: Tensor[] = [];
    const node: Node<A> = { op, inputs, attributes, outputs };
    for (const shape of op.shapes(
      inputs.map((t) => t.shape),
      attributes,
    ))
      outputs.push({ graph: this, id: this.#created++, shape, node: node as Node });
    this.nodes.push(node as Node);
    return outputs;
  }
}

/** Adds a node of one output to the graph of its first input. */
export const apply = <A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor =>
  inputs[0]!.graph.apply(op, inputs, attributes)[0]!;

export const elements = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);
