/**
 * An ONNX file whose weights lie in files beside it, as newer exporters of PyTorch write it, made one that has them
 * inside. Works on the protocol buffer as it lies: what is not a weight elsewhere is copied byte by byte, so that nothing
 * is lost which is not known here.
 */
import protobuf from 'protobufjs';
import { fieldNumber, holding } from './proto.ts';

/** Bytes of a protocol buffer's field: its number, where it begins with its tag, and where its value lies. */
interface Field {
  number: number;
  start: number;
  value: number;
  end: number;
}

const GRAPH = fieldNumber('Model', 'graph');
const INITIALIZER = fieldNumber('Graph', 'initializer');
const RAW_DATA = fieldNumber('TensorData', 'rawData');
const EXTERNAL_DATA = fieldNumber('TensorData', 'externalData');
const DATA_LOCATION = fieldNumber('TensorData', 'dataLocation');
const KEY = fieldNumber('Entry', 'key');
const VALUE = fieldNumber('Entry', 'value');

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const value = reader.pos;
    const wire = tag & 7;
    if (wire === 2) {
      const length = reader.uint32();
      const from = reader.pos;
      reader.skip(length);
      yield { number: tag >>> 3, start, value: from, end: reader.pos };
    } else {
      reader.skipType(wire);
      yield { number: tag >>> 3, start, value, end: reader.pos };
    }
  }
}

/** Where a weight lies. */
export interface Place {
  location: string;
  offset: number;
  /** Bytes; null: to the end of the file. */
  length: number | null;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The place of a tensor that lies elsewhere; null for one that is inside. */
function placeOf(tensor: Uint8Array): Place | null {
  const entries = new Map<string, string>();
  let elsewhere = false;
  for (const { number, value, end } of fieldsOf(tensor)) {
    if (number === DATA_LOCATION) elsewhere = tensor[value] === 1;
    if (number !== EXTERNAL_DATA) continue;
    const entry = tensor.subarray(value, end);
    const parts = new Map(
      [...fieldsOf(entry)].map((part) => [part.number, text(entry.subarray(part.value, part.end))]),
    );
    entries.set(parts.get(KEY) ?? '', parts.get(VALUE) ?? '');
  }
  if (!elsewhere) return null;
  const length = entries.get('length');
  return {
    location: entries.get('location') ?? '',
    offset: Number(entries.get('offset') ?? 0),
    length: length === undefined ? null : Number(length),
  };
}

/**
 * The file with all its weights inside. @param read the bytes of a weight @throws what `read` throws
 */
export function withWeights(model: Uint8Array, read: (place: Place) => Uint8Array): Uint8Array {
  const tensor = (bytes: Uint8Array): Uint8Array[] | null => {
    const place = placeOf(bytes);
    if (!place) return null;
    const rest = [...fieldsOf(bytes)]
      .filter(({ number }) => number !== EXTERNAL_DATA && number !== DATA_LOCATION)
      .map(({ start, end }) => bytes.subarray(start, end));
    return [...rest, ...holding(RAW_DATA, [read(place)])];
  };
  const graph = (bytes: Uint8Array): Uint8Array[] =>
    [...fieldsOf(bytes)].flatMap(({ number, start, value, end }) => {
      const changed = number === INITIALIZER ? tensor(bytes.subarray(value, end)) : null;
      return changed ? holding(INITIALIZER, changed) : [bytes.subarray(start, end)];
    });
  const parts = [...fieldsOf(model)].flatMap(({ number, start, value, end }) =>
    number === GRAPH ? holding(GRAPH, graph(model.subarray(value, end))) : [model.subarray(start, end)],
  );
  return Buffer.concat(parts);
}
