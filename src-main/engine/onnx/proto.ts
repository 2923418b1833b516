/**
 * The part of ONNX's protobuf schema that is written (schema.ts) and read (reader.ts, inline.ts) here. Field numbers
 * are those of onnx.proto (IR version 8); one that a file does not set costs it no byte.
 */
import protobuf from 'protobufjs';

const field = (id: number, type: string) => ({ id, type });
const repeated = (id: number, type: string) => ({ id, type, rule: 'repeated' });
const message = (fields: Record<string, protobuf.IField>) => ({ fields });

const root = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: field(1, 'int64'),
      producerName: field(2, 'string'),
      producerVersion: field(3, 'string'),
      graph: field(7, 'Graph'),
      opsetImport: repeated(8, 'OperatorSet'),
      metadataProps: repeated(14, 'Entry'),
    }),
    OperatorSet: message({ domain: field(1, 'string'), version: field(2, 'int64') }),
    Entry: message({ key: field(1, 'string'), value: field(2, 'string') }),
    Graph: message({
      node: repeated(1, 'Node'),
      name: field(2, 'string'),
      initializer: repeated(5, 'TensorData'),
      input: repeated(11, 'ValueInfo'),
      output: repeated(12, 'ValueInfo'),
    }),
    Node: message({
      input: repeated(1, 'string'),
      output: repeated(2, 'string'),
      name: field(3, 'string'),
      opType: field(4, 'string'),
      attribute: repeated(5, 'Attribute'),
      domain: field(7, 'string'),
    }),
    Attribute: message({
      name: field(1, 'string'),
      f: field(2, 'float'),
      i: field(3, 'int64'),
      s: field(4, 'bytes'),
      t: field(5, 'TensorData'),
      floats: repeated(7, 'float'),
      ints: repeated(8, 'int64'),
      type: field(20, 'int32'),
    }),
    TensorData: message({
      dims: repeated(1, 'int64'),
      dataType: field(2, 'int32'),
      floatData: repeated(4, 'float'),
      name: field(8, 'string'),
      rawData: field(9, 'bytes'),
      externalData: repeated(13, 'Entry'),
      dataLocation: field(14, 'int32'),
    }),
    ValueInfo: message({ name: field(1, 'string'), type: field(2, 'Type') }),
    Type: message({ tensorType: field(1, 'TensorType'), sequenceType: field(4, 'SequenceType') }),
    SequenceType: message({ elemType: field(1, 'Type') }),
    TensorType: message({ elemType: field(1, 'int32'), shape: field(2, 'TensorShape') }),
    TensorShape: message({ dim: repeated(1, 'Dimension') }),
    Dimension: message({ dimValue: field(1, 'int64'), dimParam: field(2, 'string') }),
  },
});

/** ModelProto: what an .onnx file is. */
export const Model = root.lookupType('Model');
export const Graph = root.lookupType('Graph');
export const TensorData = root.lookupType('TensorData');

/** The number of a message's field. */
export const fieldNumber = (type: string, name: string): number => root.lookupType(type).fields[name]!.id;

/** A field that holds parts, one behind the other: tag, length, parts. */
export function holding(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const head = protobuf.Writer.create()
    .uint32((number << 3) | 2)
    .uint32(parts.reduce((sum, part) => sum + part.length, 0))
    .finish();
  return [head, ...parts];
}
