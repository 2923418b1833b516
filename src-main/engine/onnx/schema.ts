/** What the engine writes of ONNX: models as tables of nodes, weights, inputs and outputs, and the bytes of their files. */
import { fieldNumber, Graph, holding, Model, TensorData } from './proto.ts';

/** The version of ONNX's own operators. */
const OPSET = 17;

/** Element types of TensorProto.DataType. */
export const elementType = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

const bytesByType: Readonly<Record<number, number>> = { 1: 4, 2: 1, 6: 4, 7: 8, 9: 1, 10: 2 };

/** Bytes of one element of a type. */
export const bytesOf = (type: number): number => bytesByType[type]!;

const attributeType = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

/** `float` marks a number as FLOAT where the operator wants one; plain numbers are INT. */
export type AttributeValue = number | string | readonly number[] | { float: number } | { floats: readonly number[] };

export interface OnnxNode {
  opType: string;
  domain?: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxInitializer {
  name: string;
  type: number;
  shape: readonly number[];
  bytes: Uint8Array;
}

/** A number is a fixed size, a string the name of a dynamic one. */
export interface OnnxValue {
  name: string;
  shape: readonly (number | string)[];
  /** Type of an element (elementType); float32 unless told. */
  type?: number;
  /** Whether it is a list of tensors, of any shapes; false unless told. */
  isList?: boolean;
}

export interface OnnxModel {
  name: string;
  nodes: readonly OnnxNode[];
  initializers?: readonly OnnxInitializer[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  metadata?: Readonly<Record<string, string>>;
}

const GRAPH = fieldNumber('Model', 'graph');
const INITIALIZER = fieldNumber('Graph', 'initializer');
const RAW_DATA = fieldNumber('TensorData', 'rawData');

/**
 * The bytes of an .onnx file. Constants are put in their place one by one: the encoder's own buffer grows by doubling, in
 * which a network's weights would lie four times.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const domains = new Set(model.nodes.flatMap(({ domain }) => domain || []));
  const head = Model.encode({
    irVersion: 8,
    producerName: 'lookalike',
    opsetImport: [{ domain: '', version: OPSET }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
  }).finish();
  const graph = Graph.encode({
    name: model.name,
    node: model.nodes.map((n, i) => ({
      name: `${n.opType}_${i}`,
      opType: n.opType,
      domain: n.domain ?? '',
      input: n.inputs,
      output: n.outputs,
      attribute: Object.entries(n.attributes).map(([name, value]) => attribute(name, value)),
    })),
    input: model.inputs.map(valueInfo),
    output: model.outputs.map(valueInfo),
  }).finish();
  const constants = (model.initializers ?? []).flatMap(({ name, type, shape, bytes }) => {
    const facts = TensorData.encode({ name, dataType: type, dims: shape }).finish();
    return holding(INITIALIZER, [facts, ...holding(RAW_DATA, [bytes])]);
  });
  return Buffer.concat([head, ...holding(GRAPH, [graph, ...constants])]);
}

function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, i: value, type: attributeType.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: attributeType.string };
  if ('float' in value) return { name, f: value.float, type: attributeType.float };
  if ('floats' in value) return { name, floats: value.floats, type: attributeType.floats };
  return { name, ints: value, type: attributeType.ints };
}

const valueInfo = ({ name, shape, type = elementType.float, isList }: OnnxValue): object => {
  if (isList) return { name, type: { sequenceType: { elemType: { tensorType: { elemType: type } } } } };
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: type, shape: { dim } } } };
};
