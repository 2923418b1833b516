/**
 * A graph of layer-level operations on float32 tensors of static shape. Building it computes nothing: gradients
 * are added to it as further operations (gradient.ts), and it becomes ONNX bytes (onnx/lowering.ts) that a session
 * runs. What an operation is (shape rule, gradient rule, lowering) stands in its own file under ops/.
 */
import type { AttributeValue } from './onnx/schema.ts';

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
  lower(node: Node<A>, lowering: Lowering): void;
  /** Emits nodes that compute the first output once more, in the layout it has, where that is cheaper than to keep it. */
  lowerAgain?(node: Node<A>, lowering: Lowering): string | undefined;
}

/**
 * Physical layout of a tensor: as its shape says, or, for images [N, C, H, W], their pixels outermost: [H, W, N, C], or
 * their channels innermost: [N, H, W, C].
 */
export type Layout = 'plain' | 'pixels' | 'channelsLast';

/** The axes of an image's shape in the order that a layout keeps them in. */
const AXES: Readonly<Record<Layout, readonly [number, number, number, number]>> = {
  plain: [0, 1, 2, 3],
  pixels: [2, 3, 0, 1],
  channelsLast: [0, 2, 3, 1],
};

/** The shape [N, C, H, W] of an image as a layout keeps it; other shapes as they are. */
export const arranged = (shape: Shape, layout: Layout): number[] =>
  shape.length === 4 ? AXES[layout].map((axis) => shape[axis]!) : [...shape];

/** The permutation that takes an image from one layout to another. */
export const rearrangement = (from: Layout, to: Layout): number[] => AXES[to].map((axis) => AXES[from].indexOf(axis));

/** How exactly a value is held: as float32, or as float16 where a step computes in it. */
export type Precision = 'full' | 'half';

/** What an operation emits its ONNX nodes through. */
export interface Lowering {
  /** The layout that operations on images are to compute in. */
  readonly images: Layout;
  /** Channels that the runtime's blocked convolution takes at a time here, or 0 where it has none (channel-block.ts). */
  readonly channelBlock: number;
  /** For a graphics card, whose providers lack some operators and want work in many parts. */
  readonly graphics: boolean;
  /** Precision for convolutions and matrix products, which hold it for the images between them. */
  readonly products: Precision;
  /** The layout a tensor was left in, for operations that compute in either. */
  layout(tensor: Tensor): Layout;
  /** The precision a tensor was left in. */
  precision(tensor: Tensor): Precision;
  /** The ONNX value that holds a tensor in the layout and precision asked for (plain and full unless told), reordered and cast if it must be. */
  value(tensor: Tensor, layout?: Layout, precision?: Precision): string;
  /** The same for the backward pass: where the tensor is cheap to compute from what is kept anyway, it is computed again. */
  again(tensor: Tensor, layout?: Layout): string;
  /** Says which ONNX value holds a tensor, in which layout and precision (plain and full unless told). */
  set(tensor: Tensor, name: string, layout?: Layout, precision?: Precision): void;
  /** A value in another precision. */
  cast(value: string, to: Precision): string;
  /** Emits a node of one output and returns the output's name. */
  emit(opType: string, inputs: readonly string[], attributes?: Record<string, AttributeValue>, domain?: string): string;
  /** Emits a node of `count` outputs. */
  emitAll(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes?: Record<string, AttributeValue>,
    domain?: string,
  ): string[];
  /** Emits once what several operations share, such as a weight in another order. */
  once(key: string, emit: () => string): string;
  /**
   * Leading ones for the shapes of what the backward pass computes for `key`. The runtime plans ahead to hand the
   * memory of a dead tensor on to the next of exactly its shape, and holds it from the first to the last of such a
   * chain: 330 MB more for ResNet-18 at 64 x 32 px. Shapes that differ in their ones break the chains.
   */
  apart(key: string): number[];
  reshape(value: string, shape: Shape): string;
  transpose(value: string, perm: readonly number[]): string;
  /** A constant vector of int64. */
  ints(values: readonly number[]): string;
  scalar(value: number, precision?: Precision): string;
  floats(data: Float32Array, shape: Shape): string;
  /** A constant tensor of whole numbers. */
  constant(data: Int32Array, shape: Shape): string;
  /** Declares a tensor to be fed under this name. */
  input(tensor: Tensor, name: string): void;
  /** Declares an input of bytes of the tensor's shape. */
  bytes(tensor: Tensor, name: string): void;
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
