/** A rule that is changed after a run: the library shows photos by the new one, and the run goes on with its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { encode, tiff, values } from '../helpers/rasters.ts';
import { app, directory, events, useApp } from './appHarness.ts';
import { patch } from './runHarness.ts';

useApp();

it('is seen in pictures of the folder at once, and not in those of the run', async () => {
  const folder = join(directory, 'elevations');
  mkdirSync(folder);
  for (let i = 0; i < 8; i++)
    writeFileSync(join(folder, `${i}.tif`), tiff({ type: 'f32', pixels: encode(values(800 + i, 1400), 'f32') }));
  const { id: datasetId } = await app.handle('library.add', { folder });
  await expect
    .poll(async () => (await app.handle('library.get', { datasetId })).findings.kinds.length, { timeout: 20_000 })
    .toBe(1);
  const [photo] = (await app.handle('library.images', { datasetId, offset: 0, limit: 1 })).images;
  const shades = async (run?: string) => {
    const picture = (await app.image(photo!.id, 256, run))!;
    const { data } = await sharp(picture.bytes).raw().toBuffer({ resolveWithObject: true });
    return data.reduce((sum, level) => sum + level, 0) / data.length;
  };
  const before = await shades();
  const { id: runId } = await app.handle('runs.create', { datasetId, name: null, preset: null, patch: patch(1) });

  events.length = 0;
  await app.handle('library.setInput', { datasetId, input: { rule: 'fixed', low: 0, high: 100_000 } });
  expect(await shades()).toBeLessThan(10);
  expect(await shades(runId)).toBe(before);
  expect(before).toBeGreaterThan(50);
  expect(await shades('no-such-run')).toBe(await shades()); // deleted meanwhile
  const told = events.flatMap((event) => (event.name === 'dataset' && event.dataset.id === datasetId ? [event.dataset] : [])); // prettier-ignore
  expect([told[0]!.measuring, told.at(-1)!.measuring ?? false]).toEqual([true, false]);
  await expect.poll(async () => (await app.handle('runs.get', { runId })).config.input.rule).toBe('folder');
});
