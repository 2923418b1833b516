/** A step on the processor leaves the same state, bit for bit, on any number of threads. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { middleSum, productDependsOnThreads, sumDependsOnThreads } from '../../src-main/engine/onnx/threads.ts';
import { counted } from './golden.ts';
import { expectSameState } from './smallTraining.ts';

const STEPS = 3;

async function stateAfter(patch: ConfigPatch, threads: number): Promise<State> {
  const config = parseConfig(patch);
  const views = viewsOf(config).map(({ size }, i) => counted(`view${i}`, config.batchSize * 3 * size ** 2, 2));
  const session = await TrainingSession.create(config, initialState(config), { threads });
  for (let i = 0; i < STEPS; i++) await session.step({ views, learningRate: 0.05, predictorLearningRate: 0.05 });
  const state = await session.readState();
  await session.close();
  return state;
}

/** Heads wider than the batch, whose products threads share by columns; batches and stems of few images and channels. */
const cases: Record<string, ConfigPatch> = {
  'one block of channels, a stem of 3 x 3': {
    backbone: { width: 0.25, stem: 'cifar' },
    head: { layers: 2, hiddenDim: 256, outputDim: 256 },
    predictor: { hiddenDim: 128 },
    imageSize: 16,
    batchSize: 32,
  },
  'half of the channels, a stem of 7 x 7': {
    backbone: { width: 0.5, stem: 'imagenet' },
    head: { layers: 2, hiddenDim: 192, outputDim: 256 },
    predictor: { hiddenDim: 64 },
    imageSize: 48,
    batchSize: 16,
  },
  'a method of contrast': {
    method: 'simclr',
    backbone: { width: 0.25, stem: 'small' },
    head: { layers: 2, hiddenDim: 256, outputDim: 128 },
    imageSize: 24,
    batchSize: 24,
  },
};

describe.each(Object.entries(cases))('the state after steps of %s', (_, patch) => {
  it('is the same bit for bit on 1, 2, 3, 4 and 16 threads', async () => {
    const alone = await stateAfter(patch, 1);
    for (const threads of [2, 3, 4, 16]) expectSameState(await stateAfter(patch, threads), alone);
  });
});

describe('what depends on the number of threads', () => {
  it.each([
    [{ batch: 1, rows: 256, columns: 512, inner: 512 }, true], // parts of 64 columns and fewer, from eight threads on
    [{ batch: 1, rows: 256, columns: 512, inner: 128 }, false], // so few numbers are summed at once
    [{ batch: 64, rows: 256, columns: 512, inner: 512 }, false], // a product for each thread
    [{ batch: 1, rows: 512, columns: 512, inner: 512 }, false], // parts of eight rows and more
    [{ batch: 1, rows: 27, columns: 16, inner: 2 ** 17 }, true], // parts of one row, from 14 threads on
    [{ batch: 1, rows: 27, columns: 16, inner: 128 }, false], // too little work for threads
    [{ batch: 1, rows: 1, columns: 512, inner: 512 }, false],
  ])('a product of %o: %s', (product, expected) => {
    expect(productDependsOnThreads(product)).toBe(expected);
  });

  it.each([
    [[2, 128, 512], [1], true],
    [[1, 2, 1, 128, 512], [-2], true],
    [[2, 2, 512], [1], false],
    [[64, 128, 512], [1], false],
    [[128, 512], [0], false],
    [[128, 512], [1], false],
  ])('a sum of %j over %j: %s', (shape, axes, expected) => {
    const sum = middleSum(shape, axes);
    expect(sum !== undefined && sumDependsOnThreads(sum)).toBe(expected);
  });
});
