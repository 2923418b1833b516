/**
 * An application over embeddings with a known geometry: photos a0 to a19 and b 0 to 19 lie on two separate circles, in
 * the order of their numbers, so every answer can be said beforehand.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Task } from '../../shared/contract.ts';
import { createApp, forkLauncher } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder } from './folders.ts';
import { taskEnd } from './tasks.ts';

export let directory: string;
export let app: App;
export let runId: string;
/** Of the photos, by their files. */
export let ids: Map<string, string>;
const launch = forkLauncher(new URL('./fakeTrainer.ts', import.meta.url));

/** Opens the home, where it was closed, from now on. */
export async function openApp(quickGraph?: number): Promise<void> {
  app = await createApp({
    home: join(directory, 'home'),
    host: { kind: 'test', version: '0' },
    launch,
    checkResults: true,
    ...(quickGraph !== undefined && { quickGraph }),
  });
}

export const ended = (task: Task) => taskEnd(app, task);
export const file = (id: string) => [...ids].find(([, other]) => other === id)![0];

/** Trains on them before the tests of a file; nothing is embedded yet. */
export function useCircles(): void {
  directory = sharedFolder('explore');
  beforeAll(async () => {
    const photos = join(directory, 'photos');
    mkdirSync(photos);
    const png = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#777' } })
      .png()
      .toBuffer();
    for (let i = 0; i < 20; i++) {
      writeFileSync(join(photos, `a${i}.png`), png);
      writeFileSync(join(photos, `${i}.png`), png);
    }
    writeFileSync(join(photos, '!.png'), png); // the double calls the first photo unreadable
    await openApp();
    const { id: datasetId } = await app.handle('library.add', { folder: photos, read: false });
    const patch = { epochs: 2, batchSize: 8, imageSize: 32, backbone: { width: 0.125, stem: 'cifar' } };
    runId = (await app.handle('runs.create', { datasetId, name: null, preset: null, patch })).id;
    await vi.waitFor(async () => expect((await app.handle('runs.get', { runId })).state).toBe('finished'), {
      timeout: 30_000,
    });
    const { images } = await app.handle('library.images', { datasetId });
    ids = new Map(images.map((image) => [image.file, image.id]));
    const csv = images.map(({ file }) => `${file},${file.startsWith('a') ? 'first' : 'second'}`).join('\n');
    await app.handle('library.setLabels', { datasetId, source: 'csv', csv });
  });
  afterAll(() => app.close());
}
