/**
 * Shapes and sizes of the values of a model, by the rules of the ONNX operators that the lowering emits. Serves to
 * predict memory; the runtime infers its own.
 */
import type { Shape } from '../graph.ts';
import { elementType } from './schema.ts';
import type { AttributeValue, OnnxModel, OnnxNode } from './schema.ts';

export interface Value {
  shape: Shape;
  /** Of one element. */
  bytes: number;
}

/** Every value of the model by name. @throws Error at an operator that has no rule here. */
export function inferValues(model: OnnxModel): Map<string, Value> {
  const values = new Map<string, Value>();
  const constants = new Map<string, number[]>();
  for (const { name, shape } of model.inputs) values.set(name, { shape: shape.map(Number), bytes: 4 });
  for (const { name, shape, type, bytes } of model.initializers) {
    values.set(name, { shape, bytes: type === elementType.int64 ? 8 : 4 });
    if (type === elementType.int64) constants.set(name, readInts(bytes));
  }
  for (const node of inOrder(model)) {
    const inputs = node.inputs.map((name) => values.get(name)!);
    const ints = (index: number): number[] => constants.get(node.inputs[index] ?? '') ?? [];
    const rule = rules[node.opType];
    if (!rule) throw new Error(`no rule for the shape of ${node.opType}`);
    const shapes = rule({ shapes: inputs.map((v) => v.shape), ints, attributes: node.attributes, node });
    const bytes = outputBytes(node, inputs);
    node.outputs.forEach((name, i) => values.set(name, { shape: shapes[i]!, bytes }));
  }
  return values;
}

const readInts = (bytes: Uint8Array): number[] =>
  Array.from(new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8), Number);

function outputBytes({ opType, attributes }: OnnxNode, inputs: readonly Value[]): number {
  if (['Greater', 'GreaterOrEqual', 'Equal', 'Less'].includes(opType)) return 1;
  if (opType === 'ArgMax') return 8;
  if (opType === 'Cast') return attributes['to'] === elementType.float16 ? 2 : 4;
  return opType === 'Where' ? 4 : (inputs[0]?.bytes ?? 4);
}

/** Nodes after those that make their inputs, whatever their order in the file. */
function inOrder(model: OnnxModel): OnnxNode[] {
  const producers = new Map(model.nodes.flatMap((n) => n.outputs.map((name) => [name, n] as const)));
  const done = new Set<OnnxNode>();
  const order: OnnxNode[] = [];
  const stack: OnnxNode[] = [...model.nodes];
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    const waiting = done.has(node)
      ? []
      : node.inputs.map((name) => producers.get(name)).filter((n) => n && !done.has(n));
    if (waiting.length > 0) stack.push(...(waiting as OnnxNode[]));
    else {
      stack.pop();
      if (!done.has(node)) order.push(node);
      done.add(node);
    }
  }
  return order;
}

interface RuleInput {
  shapes: readonly Shape[];
  /** The constant integers of an input. */
  ints: (index: number) => number[];
  attributes: Readonly<Record<string, AttributeValue>>;
  node: OnnxNode;
}

type Rule = (input: RuleInput) => Shape[];

const list = (value: AttributeValue | undefined): readonly number[] =>
  Array.isArray(value) ? (value as number[]) : [];
const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function broadcast(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => Math.max(...shapes.map((s) => s[i - rank + s.length] ?? 1)));
}

const same: Rule = ({ shapes }) => [shapes[0]!];
const elementwise: Rule = ({ shapes }) => [broadcast(...shapes)];

const reduce: Rule = ({ shapes: [x], ints, attributes }) => {
  const given = attributes['axes'] ? list(attributes['axes']) : ints(1);
  const axes = (given.length > 0 ? given : x!.map((_, i) => i)).map((a) => axisOf(a, x!.length));
  return [
    attributes['keepdims'] === 0
      ? x!.filter((_, i) => !axes.includes(i))
      : x!.map((n, i) => (axes.includes(i) ? 1 : n)),
  ];
};

