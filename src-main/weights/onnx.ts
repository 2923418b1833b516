/**
 * The weights of a ResNet in an ONNX file. Names are lost in one, and batch normalisation is usually folded into the
 * convolutions before it; what is left is how these follow each other (resnet.ts). Numbers are read as they are asked
 * for, also of files beside it.
 */
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import { BATCH_NORM_EPS } from '../../shared/backbone.ts';
import { elementBytes } from '../../shared/safetensors.ts';
import type { ElementType } from '../../shared/safetensors.ts';
import { reason } from '../../shared/reason.ts';
import { isBeside } from '../files/index.ts';
import { WeightsFileError } from './errors.ts';
import { toFloat32 } from './numbers.ts';
import { fieldsOf, inPieces } from './protobuf.ts';
import { convolutionsIn } from './resnet.ts';
import type { Found, OnnxNode } from './resnet.ts';
import { openSource } from './source.ts';
import type { Source } from './source.ts';
import type { Tensor, Weights } from './torch.ts';

/** Numbers of fields, as onnx.proto has them. */
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11 };
const NODE = { input: 1, output: 2, operator: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, int: 3, ints: 8 };
const TENSOR = { dims: 1, type: 2, floats: 4, name: 8, raw: 9, external: 13, location: 14 };
const ENTRY = { key: 1, value: 2 };

/** Kinds of numbers by TensorProto.DataType. */
const kinds: Readonly<Record<number, ElementType>> = { 1: 'F32', 10: 'F16', 11: 'F64', 16: 'BF16' };

/** A node is some names and settings; one of so many bytes holds a tensor, and is none that matters here. */
const MOST_NODE = 1 << 20;
const MOST_NODES = 100_000;

/** Where a constant of the graph lies. */
interface Constant {
  shape: number[];
  kind: ElementType | undefined;
  /** In the file itself, or in one beside it. */
  file: string | null;
  begin: number;
  /** Null: to the end of its file. */
  end: number | null;
}

/** @throws WeightsFileError where it is no ONNX file, or holds no network that is known here */
export async function openOnnx(source: Source): Promise<Weights> {
  const { nodes, constants, input } = await graphOf(inPieces(source));
  const found = convolutionsIn(nodes, input, (name) => constants.get(name)?.shape);
  if (!found) throw new WeightsFileError(reason('bad-file.onnx'));
  const read = async (name: string): Promise<Float32Array<ArrayBuffer>> => numbersOf(source, constants.get(name)!);
  const tensors = new Map(found.flatMap((of) => tensorsOf(of, constants.get(of.weight)!.shape, read)));
  return {
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    folded: found.some(({ normalisation }) => normalisation === null),
    async tensor(name) {
      const { shape, data } = tensors.get(name)!;
      return { shape, data: await data() };
    },
  };
}

type Later = Pick<Tensor, 'shape'> & { data: () => Promise<Float32Array<ArrayBuffer>> };

/**
 * What a convolution and its normalisation are made of, by their names in a ResNet. Of one that is folded the same
 * function: what is left of the normalisation is a shift, by a mean of 0 and a variance that makes no difference.
 */
function tensorsOf(
  { name, norm, weight, normalisation, bias, epsilon }: Found,
  shape: number[],
  read: (name: string) => Promise<Float32Array<ArrayBuffer>>,
): [string, Later][] {
  const channels = [shape[0]!];
  const all = (value: number) => async () => new Float32Array(channels[0]!).fill(value);
  const of = normalisation;
  // a normalisation of another epsilon is one of ours with another variance
  const variance = async () => (await read(of!.variance)).map((x) => Math.max(0, x + epsilon - BATCH_NORM_EPS));
  const rows: [string, Tensor['shape'], Later['data']][] = [
    [`${name}.weight`, shape, () => read(weight)],
    [`${norm}.weight`, channels, of ? () => read(of.scale) : all(1)],
    [`${norm}.bias`, channels, of ? () => read(of.shift) : bias ? () => read(bias) : all(0)],
    [`${norm}.running_mean`, channels, of ? () => read(of.mean) : all(0)],
    [`${norm}.running_var`, channels, of ? variance : all(1 - BATCH_NORM_EPS)],
  ];
  return rows.map(([own, size, data]) => [`onnx.${own}`, { shape: size, data }]);
}

async function graphOf(source: Pick<Source, 'size' | 'read'>) {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, Constant>();
  const inputs: string[] = [];
  let graphs = 0;
  for await (const part of fieldsOf(source, 0, source.size)) {
    if (part.number !== MODEL.graph) continue;
    graphs++;
    for await (const { number, begin, end } of fieldsOf(source, part.begin, part.end)) {
      if (number === GRAPH.initializer) {
        const { name, constant } = await constantOf(source, begin, end);
        constants.set(name, constant);
      } else if (number === GRAPH.node && end - begin <= MOST_NODE)
        nodes.push(nodeOf(await source.read(begin, end - begin)));
      else if (number === GRAPH.input && end - begin <= MOST_NODE)
        inputs.push(textOf(await source.read(begin, end - begin), 1));
      if (nodes.length + constants.size > MOST_NODES) throw new WeightsFileError(reason('bad-file.onnx'));
    }
  }
  if (graphs === 0) throw new WeightsFileError(reason('bad-file.onnx-damaged'));
  return { nodes, constants, input: inputs.find((name) => !constants.has(name)) ?? '' };
}

