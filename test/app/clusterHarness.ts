/** An application with a folder of photos, for the file that imports this, and what it writes out for a cluster. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { JobImage, Task } from '../../shared/contract.ts';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { texture } from '../helpers/pictures.ts';
import { listedFolder, taskResult } from '../helpers/tasks.ts';

export const root = sharedFolder('cluster');
export let photos: string;
export let app: App;
let datasetId: string;

beforeAll(async () => {
  photos = join(root, 'photos');
  for (const label of ['a', 'b']) mkdirSync(join(photos, label), { recursive: true });
  for (let i = 0; i < 12; i++)
    await texture(i + 1, 30 + (i % 3) * 9, 28)
      .png()
      .toFile(join(photos, i % 2 ? 'a' : 'b', `${i}.png`));
  app = await createApp({ home: join(root, 'home'), host: { kind: 'test', version: 'test' } });
  datasetId = await listedFolder(app, photos);
}, 60_000);
afterAll(() => app.close());

export const ended = (task: Task) => taskResult(app, task);

export const patch = {
  ...{ imageSize: 16, batchSize: 4, epochs: 2, threads: 1 },
  backbone: { name: 'resnet18', width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 16, outputDim: 16, layers: 2 },
  predictor: { hiddenDim: 8 },
  optimizer: { warmupEpochs: 0 },
};
export const write = async (name: string, more: object = {}, settings: object = {}) =>
  ended(
    await app.handle('cluster.write', {
      of: { datasetId, preset: null, patch: { ...patch, ...settings } },
      target: join(root, name),
      ...more,
    }),
  );
export const json = (...path: string[]) =>
  JSON.parse(readFileSync(join(root, ...path), 'utf8')) as Record<string, unknown>;
export const listed = (folder: string) =>
  readFileSync(join(root, folder, 'photos.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JobImage & { shard?: string; training: number; evaluation: number });
