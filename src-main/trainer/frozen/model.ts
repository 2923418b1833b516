/** An ONNX file as a person names it, read whole: with the weights that lie in files beside it, as one file. */
import { basename, dirname, join } from 'node:path';
import { readOnnx, withWeights } from '../../engine/index.ts';
import type { OnnxFacts, Place } from '../../engine/index.ts';
import { isBeside, openGiven, readGiven } from '../../files/index.ts';
import { TrainerError } from '../errors.ts';

/** More than a file of one protocol buffer can hold. */
const MOST_BYTES = 2 ** 31;

/** @throws TrainerError bad-encoder where it cannot be read, is none, or is larger than an ONNX file can be */
export async function readModel(path: string): Promise<{ model: Uint8Array; facts: OnnxFacts }> {
  const file = basename(path);
  const given = await read(path, file, 0);
  const facts = factsOf(file, given);
  const weights = new Map<string, Uint8Array>();
  let bytes = given.length;
  for (const data of facts.externalFiles) {
    if (!isBeside(data)) throw new TrainerError('bad-encoder.external', { file, data });
    const found = await read(join(dirname(path), data), data, bytes).catch((error: unknown) => {
      if ((error as { key?: unknown }).key !== 'bad-encoder.unreadable') throw error;
      throw new TrainerError('bad-encoder.external', { file, data }, undefined, { cause: error });
    });
    bytes += found.length;
    weights.set(data, found);
  }
  if (weights.size === 0) return { model: given, facts };
  const model = withWeights(given, ({ location, offset, length }: Place) => {
    const all = weights.get(location)!;
    const end = length === null ? all.length : offset + length;
    if (!(offset >= 0 && end <= all.length))
      throw new TrainerError('bad-encoder.external-short', { file, data: location });
    return all.subarray(offset, end);
  });
  return { model, facts };
}

async function read(path: string, name: string, before: number): Promise<Uint8Array> {
  try {
    const handle = await openGiven(path);
    const { size } = await handle.stat().finally(() => handle.close());
    if (before + size < MOST_BYTES) return await readGiven(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'no-answer' || code === 'bad-file') throw error;
    throw new TrainerError('bad-encoder.unreadable', { file: name, code: code ?? String(error) });
  }
  throw new TrainerError('bad-encoder.large', { file: name });
}

function factsOf(file: string, model: Uint8Array): OnnxFacts {
  try {
    return readOnnx(model);
  } catch {
    throw new TrainerError('bad-encoder.not-onnx', { file });
  }
}
