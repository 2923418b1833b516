/**
 * A window under load: 20,000 metric events do not grow its memory, and 50,000 photos are scrolled and mapped with
 * a bounded number of tiles. The application is a double here, so that the load is known; the server is the real one.
 */
import { expect, test } from '@playwright/test';
import type { CDPSession, Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import type { AppEvent, AppMethod } from '../../shared/contract.ts';
import { Settings } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { memoryAccess } from '../helpers/access.ts';
import { startServer } from '../../src-main/server/index.ts';
import type { RunningServer } from '../../src-main/server/index.ts';
import { datasetRecord, embeddingSet, epochMetrics, imageRecord, runRecord } from '../helpers/records.ts';

const photos = 50_000;
/** As many as the library and the map say there are: some tests say more. */
let [listed, mapped] = [photos, photos];
const run = runRecord('r', {
  name: 'loaded',
  datasetName: 'many',
  epoch: 1,
  epochs: 1000,
  steps: 100_000,
  images: photos,
});
const dataset = datasetRecord('d', { name: 'many', images: photos });

const answers: Partial<Record<AppMethod, (params: never) => unknown>> = {
  'system.host': () => ({ kind: 'test', canReveal: false, canPickFolder: false, version: '0', offline: false }),
  'system.settings': () => Settings.parse({ language: 'en' }),
  'tasks.list': () => [],
  'tags.list': () => [],
  'runs.deleted': () => [],
  'library.names': ({ imageIds }: { imageIds: string[] }) => imageIds.map((id) => `${id}.jpg`),
  'library.list': () => [{ ...dataset, images: listed }],
  'library.described': () => ({ ratings: [], keywords: [] }),
  'library.images': ({ offset, limit }: { offset: number; limit: number }) => ({
    total: listed,
    images: Array.from({ length: Math.min(limit, listed - offset) }, (_, i) => imageRecord(offset + i)),
  }),
  'runs.list': () => [run],
  'runs.get': () => run,
  'runs.epochs': () => [],
  'runs.steps': () => [],
  'runs.strip': () => [],
  'explore.sets': () => [{ ...embeddingSet('s', mapped), hasUmap: true }],
  'explore.map': () => ({
    imageIds: IdList.of(Array.from({ length: mapped }, (_, i) => `i${i}`)).bytes,
    positions: Float32Array.from(
      { length: 2 * mapped },
      (_, i) => 2 * ((Math.abs(Math.sin(i * 12.9898)) * 43_758.5453) % 1) - 1,
    ),
    labels: Int32Array.from({ length: mapped }, (_, i) => i % 8),
    classes: Array.from({ length: 8 }, (_, i) => `class ${i}`),
    clusters: Int32Array.from({ length: mapped }, (_, i) => i % 8),
  }),
  'explore.neighbours': () => ({
    neighbours: Array.from({ length: 24 }, (_, i) => ({
      imageId: `i${i * 7}`,
      similarity: 1 - i / 50,
      closer: 1 - i / 5000,
    })),
    milliseconds: 1,
  }),
};

const listeners = new Set<(event: AppEvent) => void>();
let server: RunningServer;
let page: Page;
let cdp: CDPSession;
const errors: string[] = [];

test.beforeAll(async ({ browser }) => {
  const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#88aa99' } })
    .webp()
    .toBuffer();
  server = await startServer({
    app: {
      access: memoryAccess(),
      handle: async (method, params) => {
        const answer = answers[method as AppMethod];
        if (!answer) throw new Error(`no answer to ${method}`);
        return answer(params as never);
      },
      onEvent: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      image: async () => ({ bytes, type: 'image/webp' }),
    },
  });
  page = await browser.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  cdp = await page.context().newCDPSession(page);
  await page.goto(server.url);
});
test.afterAll(async () => {
  await page.close();
  await server.close();
});

/** Bytes the page holds after a collection. */
async function heap(): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize;
}

/** The least of several readings: what is drawn or compiled meanwhile comes and goes, what leaks stays. */
async function settled(): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < 8; i++) {
    readings.push(await heap());
    await page.waitForTimeout(400);
  }
  return Math.min(...readings);
}

