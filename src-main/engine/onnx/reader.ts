/**
 * What an ONNX file says of itself: its inputs and outputs, metadata, the files that it keeps its weights in,
 * and what it does to its input first. Running it is the runtime's matter.
 */
import { Model } from './proto.ts';

interface RawTensor {
  dataType?: number;
  name?: string;
  floatData?: number[];
  rawData?: Uint8Array;
  externalData?: { key?: string; value?: string }[];
  dataLocation?: number;
}
interface RawValue {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: { dimValue?: unknown; dimParam?: string }[] } } };
}
interface RawModel {
  producerName?: string;
  producerVersion?: string;
  opsetImport?: { domain?: string; version?: unknown }[];
  metadataProps?: { key?: string; value?: string }[];
  graph?: {
    node?: { input?: string[]; output?: string[]; opType?: string; attribute?: { name?: string; t?: RawTensor }[] }[];
    initializer?: RawTensor[];
    input?: RawValue[];
    output?: RawValue[];
  };
}

export interface OnnxValueFacts {
  name: string;
  /** TensorProto.DataType; 0 where it is no tensor. */
  type: number;
  /** A fixed size, or null for one that is open; null where the file says nothing of its shape. */
  shape: (number | null)[] | null;
}

export interface OnnxFacts {
  producer: string;
  /** Version of ONNX's own operators; 0 where the file names none. */
  opset: number;
  metadata: Map<string, string>;
  inputs: OnnxValueFacts[];
  outputs: OnnxValueFacts[];
  /** Files that weights are kept in beside the ONNX file (inline.ts). */
  externalFiles: string[];
  /** What is done to the numbers of the first input one by one before anything else, with the constants that they are changed by. */
  first: { operator: string; constants: number[] }[];
}

/** @throws Error where the bytes are no ONNX model */
export function readOnnx(bytes: Uint8Array): OnnxFacts {
  const { graph, opsetImport = [], metadataProps = [], ...model } = Model.decode(bytes) as unknown as RawModel;
  if (!graph?.node?.length || !graph.output?.length) throw new Error('it holds no graph');
  const { node: nodes, initializer = [], input = [], output } = graph;
  const constants = new Map(initializer.map((tensor) => [tensor.name ?? '', tensor]));
  for (const { opType, output: made, attribute } of nodes)
    if (opType === 'Constant' && attribute?.[0]?.t) constants.set(made?.[0] ?? '', attribute[0].t);
  const inputs = input.filter(({ name }) => !constants.has(name ?? '')).map(valueFacts);
  return {
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    opset: Number(opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0),
    metadata: new Map(metadataProps.map(({ key = '', value = '' }) => [key, value])),
    inputs,
    outputs: output.map(valueFacts),
    externalFiles: [
      ...new Set(
        initializer
          .filter(({ dataLocation }) => dataLocation === 1)
          .map(({ externalData }) => externalData?.find(({ key }) => key === 'location')?.value ?? ''),
      ),
    ],
    first: firstSteps(nodes, constants, inputs[0]?.name ?? ''),
  };
}

const valueFacts = ({ name = '', type }: RawValue): OnnxValueFacts => ({
  name,
  type: type?.tensorType?.elemType ?? 0,
  shape:
    type?.tensorType?.shape?.dim?.map(({ dimValue }) => {
      const size = Number(dimValue ?? 0);
      return size > 0 ? size : null;
    }) ?? null,
});

/** The most operators looked at behind the input, and numbers of a constant. */
const MOST_STEPS = 6;
const MOST_NUMBERS = 64;
/** What leaves colours in their range: its constants are sizes and bounds. */
const KEEPING = new Set(['Clip', 'Resize', 'Upsample', 'Reshape', 'Squeeze', 'Unsqueeze']);
const ELEMENTWISE = new Set([
  ...KEEPING,
  'Sub',
  'Div',
  'Mul',
  'Add',
  'Cast',
  'Transpose',
  'Identity',
  'BatchNormalization',
]);

function firstSteps(
  nodes: NonNullable<NonNullable<RawModel['graph']>['node']>,
  constants: ReadonlyMap<string, RawTensor>,
  start: string,
): OnnxFacts['first'] {
  const steps: OnnxFacts['first'] = [];
  for (let name = start; steps.length < MOST_STEPS;) {
    const next = nodes.find(({ input, opType }) => opType !== 'Shape' && input?.includes(name));
    if (!next) break;
    const { opType = '', input = [], output = [] } = next;
    if (!ELEMENTWISE.has(opType)) break;
    steps.push({
      operator: opType,
      constants: KEEPING.has(opType)
        ? []
        : input.flatMap((of) => (constants.has(of) ? numbersOf(constants.get(of)!) : [])),
    });
    name = output[0] ?? '';
  }
  return steps;
}

/** Kinds of numbers by TensorProto.DataType. */
const kinds: Readonly<Record<number, { bytes: number; at: (view: DataView, place: number) => number }>> = {
  1: { bytes: 4, at: (view, place) => view.getFloat32(place, true) },
  10: { bytes: 2, at: (view, place) => view.getFloat16(place, true) },
  11: { bytes: 8, at: (view, place) => view.getFloat64(place, true) },
};

/** Numbers of a small constant; none of others than floating-point ones. */
function numbersOf({ dataType = 0, floatData = [], rawData }: RawTensor): number[] {
  if (dataType === 1 && floatData.length > 0) return floatData.slice(0, MOST_NUMBERS);
  const kind = kinds[dataType];
  if (!kind || !rawData || rawData.length > kind.bytes * MOST_NUMBERS) return [];
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: Math.floor(rawData.length / kind.bytes) }, (_, i) => kind.at(view, kind.bytes * i));
}

/** The file with entries added to its metadata; those that it has already stay as they are. */
export function withMetadata(model: Uint8Array, entries: Readonly<Record<string, string>>): Uint8Array {
  const { metadata } = readOnnx(model);
  const metadataProps = Object.entries(entries)
    .filter(([key]) => !metadata.has(key))
    .map(([key, value]) => ({ key, value }));
  // messages written one after another are one message: a list goes on
  const added = Model.encode({ metadataProps }).finish();
  const out = new Uint8Array(model.length + added.length);
  out.set(model);
  out.set(added, model.length);
  return out;
}