async function constantOf(source: Pick<Source, 'read'>, begin: number, end: number) {
  const shape: number[] = [];
  const external = new Map<string, string>();
  let [name, type, elsewhere] = ['', 0, false];
  let raw: { begin: number; end: number } | null = null;
  for await (const { number, value, ...place } of fieldsOf(source, begin, end)) {
    const bytes = () => source.read(place.begin, place.end - place.begin);
    if (number === TENSOR.dims) shape.push(...(place.begin === place.end ? [value] : varints(await bytes())));
    else if (number === TENSOR.type) type = value;
    else if (number === TENSOR.name) name = new TextDecoder().decode(await bytes());
    else if (number === TENSOR.raw || (number === TENSOR.floats && raw === null && place.end > place.begin))
      raw = place;
    else if (number === TENSOR.location) elsewhere = value === 1;
    else if (number === TENSOR.external) {
      const entry = await bytes();
      external.set(textOf(entry, ENTRY.key), textOf(entry, ENTRY.value));
    }
  }
  const offset = Number(external.get('offset') ?? 0);
  const length = external.get('length');
  const place = elsewhere
    ? {
        file: external.get('location') ?? '',
        begin: offset,
        end: length === undefined ? null : offset + Number(length),
      }
    : { file: null, ...(raw ?? { begin, end: begin }) };
  return { name, constant: { shape, kind: kinds[type], ...place } };
}

/** @throws WeightsFileError where they are of another kind or another count than the shape says */
async function numbersOf(
  source: Source,
  { shape, kind, file, begin, end }: Constant,
): Promise<Float32Array<ArrayBuffer>> {
  if (kind === undefined) throw new WeightsFileError(reason('bad-file.onnx-kind'));
  if (file === null) return checked(await source.read(begin, end! - begin));
  if (!isBeside(file)) throw new WeightsFileError(reason('bad-file.onnx-beside', { file }));
  let beside: Source;
  try {
    beside = await openSource(join(dirname(source.path), file));
  } catch {
    throw new WeightsFileError(reason('bad-file.onnx-beside', { file }));
  }
  try {
    return checked(await beside.read(begin, (end ?? beside.size) - begin));
  } finally {
    void beside.close().catch(() => {}); // which may not answer
  }

  function checked(bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    const count = shape.reduce((product, size) => product * size, 1);
    if (bytes.length !== count * elementBytes[kind!]) throw new WeightsFileError(reason('bad-file.onnx-damaged'));
    return toFloat32(kind!, bytes.buffer);
  }
}

/** @throws WeightsFileError where they are cut off */
function varints(bytes: Uint8Array): number[] {
  const reader = protobuf.Reader.create(bytes);
  const out: number[] = [];
  try {
    while (reader.pos < reader.len) out.push(Number(reader.int64()));
  } catch {
    throw new WeightsFileError(reason('bad-file.onnx-damaged'));
  }
  return out;
}

/** What `take` makes of each field of a small message by its number. */
function each(bytes: Uint8Array, take: (number: number, reader: protobuf.Reader, wire: number) => boolean): void {
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (!take(tag >>> 3, reader, tag & 7)) reader.skipType(tag & 7);
    }
  } catch {
    throw new WeightsFileError(reason('bad-file.onnx-damaged'));
  }
}

function textOf(bytes: Uint8Array, wanted: number): string {
  let text = '';
  each(bytes, (number, reader) => number === wanted && ((text = reader.string()), true));
  return text;
}

function nodeOf(bytes: Uint8Array): OnnxNode {
  const node: OnnxNode = { operator: '', inputs: [], outputs: [], settings: new Map() };
  each(bytes, (number, reader) => {
    if (number === NODE.input) node.inputs.push(reader.string());
    else if (number === NODE.output) node.outputs.push(reader.string());
    else if (number === NODE.operator) node.operator = reader.string();
    else if (number === NODE.attribute) node.settings.set(...settingOf(reader.bytes()));
    else return false;
    return true;
  });
  return node;
}

/** A setting that is a number or a list of whole ones; others are empty. */
function settingOf(bytes: Uint8Array): [name: string, values: number[]] {
  const values: number[] = [];
  let name = '';
  each(bytes, (number, reader, wire) => {
    if (number === ATTRIBUTE.name) name = reader.string();
    else if (number === ATTRIBUTE.float) values.push(reader.float());
    else if (number === ATTRIBUTE.int) values.push(Number(reader.int64()));
    else if (number === ATTRIBUTE.ints)
      values.push(...(wire === 2 ? varints(reader.bytes()) : [Number(reader.int64())]));
    else return false;
    return true;
  });
  return [name, values];
}
