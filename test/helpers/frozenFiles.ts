/** ONNX files of others for tests: those that PyTorch wrote (test/golden/frozen.py), and some written out here node by node. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FrozenPatch } from '../../shared/frozen.ts';
import { elementType, encodeModel } from '../../src-main/engine/onnx/schema.ts';
import type { OnnxInitializer, OnnxNode, OnnxValue } from '../../src-main/engine/onnx/schema.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import { Control } from '../../src-main/trainer/control.ts';
import { lookAtFrozen } from '../../src-main/trainer/frozen/look.ts';

export const fixtures = fileURLToPath(new URL('../fixtures/frozen/', import.meta.url));

/** The job itself: a process for each would take most of the time. */
export async function look(file: string, form: FrozenPatch = {}) {
  const job = { kind: 'frozen' as const, source: file, form, licence: '', origin: '', keep: null };
  const context = {
    ...{ report: () => {}, control: new Control(), backend: onnxRuntime, watch: () => {}, later: () => {} },
  };
  const result = await lookAtFrozen(job, context);
  if (result.kind !== 'frozen') throw new Error(result.kind);
  return result.look;
}

export const node = (
  opType: string,
  inputs: string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode => ({ ...{ opType, inputs, outputs: [output], attributes } });
export const constant = (name: string, values: number[]): OnnxInitializer => ({
  ...{ name, type: elementType.float, shape: [values.length] },
  bytes: new Uint8Array(new Float32Array(values).buffer),
});
/** Writes it as a file of this path, which is returned. */
export function written(
  file: string,
  inputs: OnnxValue[],
  outputs: OnnxValue[],
  nodes: OnnxNode[],
  initializers: OnnxInitializer[] = [],
) {
  writeFileSync(file, encodeModel({ name: 'test', inputs, outputs, nodes, initializers }));
  return file;
}
export const features = [{ name: 'features', shape: ['n', 3] }];
/** The mean of each colour, of pictures whose channels are first. */
export const means = (from: string) => [
  node('GlobalAveragePool', [from], 'pooled'),
  node('Flatten', ['pooled'], 'features'),
];

/** A message of field `number` that holds `parts`. */
const held = (number: number, ...parts: Buffer[]): Buffer => {
  const all = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(number << 3) | 2, all.length]), all]);
};
/** A graph of one weight, three numbers that lie in a file, to be added to an ONNX file (field numbers of onnx.proto). */
export function weightElsewhere(name: string, location: string, offset: number, length: number): Buffer {
  const entry = (key: string, value: string) => held(13, held(1, Buffer.from(key)), held(2, Buffer.from(value)));
  const entries = Object.entries({ location, offset: String(offset), length: String(length) });
  const float32 = Buffer.from([0x08, 3, 0x10, 1]); // dims 3, data_type FLOAT
  const outside = Buffer.from([0x70, 1]); // data_location EXTERNAL
  return held(
    7,
    held(5, float32, held(8, Buffer.from(name)), ...entries.map(([key, value]) => entry(key, value)), outside),
  );
}
