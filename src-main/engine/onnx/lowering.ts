/**
 * Turns a graph into an ONNX model. Operations emit their nodes through the Lowering; this file knows none of them.
 *
 * A tensor has up to two physical layouts: 'plain' ([N, C, H, W] as the graph says) and that of the option `images`
 * (layouts/index.ts). An operation asks for an input in the layout it computes in, `value(tensor, 'pixels')`, and says
 * in which it leaves its output, `set(tensor, name, 'pixels')`; what is missing is transposed once and kept. Without the
 * option everything is plain. In the same way a tensor is held as float32 or, with the option `half`, as float16, and
 * what is missing is cast once and kept.
 */
import { elements } from '../graph.ts';
import type { Node, Shape, Tensor } from '../graph.ts';
import { broadcastShape } from '../ops/broadcast.ts';
import { Emitter } from './emitter.ts';
import type { Precision, Value } from './emitter.ts';
import { layouts, rearrangement } from './layouts/index.ts';
import type { Layout } from './layouts/index.ts';
import type { ImageLayout } from './layouts/layout.ts';
import { placeLeaves } from './order.ts';
import { elementType, encodeModel } from './schema.ts';
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './schema.ts';
import { middleSum, productDependsOnThreads, sumDependsOnThreads } from './threads.ts';

export interface LoweringOptions {
  /** The layout of images between operations; 'plain' unless told. */
  images?: Layout;
  /** Channels that the runtime's blocked convolution takes at a time; 0 unless told, which leaves it out. */
  channelBlock?: number;
  /** Whether the model is for a graphics card; false unless told. */
  graphics?: boolean;
  /** Whether convolutions and matrix products are in float16; false unless told. */
  half?: boolean;
  /** Inputs that become constants of the model. */
  constants?: ReadonlyMap<string, Float32Array>;
  /**
   * Whether the model is for other programs: nodes in topological order, which ONNX asks for and this runtime does not.
   */
  interchange?: boolean;
  /** Name of a dynamic first dimension of the inputs that are fed, and of the outputs. */
  dynamicBatch?: string;
  metadata?: Readonly<Record<string, string>>;
}

/** A model that knows its values, by name. */
export interface Program extends OnnxModel {
  initializers: readonly OnnxInitializer[];
  values: ReadonlyMap<string, Value>;
}

/** A value that holds a tensor. */
interface Form {
  layout: Layout;
  precision: Precision;
  value: Value;
}

/** Leading ones of a shape at most (apart): enough to tell the layers of a stage from each other. */
const MOST_LEADING_ONES = 8;

export class OnnxLowering extends Emitter {
  /** How operations on images compute. */
  readonly images: ImageLayout;
  /** Channels that the runtime's blocked convolution takes at a time here, or 0 where it has none (channel-block.ts). */
  readonly channelBlock: number;
  /** Whether the model is for a graphics card, whose providers lack some operators and want work in many parts. */
  readonly graphics: boolean;
  /** Precision for convolutions and matrix products, which hold it for the images between them. */
  readonly products: Precision;
  /** The name of `images`. */
  readonly imageLayout: Layout;
  readonly #options: LoweringOptions;
  /** What holds a tensor, what its operation left first. */
  readonly #held = new Map<Tensor, Form[]>();
  readonly #leads = new Map<string, number>();

  constructor(options: LoweringOptions = {}) {
    super();
    this.#options = options;
    this.imageLayout = options.images ?? 'plain';
    this.images = layouts[this.imageLayout];
    this.channelBlock = options.channelBlock ?? 0;
    this.graphics = options.graphics ?? false;
    this.products = options.half ? 'half' : 'full';
  }

  /** The layout a tensor was left in, for operations that compute in either. */
  layout(tensor: Tensor): Layout {
    return this.#forms(tensor).some((form) => form.layout === this.imageLayout) ? this.imageLayout : 'plain';
  }

  /** The precision a tensor was left in. */
  precision(tensor: Tensor): Precision {
    return this.#forms(tensor)[0]?.precision ?? 'full';
  }

