/** A run that leaves its outputs where it was told and makes no copy of them. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, expect, it } from 'vitest';
import { Graph } from '../../src-main/engine/graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { encodeModel } from '../../src-main/engine/onnx/schema.ts';
import { isUncopied, runInto, uncopied } from '../../src-main/engine/onnx/uncopied.ts';
import { scale } from '../../src-main/engine/ops/index.ts';
import { openSession } from '../../src-main/engine/session.ts';

const COUNT = 2 ** 20;
const x = new Graph().input('x', [COUNT]);
const program = new OnnxLowering().program('twice', new Map([['y', scale(x, 2)]]));
const session = await openSession(encodeModel(uncopied(program)), { threads: 1 });
const tensor = (value: number, count = COUNT) => new OrtTensor('float32', new Float32Array(count).fill(value), [count]);

afterAll(() => session.release());

it('writes into the tensor it was given and makes no other', async () => {
  expect(isUncopied(session)).toBe(true);
  const into = { y: tensor(0) };
  const feeds = { x: tensor(3) };
  const before = process.memoryUsage().arrayBuffers;
  const results = await runInto(session, feeds, into);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(COUNT); // a copy takes four bytes each
  expect(results).toBe(into);
  expect(into.y.data[0]).toBe(6);
  expect(into.y.data[COUNT - 1]).toBe(6);
});

it('tells of a run that fails', async () => {
  await expect(runInto(session, { x: tensor(1, 5) }, { y: tensor(0) })).rejects.toThrow(/invalid dimensions/);
});

it('leaves a model that is not uncopied as it is', async () => {
  const plain = await openSession(encodeModel(program), { threads: 1 });
  expect(isUncopied(plain)).toBe(false);
  await plain.release();
});
