/**
 * Emits ONNX operators. Every value knows its shape from the moment that it is emitted, by the rule of its operator
 * (an operator without a rule here is given its shape), so whoever computes with a value need not be told.
 */
import { elements, sameShape } from '../graph.ts';
import type { Shape } from '../graph.ts';
import { broadcastShape } from '../ops/broadcast.ts';
import { elementType } from './schema.ts';
import type { AttributeValue, OnnxInitializer, OnnxNode, OnnxValue } from './schema.ts';
import { bytesOf } from '../../../shared/bytes.ts';

/** An input, a constant, or what an operator computes. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  /** Type of an element (elementType in schema.ts). */
  readonly type: number;
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** How exactly a value is held: as float32, or as float16 where a step computes in it. */
export type Precision = 'full' | 'half';

const castTo = { full: elementType.float, half: elementType.float16, index: elementType.int64 } as const;

export class Emitter {
  protected readonly nodes: OnnxNode[] = [];
  protected readonly initializers = new Map<string, OnnxInitializer>();
  protected readonly inputs: OnnxValue[] = [];
  /** Every value by its name. */
  protected readonly values = new Map<string, Value>();
  readonly #shared = new Map<string, Value>();
  /** For each reshaped value the value that it was made of. */
  readonly #sources = new Map<Value, Value>();
  #named = 0;

  /** An operator of one output, which has this shape, and the first input's type unless told. */
  emit(
    opType: string,
    inputs: readonly Value[],
    shape: Shape,
    attributes: Attributes = {},
    { type = inputs[0]!.type, domain = '' }: { type?: number; domain?: string } = {},
  ): Value {
    return this.#emitAll(opType, inputs, [shape], attributes, type, domain)[0]!;
  }