  /** What holds a tensor in the layout and precision asked for (plain and full unless told), reordered and cast if it must be. */
  value(tensor: Tensor, layout: Layout = 'plain', precision: Precision = 'full'): Value {
    const forms = this.#forms(tensor);
    const found = forms.find((form) => form.layout === layout && form.precision === precision);
    if (found) return found.value;
    const [source] = [...forms].sort((a, b) => Number(b.layout === layout) - Number(a.layout === layout));
    if (!source) throw new Error(`${tensor.node.op.name} has not been lowered before its use`);
    const cast = (value: Value) => (source.precision === precision ? value : this.cast(value, precision));
    const reordered = (value: Value) =>
      source.layout === layout ? value : this.transpose(value, rearrangement(source.layout, layout));
    const value = precision === 'half' ? reordered(cast(source.value)) : cast(reordered(source.value)); // moved as float16 where it can be
    forms.push({ layout, precision, value });
    return value;
  }

  /**
   * As `value`, for the backward pass: where the tensor is cheap to compute from what is kept anyway, it is computed
   * again.
   */
  again(tensor: Tensor, layout: Layout = 'plain'): Value {
    if (!this.images.recomputes || this.layout(tensor) !== layout || !tensor.node.op.lowerAgain)
      return this.value(tensor, layout);
    return this.once(
      `again ${tensor.id}`,
      () => tensor.node.op.lowerAgain!(tensor.node, this) ?? this.value(tensor, layout),
    );
  }

  /**
   * Leading ones for the shapes of what the backward pass computes for `key`. The runtime plans ahead to hand the
   * memory of a dead tensor on to the next of exactly its shape, and holds it from the first to the last of such a
   * chain: 330 MB more for ResNet-18 at 64 x 32 px. Shapes that differ in their ones break the chains.
   */
  apart(key: string): number[] {
    if (!this.images.apart) return []; // a device divides for every axis, in every element
    let count = this.#leads.get(key);
    if (count === undefined) this.#leads.set(key, (count = 1 + (this.#leads.size % MOST_LEADING_ONES)));
    return new Array<number>(count).fill(1);
  }

