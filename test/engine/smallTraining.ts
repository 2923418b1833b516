/** Training that is small enough for a test of what the engine does, and states that are the same bit for bit. */
import { expect } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { counted } from './golden.ts';

export const small = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 32, outputDim: 24, layers: 2 },
  predictor: { hiddenDim: 8 },
  imageSize: 16,
  batchSize: 8,
} as const;
export const config = parseConfig(small);
export const pixels = 3 * config.imageSize ** 2;
export const views = [counted('view1', config.batchSize * pixels, 2), counted('view2', config.batchSize * pixels, 2)];
export const rates = { learningRate: 0.05, predictorLearningRate: 0.05 };

export async function steps(
  count: number,
  settings = config,
  state = initialState(settings),
): Promise<{ losses: number[]; state: State }> {
  const session = await TrainingSession.create(settings, state, { threads: 2 });
  const losses: number[] = [];
  for (let i = 0; i < count; i++) losses.push((await session.step({ views, ...rates })).loss);
  const after = await session.readState();
  await session.close();
  return { losses, state: after };
}

/** Bit for bit; toEqual takes seconds over this many numbers. */
export function expectSameState(actual: State, expected: State): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, { shape, data }] of actual) {
    expect(shape, name).toEqual(expected.get(name)!.shape);
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.get(name)!.data.buffer)), name).toBe(0);
  }
}
