/**
 * Turns a graph into an ONNX model. Operations emit their nodes through the Lowering; this file knows none of them.
 *
 * A tensor has up to two physical layouts: 'plain' (NCHW as the graph says) and that of the option `images`: 'pixels'
 * ([H, W, N, C], in which a training step on CPU is made of matrix products: convolution.ts) or 'channelsLast'
 * ([N, H, W, C], in which WebGPU's kernels compute: channels-last.ts). An operation asks for an input in the layout it
 * computes in, `value(tensor, 'pixels')`, and says in which it leaves its output, `set(tensor, name, 'pixels')`;
 * what is missing is transposed once and kept. Without the option everything is plain. In the same way a
 * tensor is held as float32 or, with the option `half`, as float16, and what is missing is cast once and kept.
 */
import { elements, rearrangement } from '../graph.ts';
import type { Layout, Lowering, Node, Precision, Shape, Tensor } from '../graph.ts';
import { elementType, encodeModel } from './schema.ts';
import type { AttributeValue, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './schema.ts';

export interface LoweringOptions {
  /** The layout of images between operations; 'plain' unless told. */
  images?: Layout;
  /** Channels that the runtime's blocked convolution takes at a time; 0 unless told, which leaves it out. */
  channelBlock?: number;
  /** For a graphics card; false unless told. */
  graphics?: boolean;
  /** Convolutions and matrix products in float16; false unless told. */
  half?: boolean;
  /** Inputs that become constants of the model. */
  constants?: ReadonlyMap<string, Float32Array>;
  /** For other programs to read: nodes in topological order, which ONNX asks for and this runtime does not. */
  interchange?: boolean;
  /** Name of a dynamic first dimension of the inputs that are fed, and of the outputs. */
  dynamicBatch?: string;
  metadata?: Readonly<Record<string, string>>;
}

interface Form {
  layout: Layout;
  precision: Precision;
  name: string;
}

/** Enough to tell apart what is computed for the layers of a stage. */
const MOST_LEADING_ONES = 8;

export class OnnxLowering implements Lowering {
  readonly images: Layout;
  readonly channelBlock: number;
  readonly graphics: boolean;
  readonly products: Precision;
  readonly #options: LoweringOptions;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #inputs: OnnxValue[] = [];
  /** The values that hold a tensor, the one that its operation left first. */
  readonly #held = new Map<Tensor, Form[]>();
  readonly #shared = new Map<string, string>();
  /** What a reshaped value was made of. */
  readonly #sources = new Map<string, string>();
  readonly #leads = new Map<string, number>();
  #named = 0;

  constructor(options: LoweringOptions = {}) {
    this.#options = options;
    this.images = options.images ?? 'plain';
    this.channelBlock = options.channelBlock ?? 0;
    this.graphics = options.graphics ?? false;
    this.products = options.half ? 'half' : 'full';
  }

  layout(tensor: Tensor): Layout {
    return this.#forms(tensor).some((form) => form.layout === this.images) ? this.images : 'plain';
  }

  precision(tensor: Tensor): Precision {
    return this.#forms(tensor)[0]?.precision ?? 'full';
  }

  value(tensor: Tensor, layout: Layout = 'plain', precision: Precision = 'full'): string {
    const forms = this.#forms(tensor);
    const found = forms.find((form) => form.layout === layout && form.precision === precision);
    if (found) return found.name;
    const [source] = [...forms].sort((a, b) => Number(b.layout === layout) - Number(a.layout === layout));
    if (!source) throw new Error(`${tensor.node.op.name} has not been lowered before its use`);
    const cast = (name: string) => (source.precision === precision ? name : this.cast(name, precision));
    const reordered = (name: string) =>
      source.layout === layout ? name : this.transpose(name, rearrangement(source.layout, layout));
    const name = precision === 'half' ? reordered(cast(source.name)) : cast(reordered(source.name)); // moved as float16 where it can be
    forms.push({ layout, precision, name });
    return name;
  }

  cast(value: string, to: Precision): string {
    return this.emit('Cast', [value], { to: to === 'half' ? elementType.float16 : elementType.float });
  }

  again(tensor: Tensor, layout: Layout = 'plain'): string {
    if (this.layout(tensor) !== layout || !tensor.node.op.lowerAgain) return this.value(tensor, layout);
    return this.once(
      `again ${tensor.id}`,
      () => tensor.node.op.lowerAgain!(tensor.node, this) ?? this.value(tensor, layout),
    );
  }

  apart(key: string): number[] {
    if (this.images === 'channelsLast') return []; // a device divides for every axis, in every element
    let count = this.#leads.get(key);
    if (count === undefined) this.#leads.set(key, (count = 1 + (this.#leads.size % MOST_LEADING_ONES)));
    return new Array<number>(count).fill(1);
  }

  set(tensor: Tensor, name: string, layout: Layout = 'plain', precision: Precision = 'full'): void {
    this.#forms(tensor).push({ layout, precision, name });
  }

  #forms(tensor: Tensor): Form[] {
    let forms = this.#held.get(tensor);
    if (!forms) this.#held.set(tensor, (forms = []));
    return forms;
  }

  emit(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ): string {
    return this.emitAll(opType, inputs, 1, attributes, domain)[0]!;
  }

  emitAll(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ): string[] {
    const outputs = Array.from({ length: count }, () => `v${this.#named++}`);
    this.#nodes.push({ opType, inputs, outputs, attributes, domain });
    return outputs;
  }

  once(key: string, emit: () => string): string {
    let name = this.#shared.get(key);
    if (name === undefined) this.#shared.set(key, (name = emit()));
    return name;
  }

  reshape(value: string, shape: Shape): string {
    // Of a value that has been given a shape already, from the value itself: half of all nodes would be such views.
    const source = this.#sources.get(value) ?? value;
    const name = this.once(`reshape ${source} ${shape.join(' ')}`, () =>
      this.emit('Reshape', [source, this.ints(shape)]),
    );
    this.#sources.set(name, source);
    return name;
  }

  transpose(value: string, perm: readonly number[]): string {
    return this.emit('Transpose', [value], { perm });
  }

  ints(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#initializer(`i_${values.join('_')}`, elementType.int64, [values.length], data);
  }

  scalar(value: number, precision: Precision = 'full'): string {
    const name = this.#initializer(`f_${value}`, elementType.float, [], Float32Array.of(value));
    return precision === 'full' ? name : this.once(`half ${name}`, () => this.cast(name, 'half'));
  }

  floats(data: Float32Array, shape: Shape): string {
    return data.length === 1 && shape.length === 0
      ? this.scalar(data[0]!)
      : this.#initializer(`c${this.#initializers.size}`, elementType.float, shape, data);
  }

  constant(data: Int32Array, shape: Shape): string {
    return this.#initializer(`c${this.#initializers.size}`, elementType.int32, shape, data);
  }

  input(tensor: Tensor, name: string): void {
    const constant = this.#options.constants?.get(name);
    if (constant) {
      if (constant.length !== elements(tensor.shape))
        throw new Error(`constant ${name} has ${constant.length} elements, not ${elements(tensor.shape)}`);
      this.#initializer(name, elementType.float, tensor.shape, constant);
    } else this.#inputs.push({ name, shape: this.#outerShape(tensor.shape) });
    this.set(tensor, name);
  }

  bytes(tensor: Tensor, name: string): void {
    this.#inputs.push({ name, shape: this.#outerShape(tensor.shape), type: elementType.uint8 });
  }

  /**
   * The model that computes `outputs` by name. Where one output does not depend on another, the runtime computes
   * them in the order given here: name first what lets large tensors die early.
   */
  program(name: string, outputs: ReadonlyMap<string, Tensor>): OnnxModel {
    const needed = ancestors([...outputs.values()]);
    const graph = [...outputs.values()][0]!.graph;
    for (const node of graph.nodes) if (needed.has(node)) node.op.lower(node, this);
    const values: OnnxValue[] = [];
    const leaves: OnnxNode[] = [];
    for (const [output, tensor] of outputs) {
      leaves.push({ opType: 'Identity', inputs: [this.value(tensor)], outputs: [output], attributes: {} });
      values.push({ name: output, shape: this.#outerShape(tensor.shape) });
    }
    return {
      name,
      opset: 17,
      domains: Object.fromEntries(this.#nodes.flatMap((n) => (n.domain ? [[n.domain, 1]] : []))),
      nodes: placeLeaves(this.#nodes, leaves, this.#options.interchange ?? false),
      initializers: [...this.#initializers.values()],
      inputs: this.#inputs,
      outputs: values,
      metadata: this.#options.metadata ?? {},
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

  #initializer(name: string, type: number, shape: Shape, data: Float32Array | Int32Array | BigInt64Array): string {
    if (!this.#initializers.has(name))
      this.#initializers.set(name, {
        name,
        type,
        shape,
        bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      });
    return name;
  }
}

/**
 * Names the model's outputs. An Identity in the graph would cost a copy, so the node that makes a value gives it
 * the output's name instead; only where that cannot be (an input passed through, or one value under two names) the
 * Identity stays.
 *
 * The runtime sorts nodes again, depth first from the leaves (nodes that nothing consumes): of leaves, and of what
 * makes a node's inputs, it takes the last of the file first. So nodes stand in reverse, which makes it compute them
 * as they were emitted and each leaf as soon as it can: parts of a sum one by one, not all before the first addition.
 */
function placeLeaves(nodes: readonly OnnxNode[], identities: readonly OnnxNode[], sorted: boolean): OnnxNode[] {
  const renamed = new Map<string, string>();
  const producers = new Map(nodes.flatMap((n) => n.outputs.map((name) => [name, n] as const)));
  const kept: OnnxNode[] = [];
  for (const identity of identities) {
    const value = identity.inputs[0]!;
    if (!producers.has(value) || renamed.has(value)) kept.push(identity);
    else renamed.set(value, identity.outputs[0]!);
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  const all = used(nodes, [...renamed.keys(), ...kept.flatMap((n) => n.inputs)])
    .concat(kept)
    .map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
  const consumed = new Set(all.flatMap((n) => n.inputs));
  const inner = all.filter((n) => n.outputs.some((name) => consumed.has(name)));
  const order = new Map(identities.map((n, i) => [n.outputs[0]!, i]));
  const leaves = all
    .filter((n) => !n.outputs.some((name) => consumed.has(name)))
    .sort((a, b) => (order.get(b.outputs[0]!) ?? 0) - (order.get(a.outputs[0]!) ?? 0));
  return [...(sorted ? inner : inner.reverse()), ...leaves];
}

/** The nodes that the values of these names come of. */
function used(nodes: readonly OnnxNode[], values: readonly string[]): OnnxNode[] {
  const needed = new Set(values);
  const found = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  return found.reverse();
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