  /** As the emitter's; where its bits would depend on the number of threads (threads.ts), `a` is given transposed. */
  override matMul(a: Value, b: Value): Value {
    const [rows, inner] = a.shape.slice(-2) as [number, number];
    const columns = b.shape.at(-1)!;
    const flat = b.shape.length === 2; // then all rows of `a` are of one product
    const before = elements(a.shape.slice(0, -2));
    const batch = flat ? 1 : Math.max(before, elements(b.shape.slice(0, -2)));
    const product = { batch, rows: flat ? before * rows : rows, columns, inner };
    const isPacked = flat && this.initializers.has(b.name); // a constant is kept in pieces of one length
    if (!this.images.anyThreads || isPacked || !productDependsOnThreads(product)) return super.matMul(a, b);
    const whole = flat ? this.reshape(a, [product.rows, inner]) : a;
    const shape = [...broadcastShape('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
    const made = flat ? [product.rows, columns] : shape;
    const by = this.emit('FusedMatMul', [this.#turned(whole), b], made, { transA: 1 }, { domain: 'com.microsoft' });
    return this.reshape(by, shape);
  }

  /** Likewise. */
  override gemm(operands: readonly Value[], attributes: { transA?: number; transB?: number } = {}): Value {
    const [a, b, ...plus] = operands as [Value, Value, ...Value[]];
    const [rows, inner] = a.shape as [number, number];
    const columns = b.shape[attributes.transB ? 0 : 1]!;
    const product = { batch: 1, rows, columns, inner };
    return this.images.anyThreads && !attributes.transA && productDependsOnThreads(product)
      ? super.gemm([this.#turned(a), b, ...plus], { ...attributes, transA: 1 })
      : super.gemm(operands, attributes);
  }

  /** A value with its last two axes exchanged, behind a view that keeps the runtime from taking that back in a product. */
  #turned(value: Value): Value {
    return this.once(`turned ${value.name}`, () => {
      const shape = [1, ...value.shape];
      const rank = shape.length;
      const [rows, columns] = shape.slice(-2) as [number, number];
      const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
      return this.reshape(this.transpose(this.reshape(value, shape), perm), [
        ...value.shape.slice(0, -2),
        columns,
        rows,
      ]);
    });
  }

  /** As the emitter's; a sum whose bits would depend on the number of threads is a product with ones in any case. */
  override reduce(opType: string, x: Value, axes?: readonly number[], keepDims = false): Value {
    const isMean = opType === 'ReduceMean';
    const sum = this.images.anyThreads && axes && (isMean || opType === 'ReduceSum') && middleSum(x.shape, axes);
    if (!sum || !sumDependsOnThreads(sum)) return super.reduce(opType, x, axes, keepDims);
    const [before, summed, behind] = sum;
    const share = isMean ? 1 / summed : 1;
    const ones = this.once(`ones ${summed} ${share}`, () =>
      this.floats(new Float32Array(summed).fill(share), [1, summed]),
    );
    const isReduced = (axis: number) => axes.includes(axis) || axes.includes(axis - x.shape.length);
    const left = x.shape.map((n, axis) => (isReduced(axis) ? 1 : n));
    const total = this.matMul(ones, this.reshape(x, [before, summed, behind]));
    return this.reshape(total, keepDims ? left : left.filter((_, axis) => !isReduced(axis)));
  }

  /** Says what holds a tensor, in which layout and precision (plain and full unless told). */
  set(tensor: Tensor, value: Value, layout: Layout = 'plain', precision: Precision = 'full'): void {
    this.#forms(tensor).push({ layout, precision, value });
  }

  #forms(tensor: Tensor): Form[] {
    let forms = this.#held.get(tensor);
    if (!forms) this.#held.set(tensor, (forms = []));
    return forms;
  }

  /** Declares a tensor to be fed under this name. */
  input(tensor: Tensor, name: string): void {
    const constant = this.#options.constants?.get(name);
    if (constant && constant.length !== elements(tensor.shape))
      throw new Error(`constant ${name} has ${constant.length} elements, not ${elements(tensor.shape)}`);
    const value = constant
      ? this.initializer(name, elementType.float, tensor.shape, constant)
      : this.#fed(tensor, name, elementType.float);
    this.set(tensor, value);
  }

  /** Declares an input of bytes of the tensor's shape. */
  bytes(tensor: Tensor, name: string): Value {
    return this.#fed(tensor, name, elementType.uint8);
  }

  #fed({ shape }: Tensor, name: string, type: number): Value {
    this.inputs.push({ name, shape: this.#outerShape(shape), type });
    return this.known(name, shape, type);
  }

  /**
   * The model that computes `outputs` by name. Where one output does not depend on another, the runtime computes
   * them in the order given here: name first what lets large tensors die early.
   */
  program(name: string, outputs: ReadonlyMap<string, Tensor>): Program {
    const needed = ancestors([...outputs.values()]);
    const graph = [...outputs.values()][0]!.graph;
    for (const node of graph.nodes) if (needed.has(node)) node.op.lower(node, this);
    const named: OnnxValue[] = [];
    const leaves: OnnxNode[] = [];
    for (const [output, tensor] of outputs) {
      const value = this.value(tensor);
      leaves.push({ opType: 'Identity', inputs: [value.name], outputs: [output], attributes: {} });
      named.push({ name: output, shape: this.#outerShape(tensor.shape) });
      this.known(output, value.shape, value.type);
    }
    return {
      name,
      nodes: placeLeaves(this.nodes, leaves, this.#options.interchange ?? false),
      initializers: [...this.initializers.values()],
      inputs: this.inputs,
      outputs: named,
      metadata: this.#options.metadata ?? {},
      values: this.values,
    };
  }

  /** That model as the bytes of an .onnx file. */
  model(name: string, outputs: ReadonlyMap<string, Tensor>): Uint8Array {
    return encodeModel(this.program(name, outputs));
  }

  #outerShape(shape: Shape): (number | string)[] {
    const batch = this.#options.dynamicBatch;
    return batch !== undefined && shape.length > 0 ? [batch, ...shape.slice(1)] : [...shape];
  }
}

function ancestors(tensors: readonly Tensor[]): Set<Node> {
  const found = new Set<Node>();
  const stack = tensors.map((t) => t.node);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) stack.push(input.node);
  }
  return found;
}