const windows: Rule = ({ shapes: [x, weight], attributes }) => {
  const [kernel, strides, pads] = ['kernel_shape', 'strides', 'pads'].map((key) => list(attributes[key])) as [
    number[],
    number[],
    number[],
  ];
  const size = (axis: 0 | 1) =>
    Math.floor((x![axis + 2]! + pads[axis]! + pads[axis + 2]! - kernel[axis]!) / strides[axis]!) + 1;
  return [[x![0]!, weight ? weight[0]! : x![1]!, size(0), size(1)]];
};

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    [
      'Relu',
      'HardSigmoid',
      'Sqrt',
      'Exp',
      'Log',
      'Reciprocal',
      'Softmax',
      'LogSoftmax',
      'Cast',
      'Identity',
      'ScatterND',
      'BatchNormalization',
    ].map((op) => [op, same]),
  ),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Greater', 'GreaterOrEqual', 'Equal', 'Less', 'Where'].map((op) => [
      op,
      elementwise,
    ]),
  ),
  ...Object.fromEntries(
    ['ReduceSum', 'ReduceSumSquare', 'ReduceMean', 'ReduceMax', 'ReduceL2'].map((op) => [op, reduce]),
  ),
  Conv: windows,
  MaxPool: windows,
  ConvTranspose({ shapes: [x, weight], attributes }) {
    const [kernel, strides, pads, extra] = ['kernel_shape', 'strides', 'pads', 'output_padding'].map((key) =>
      list(attributes[key]),
    );
    const size = (axis: 0 | 1) =>
      (x![axis + 2]! - 1) * strides![axis]! +
      kernel![axis]! -
      (pads![axis] ?? 0) -
      (pads![axis + 2] ?? 0) +
      (extra![axis] ?? 0);
    return [[x![0]!, weight![1]!, size(0), size(1)]];
  },
  Gemm({ shapes: [a, b], attributes }) {
    return [[a![attributes['transA'] ? 1 : 0]!, b![attributes['transB'] ? 0 : 1]!]];
  },
  MatMul({ shapes: [a, b] }) {
    return [[...broadcast(a!.slice(0, -2), b!.slice(0, -2)), a!.at(-2)!, b!.at(-1)!]];
  },
  Reshape({ shapes: [x], ints }) {
    const known = ints(1).reduce((product, n) => (n > 0 ? product * n : product), 1);
    return [ints(1).map((n) => (n === -1 ? x!.reduce((a, b) => a * b, 1) / known : n))];
  },
  Flatten: ({ shapes: [x] }) => [[x![0]!, x!.slice(1).reduce((a, b) => a * b, 1)]],
  Expand: ({ shapes: [x], ints }) => [broadcast(x!, ints(1))],
  Transpose: ({ shapes: [x], attributes }) => [list(attributes['perm']).map((axis) => x![axis]!)],
  Concat({ shapes, attributes }) {
    const axis = axisOf(Number(attributes['axis']), shapes[0]!.length);
    return [shapes[0]!.map((n, i) => (i === axis ? shapes.reduce((total, s) => total + s[i]!, 0) : n))];
  },
  Split({ shapes: [x], ints, attributes, node }) {
    const axis = axisOf(Number(attributes['axis'] ?? 0), x!.length);
    return node.outputs.map((_, part) =>
      x!.map((n, i) => (i === axis ? (ints(1)[part] ?? n / node.outputs.length) : n)),
    );
  },
  Slice({ shapes: [x], ints }) {
    const out = [...x!];
    const axes = ints(3).length > 0 ? ints(3) : ints(1).map((_, i) => i);
    axes.forEach((given, i) => {
      const axis = axisOf(given, x!.length);
      const n = x![axis]!;
      const step = ints(4)[i] ?? 1;
      const from = axisOf(ints(1)[i]!, n);
      const to = Math.max(-1, Math.min(n, axisOf(ints(2)[i]!, n)));
      out[axis] = Math.max(0, Math.ceil((to - from) / step));
    });
    return [out];
  },
  Tile: ({ shapes: [x], ints }) => [x!.map((n, i) => n * ints(1)[i]!)],
  Pad: ({ shapes: [x], ints }) => [x!.map((n, i) => n + ints(1)[i]! + ints(1)[i + x!.length]!)],
  Gather({ shapes: [x, indices], attributes }) {
    const axis = axisOf(Number(attributes['axis'] ?? 0), x!.length);
    return [[...x!.slice(0, axis), ...indices!, ...x!.slice(axis + 1)]];
  },
  GlobalAveragePool: ({ shapes: [x] }) => [[x![0]!, x![1]!, 1, 1]],
  ArgMax({ shapes: [x], attributes }) {
    return [x!.map((n, i) => (i === attributes['axis'] ? 1 : n))];
  },
};
