/** A folder's rule of measured values that is changed after a run: what the library shows, and what the run's photos do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { encode, tiff, values } from '../helpers/rasters.ts';
import { tiles } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

let trained: Trained;
test.beforeAll(async () => {
  const prepare = (folder: string) => {
    for (let i = 0; i < 40; i++)
      writeFileSync(
        join(folder, `${i}.tif`),
        tiff({ type: 'f32', pixels: encode(values(800 + i, 1400 + 5 * i), 'f32') }),
      );
  };
  trained = await startTrained({ photos: 0, prepare });
});
test.afterAll(() => trained.close());

/** The mean of the levels of a tile's picture; -1 while there is none. */
const shade = (tile: Locator): Promise<number> =>
  tile.locator('img').evaluate((image: HTMLImageElement) => {
    if (!image.complete || image.naturalWidth === 0) return -1;
    const context = Object.assign(document.createElement('canvas'), { width: 64, height: 64 }).getContext('2d')!;
    context.drawImage(image, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    return data.reduce((sum, level, i) => (i % 4 < 3 ? sum + level : sum), 0) / (data.length * 0.75);
  });

test('photos in the library change with it where they stand, and those of the run stay', async ({ page }) => {
  const { host, runId, datasetId } = trained;
  const change = (input: object) => host.app.handle('library.setInput', { datasetId, input });
  await page.goto(host.url);
  await page.goto(new URL(`#/library/${datasetId}`, page.url()).href);
  const first = tiles(page.getByRole('listbox')).first();
  await expect.poll(() => shade(first), { timeout: 30_000 }).toBeGreaterThan(40);
  await change({ rule: 'fixed', low: 0, high: 100_000 });
  await expect.poll(() => shade(first), { timeout: 30_000 }).toBeLessThan(10);

  await page.goto(new URL(`#/explore?run=${runId}`, page.url()).href);
  const seen = tiles(page.getByRole('listbox', { name: 'Photos', exact: true })).first();
  await expect.poll(() => shade(seen), { timeout: 60_000 }).toBeGreaterThan(40);
});