  #emitAll(
    opType: string,
    inputs: readonly Value[],
    shapes: readonly Shape[],
    attributes: Attributes,
    type: number,
    domain = '',
  ): Value[] {
    const made = shapes.map((shape) => this.known(`v${this.#named++}`, shape, type));
    const [given, outputs] = [inputs, made].map((values) => values.map(({ name }) => name)) as [string[], string[]];
    this.nodes.push({ opType, inputs: given, outputs, attributes, domain });
    return made;
  }

  /** Emits once what several operations share, such as a weight in another order. */
  once(key: string, emit: () => Value): Value {
    let value = this.#shared.get(key);
    if (!value) this.#shared.set(key, (value = emit()));
    return value;
  }

  /** An operator on each element: of one input, or of two that broadcast. */
  each(opType: string, a: Value, b?: Value): Value {
    // What is the same under another shape is computed as it was: most of these shapes are then never asked for.
    const [x, y] = [this.bare(a), b && this.bare(b)];
    if (x !== a && (y ? y !== b && sameShape(a.shape, b!.shape) && sameShape(x.shape, y.shape) : !b))
      return this.reshape(this.each(opType, x, y), a.shape);
    return b ? this.emit(opType, [a, b], broadcastShape(opType, a.shape, b.shape)) : this.emit(opType, [a], a.shape);
  }

  /** Whether a comparison holds, of each element. */
  compare(opType: 'Greater' | 'GreaterOrEqual' | 'Equal' | 'Less', a: Value, b: Value): Value {
    return this.emit(opType, [a, b], broadcastShape(opType, a.shape, b.shape), {}, { type: elementType.bool });
  }

  /** Of each element that of `a` where the condition holds, else that of `b`. */
  choose(condition: Value, a: Value, b: Value): Value {
    const shape = broadcastShape('Where', broadcastShape('Where', condition.shape, a.shape), b.shape);
    return this.emit('Where', [condition, a, b], shape, {}, { type: a.type });
  }

  cast(value: Value, to: Precision | 'index'): Value {
    return this.emit('Cast', [value], value.shape, { to: castTo[to] }, { type: castTo[to] });
  }

  /** Reduces some axes, or all of them. ReduceSum alone takes the axes as an input. */
  reduce(opType: string, x: Value, axes?: readonly number[], keepDims = false): Value {
    const reduced = x.shape.map((_, i) => !axes || axes.includes(i) || axes.includes(i - x.shape.length));
    const shape = keepDims ? x.shape.map((n, i) => (reduced[i] ? 1 : n)) : x.shape.filter((_, i) => !reduced[i]);
    const keepdims = keepDims ? 1 : 0;
    return opType === 'ReduceSum' && axes
      ? this.emit(opType, [x, this.ints(axes)], shape, { keepdims })
      : this.emit(opType, [x], shape, axes ? { axes, keepdims } : { keepdims });
  }

  /** The product of matrices; axes before the last two broadcast. */
  matMul(a: Value, b: Value): Value {
    const before = broadcastShape('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
    return this.emit('MatMul', [a, b], [...before, a.shape.at(-2)!, b.shape.at(-1)!]);
  }

  /** The product of two matrices, plus a third operand where one is given. */
  gemm(operands: readonly Value[], attributes: { transA?: number; transB?: number } = {}): Value {
    const [a, b] = operands as [Value, Value];
    const shape = [a.shape[attributes.transA ? 1 : 0]!, b.shape[attributes.transB ? 0 : 1]!];
    return this.emit('Gemm', operands, shape, attributes);
  }

  gather(x: Value, numbers: Value, axis: number): Value {
    return this.emit(
      'Gather',
      [x, numbers],
      [...x.shape.slice(0, axis), ...numbers.shape, ...x.shape.slice(axis + 1)],
      { axis },
    );
  }

  /** The part of a value between two positions of some axes, in steps of one unless told. */
  slice(
    x: Value,
    axes: readonly number[],
    from: readonly number[],
    to: readonly number[],
    steps?: readonly number[],
  ): Value {
    const shape = [...x.shape];
    axes.forEach((axis, i) => (shape[axis] = Math.ceil((to[i]! - from[i]!) / (steps?.[i] ?? 1))));
    const bounds = [from, to, axes, ...(steps ? [steps] : [])].map((list) => this.ints(list));
    return this.emit('Slice', [x, ...bounds], shape);
  }

  /** A value with the order of some axes reversed. */
  reversed(x: Value, axes: readonly number[]): Value {
    const bounds = [-1, -1000].map((at) => this.ints(axes.map(() => at)));
    return this.emit('Slice', [x, ...bounds, this.ints(axes), bounds[0]!], x.shape);
  }

  /** A value with `before` and `after` more elements on each axis: zeros, unless told what. */
  pad(x: Value, before: readonly number[], after: readonly number[], value?: Value): Value {
    const operands = [x, this.ints([...before, ...after]), ...(value ? [value] : [])];
    return this.emit(
      'Pad',
      operands,
      x.shape.map((n, i) => n + before[i]! + after[i]!),
    );
  }

  /** Parts put together along an axis; a single part as it is. */
  concat(parts: readonly Value[], axis: number): Value {
    const [first] = parts as [Value];
    if (parts.length === 1) return first;
    const size = parts.reduce((total, { shape }) => total + shape[axis]!, 0);
    return this.emit(
      'Concat',
      parts,
      first.shape.map((n, i) => (i === axis ? size : n)),
      { axis },
    );
  }

  /** Parts of a value along its first axis, of as many rows as `sizes` says. */
  split(x: Value, sizes: readonly number[]): Value[] {
    const shapes = sizes.map((size) => [size, ...x.shape.slice(1)]);
    return this.#emitAll('Split', [x, this.ints(sizes)], shapes, { axis: 0 }, x.type);
  }

  tile(x: Value, repeats: readonly number[]): Value {
    return this.emit(
      'Tile',
      [x, this.ints(repeats)],
      x.shape.map((n, i) => n * repeats[i]!),
    );
  }

  expand(x: Value, shape: Shape): Value {
    return this.emit('Expand', [x, this.ints(shape)], broadcastShape('Expand', x.shape, shape));
  }

  reshape(value: Value, shape: Shape): Value {
    if (sameShape(value.shape, shape)) return value;
    // Of a value that has been given a shape already, from the value itself: half of all nodes would be such views.
    const source = this.bare(value);
    if (sameShape(source.shape, shape)) return source;
    const view = this.once(`reshape ${source.name} ${shape.join(' ')}`, () =>
      this.emit('Reshape', [source, this.ints(shape)], shape),
    );
    this.#sources.set(view, source);
    return view;
  }

  /** What a value was before it was given another shape. */
  bare(value: Value): Value {
    return this.#sources.get(value) ?? value;
  }

  transpose(value: Value, perm: readonly number[]): Value {
    return this.emit(
      'Transpose',
      [value],
      perm.map((axis) => value.shape[axis]!),
      { perm },
    );
  }

  /** A constant vector of int64. */
  ints(values: readonly number[]): Value {
    return this.initializer(
      `i_${values.join('_')}`,
      elementType.int64,
      [values.length],
      BigInt64Array.from(values, BigInt),
    );
  }

  scalar(value: number, precision: Precision = 'full'): Value {
    const full = this.initializer(`f_${value}`, elementType.float, [], Float32Array.of(value));
    return precision === 'full' ? full : this.once(`half ${full.name}`, () => this.cast(full, 'half'));
  }

  floats(data: Float32Array, shape: Shape): Value {
    return data.length === 1 && shape.length === 0
      ? this.scalar(data[0]!)
      : this.initializer(`c${this.initializers.size}`, elementType.float, shape, data);
  }

  /** A constant of whole numbers by their position. */
  counted(shape: Shape, of: (i: number) => number): Value {
    const data = Int32Array.from({ length: elements(shape) }, (_, i) => of(i));
    return this.initializer(`c${this.initializers.size}`, elementType.int32, shape, data);
  }

  protected known(name: string, shape: Shape, type: number): Value {
    const value = { name, shape, type };
    this.values.set(name, value);
    return value;
  }

  protected initializer(
    name: string,
    type: number,
    shape: Shape,
    data: Float32Array | Int32Array | BigInt64Array,
  ): Value {
    const found = this.values.get(name);
    if (found) return found;
    const bytes = bytesOf(data);
    this.initializers.set(name, { name, type, shape, bytes });
    return this.known(name, shape, type);
  }
}
