/** Tiles of a mosaic in Explore: what is asked of one is answered from what is kept, whether its file is there or not. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parsePart } from '../../shared/parts.ts';
import { createApp, forkLauncher } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { taskEnd } from '../helpers/tasks.ts';

const directory = sharedFolder('tiles');
let app: App;

beforeAll(async () => {
  mkdirSync(join(directory, 'photos'));
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  await sharp({ create: { width: 320, height: 256, channels: 3, background: '#777', noise } })
    .png()
    .toFile(join(directory, 'photos', 'mosaic7.png'));
  app = await createApp({
    home: join(directory, 'home'),
    host: { kind: 'test', version: '0' },
    launch: forkLauncher(new URL('../helpers/fakeTrainer.ts', import.meta.url)),
    checkResults: true,
  });
});
afterAll(() => app.close());

test('neighbours of a tile come from its kept embedding and with kept pictures: nothing is decoded', async () => {
  const { id: datasetId } = await app.handle('library.add', { folder: join(directory, 'photos') });
  await app.handle('library.setInput', { datasetId, input: { tiles: 64 } });
  await vi.waitFor(
    async () => {
      const { state, images } = await app.handle('library.get', { datasetId });
      expect([state, images]).toEqual(['ready', 20]);
    },
    { timeout: 20_000 },
  );
  const patch = { epochs: 2, batchSize: 8, imageSize: 32, backbone: { width: 0.125, stem: 'cifar' as const } };
  const { id: runId } = await app.handle('runs.create', { datasetId, name: null, preset: null, patch });
  await vi.waitFor(async () => expect((await app.handle('runs.get', { runId })).state).toBe('finished'), {
    timeout: 30_000,
  });
  const { resultId } = await taskEnd(app, await app.handle('explore.embed', { runId }));
  const { images } = await app.handle('library.images', { datasetId });
  renameSync(join(directory, 'photos'), join(directory, 'elsewhere')); // no pixel can be had any more

  const asked = images[11]!;
  const { neighbours } = await app.handle('explore.neighbours', { embeddingSetId: resultId!, imageId: asked.id, k: 8 });
  expect(neighbours).toHaveLength(8);
  for (const { imageId } of neighbours) {
    expect((await app.image(imageId, 256))?.type).toBe('image/webp');
    const { part, whole } = await app.handle('library.image', { imageId });
    expect(parsePart(part).tile).toMatchObject({ width: 64, height: 64 });
    expect(whole).toMatchObject({ width: 320, height: 256 });
    expect((await app.image(whole!.id, 512))?.type).toBe('image/webp'); // the parent, in which its place is shown
  }
});