test('20,000 metric events leave the memory of the page flat', async () => {
  await page.goto(new URL('#/monitor/r', page.url()).href);
  await expect(page.getByRole('img', { name: /^Chart of Loss/ })).toBeVisible();
  let step = 0;
  const lossAt = (at: number) => -0.5 + Math.sin(at) / 10;
  const send = async (count: number) => {
    for (let i = 0; i < count; i++) {
      step++;
      const place = { step, epoch: step / 25, trainingSeconds: step, at: 1e12 + step };
      const loss = lossAt(step);
      for (const listener of listeners) {
        if (step % 25 === 0)
          listener({ name: 'epoch', runId: 'r', metrics: epochMetrics(place.epoch, { ...place, loss, epochs: 1000 }) });
        else
          listener({ name: 'steps', runId: 'r', steps: [{ ...place, loss, zStdTraining: 0.9, learningRate: 0.05 }] });
      }
      if (step % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The last of them ends an epoch, whose loss is the one that is named.
    await expect(page.getByRole('img', { name: /^Chart of Loss/ })).toHaveAccessibleName(
      new RegExp(lossAt(step).toFixed(3).replace('-', '−')),
      { timeout: 60_000 },
    );
    await page.waitForTimeout(3000); // the charts are drawn one after the other, and hold what they drew
  };
  // The curves are full, every chart has drawn full curves, and the code is warm.
  await send(10_000);
  await send(10_000);
  const early = await settled();
  await send(20_000);
  expect(errors).toEqual([]);
  expect(Number.isFinite(early) && early > 0).toBe(true);
  expect((await settled()) / early).toBeLessThan(1.1);
});

test('50,000 photos scroll with a bounded number of tiles, none of them blank', async () => {
  await page.goto(new URL('#/library', page.url()).href);
  const grid = page.getByRole('listbox', { name: 'Photos of many' });
  await expect(grid.getByRole('option').first()).toBeVisible();
  for (const share of [0.1, 0.5, 0.9, 1]) {
    await page
      .locator('.scroller')
      .evaluate((element, to) => (element.scrollTop = (element.scrollHeight - element.clientHeight) * to), share);
    await expect
      .poll(
        () => grid.getByRole('option').evaluateAll((all) => all.every((tile) => tile.querySelector('img')?.complete)),
        { timeout: 60_000 },
      )
      .toBe(true);
    expect(await grid.getByRole('option').count()).toBeLessThan(300);
  }
  await expect(grid.locator('[aria-posinset="50000"]')).toBeVisible();
});

test('two million photos are reached to the last', async () => {
  listed = 2_000_000;
  await page.goto(new URL('#/runs', page.url()).href);
  await page.reload();
  await page.goto(new URL('#/library', page.url()).href);
  const grid = page.getByRole('listbox', { name: 'Photos of many' });
  await grid.getByRole('option').first().focus();
  await page.keyboard.press('End');
  await expect(grid.locator('[aria-posinset="2000000"]')).toBeInViewport();
  for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
  await expect(grid.locator('[aria-posinset="2000000"]')).not.toBeInViewport();
  const leap = (share: number) =>
    page
      .locator('.scroller')
      .evaluate((element, to) => (element.scrollTop = (element.scrollHeight - element.clientHeight) * to), share);
  const first = () => grid.getByRole('option').first().getAttribute('aria-posinset').then(Number);
  await leap(0.5);
  // the end's tiles stand, and are more than the middle's, until the leap is drawn
  await expect.poll(async () => Math.abs((await first()) - 1_000_000)).toBeLessThan(10_000);
  await leap(0);
  await expect(grid.locator('[aria-posinset="1"]')).toBeInViewport();
  listed = photos;
  expect(errors).toEqual([]);
});

/** Share of a map's pixels that are not empty. */
const inked = (map: Locator): Promise<number> =>
  map.evaluate((canvas: HTMLCanvasElement) => {
    const gl = canvas.getContext('webgl2')!;
    const pixels = new Uint8Array(canvas.width * canvas.height * 4);
    gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    let count = 0;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i]! > 0) count++;
    return count / (pixels.length / 4);
  });

test('50,000 points are drawn, and a point opens its neighbours', async () => {
  await page.goto(new URL('#/explore?run=r', page.url()).href);
  const map = page.getByRole('img', { name: /^Map of 50,000 photos/ });
  await expect(map).toBeVisible();
  await expect.poll(() => inked(map)).toBeGreaterThan(0.2);
  const box = (await map.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  // the large query leaves room for some rows of the 24: those in sight are drawn
  const drawn = page.getByRole('listbox', { name: 'Photos' }).getByRole('option');
  await expect.poll(() => drawn.count()).toBeGreaterThan(8);
});

test('a dense map is a picture of its density, and points where one looks closer', async () => {
  mapped = 300_000;
  await page.goto(new URL('#/runs', page.url()).href);
  await page.reload();
  await page.goto(new URL('#/explore?run=r', page.url()).href);
  const map = page.getByRole('img', { name: /^Map of 300,000 photos/ });
  await expect(map).toBeVisible();
  await expect.poll(() => inked(map)).toBeGreaterThan(0.5); // cells leave no gaps
  await map.focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press('+');
  await expect.poll(() => inked(map)).toBeLessThan(0.5);
  expect(await inked(map)).toBeGreaterThan(0.001);
  mapped = photos;
  expect(errors).toEqual([]);
});
