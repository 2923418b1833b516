/** Small runs over the folder of appHarness.ts, and what becomes of them. */
import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { backboneShapes } from '../../shared/backbone.ts';
import type { AppParams, RunState } from '../../shared/contract.ts';
import { encodeSafetensors } from '../../src-main/export/index.ts';
import { app, datasetId, open } from './appHarness.ts';

export const patch = (seed: number, epochs = 3) => ({
  seed,
  epochs,
  batchSize: 8,
  imageSize: 32,
  backbone: { width: 0.125, stem: 'cifar' },
});
/** Writes weights of that network, all of them 0.5. @param prefix of the names, as other programs write them */
export function writeWeights(file: string, prefix = ''): void {
  const shapes = backboneShapes({ name: 'resnet18', width: 0.125, stem: 'cifar' });
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, shape] of shapes) {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5);
    tensors.set(prefix + name, { shape: [...shape], data });
  }
  writeFileSync(file, encodeSafetensors(tensors));
}
export const create = (seed: number, more: Partial<AppParams<'runs.create'>> = {}) =>
  app.handle('runs.create', { datasetId, name: null, preset: null, patch: patch(seed), ...more });
export const state = async (runId: string) => (await app.handle('runs.get', { runId })).state;
export const until = (runId: string, wanted: RunState) =>
  expect.poll(() => state(runId), { timeout: 30_000 }).toBe(wanted);

/** As a start after kill -9 finds it: nothing was told to stop, the lock is free. */
export async function reopen(kind: 'test' | 'cli' = 'test') {
  await app.close();
  await open(kind);
}
