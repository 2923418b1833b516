/**
 * A writer for the few-node ONNX models that evaluation computes matrix products with (opset 17, float32). Matrices
 * are always fed as inputs, so a model is a few hundred bytes and protobuf's 2 GB limit never applies. The training
 * graph has its own, complete writer in the engine.
 */

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  /** Integers, lists of integers and (wrapped as `{ float }`) floats: what these models need. */
  attributes?: Record<string, number | number[] | { float: number }>;
}

/** A dimension is a number, or a name where it may differ from call to call. */
export interface OnnxValue {
  name: string;
  shape: (number | string)[];
}

const FLOAT = 1;
const text = new TextEncoder();

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value < 0 ? (1n << 64n) + BigInt(value) : BigInt(value);
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return out;
}
const integer = (field: number, value: number) => [...varint(field << 3), ...varint(value)];
const message = (field: number, body: ArrayLike<number>) => [
  ...varint((field << 3) | 2),
  ...varint(body.length),
  ...Array.from(body),
];
const string = (field: number, value: string) => message(field, text.encode(value));

function attribute(name: string, value: number | number[] | { float: number }): number[] {
  if (typeof value === 'number') return [...string(1, name), ...integer(3, value), ...integer(20, 2)];
  if (Array.isArray(value)) return [...string(1, name), ...value.flatMap((v) => integer(8, v)), ...integer(20, 7)];
  const bits = new Uint8Array(new Float32Array([value.float]).buffer);
  return [...string(1, name), ...varint((2 << 3) | 5), ...bits, ...integer(20, 1)];
}

function valueInfo({ name, shape }: OnnxValue): number[] {
  const dims = shape.flatMap((d) => message(1, typeof d === 'number' ? integer(1, d) : string(2, d)));
  const tensor = [...integer(1, FLOAT), ...message(2, dims)];
  return [...string(1, name), ...message(2, message(1, tensor))];
}

/** The bytes of a model of `nodes`, in order, from `inputs` to `outputs`. */
export function onnxModel(nodes: OnnxNode[], inputs: OnnxValue[], outputs: OnnxValue[]): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) =>
      message(1, [
        ...node.inputs.flatMap((x) => string(1, x)),
        ...node.outputs.flatMap((x) => string(2, x)),
        ...string(4, node.op),
        ...Object.entries(node.attributes ?? {}).flatMap(([k, v]) => message(5, attribute(k, v))),
      ]),
    ),
    ...string(2, 'lookalike'),
    ...inputs.flatMap((v) => message(11, valueInfo(v))),
    ...outputs.flatMap((v) => message(12, valueInfo(v))),
  ];
  return Uint8Array.from([
    ...integer(1, 8),
    ...string(2, 'lookalike'),
    ...message(7, graph),
    ...message(8, [...string(1, ''), ...integer(2, 17)]),
  ]);
}
