/**
 * Measures the window on a large folder with the real application, and prints one JSON object: long tasks of the
 * page while it scans, while it trains beside and while Explore is used; how counts stream; whether tiles are blank
 * while Explore scrolls; how long the application takes to answer a query.
 *
 *   node scripts/measure-window.ts FOLDER [--copies 50000] [--seconds 60] [--queries 200]
 *
 * FOLDER holds a few photos; they are copied (as links where the disk can) into a temporary folder until there are
 * enough. Nothing is written into FOLDER. Progress goes to stderr. Ends with 1 when a phase could not be measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { findChromium } from '../test/browser/chromium.ts';
import { startHost } from '../test/browser/host.ts';
import { summary, watchTasks, watchTexts, watchTiles } from '../test/browser/measures.ts';
import { fillFolder } from './manyPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    copies: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '60' },
    queries: { type: 'string', default: '200' },
  },
});
const [copies, seconds, queries] = [values.copies, values.seconds, values.queries].map(Number) as [
  number,
  number,
  number,
];
const source = positionals[0];
if (!source) throw new Error('usage: node scripts/measure-window.ts FOLDER [--copies N] [--seconds S] [--queries N]');

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const begun = performance.now();
const say = (text: string) =>
  process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);

const folder = mkdtempSync(join(tmpdir(), 'lookalike-many-'));
const report: Record<string, unknown> = {
  machine: `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)} at the start`,
  copies,
  seconds,
};
say(`${copies} photos in ${folder}`);
fillFolder(source, folder, copies);
const host = await startHost();
const { executablePath, args, source: found } = await findChromium();
const browser = await chromium.launch({ executablePath, args });
report.browser = `${found} ${browser.version()}`;
const { app } = host;
let phase = 'start';
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('crash', () => say(`the page crashed during: ${phase}`));
  page.on('close', () => phase !== 'end' && say(`the page was closed during: ${phase}`));
  page.on('pageerror', (error) => say(`error in the page: ${error.message}`));
  browser.on('disconnected', () => phase !== 'end' && say(`the browser ended during: ${phase}`));
  await page.goto(host.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const go = (hash: string) => page.goto(new URL(hash, page.url()).href);
  const scroller = page.locator('.scroller');
  const tile = page.getByRole('listbox').getByRole('option');

  phase = 'scanning';
  say('scanning, the library open and scrolled');
  const start = performance.now();
  let firstCountMs: number | null = null;
  let events = 0;
  const stopListening = app.onEvent((event) => {
    if (event.name !== 'scan') return;
    events++;
    if (event.progress.found > 0) firstCountMs ??= performance.now() - start;
  });
  const dataset = await app.handle('library.add', { folder });
  await go(`#/library/${dataset.id}`);
  await page.getByRole('listbox').waitFor({ timeout: 120_000 });
  const texts = await watchTexts(page, '.progress');
  const whileScanning = await watchTasks(browser, page, seconds, async () => {
    await scroller.evaluate((element) => element.scrollBy(0, 900));
    await wait(500);
  });
  const shown = await texts();
  const state = async () => (await app.handle('library.get', { datasetId: dataset.id })).state;
  report.scan = {
    ...whileScanning,
    firstCountMs,
    eventsPerSecond: (1000 * events) / (performance.now() - start),
    countsShownPerSecond: shown.length / seconds,
    lastCount: shown.at(-1),
    stillScanning: (await state()) === 'scanning',
  };
  say('waiting for the scan to end');
  while ((await state()) === 'scanning') await wait(1000);
  stopListening();
  report.scanSeconds = (performance.now() - start) / 1000;

  phase = 'training';
  say('starting a run');
  const run = await app.handle('runs.create', {
    datasetId: dataset.id,
    name: 'measured',
    preset: 'quick',
    patch: { imageSize: 32, batchSize: 64, minutes: (2 * seconds + 30) / 60 },
    clonedFrom: null,
  });
  const current = () => app.handle('runs.get', { runId: run.id });
  await go(`#/monitor/${run.id}`);
  await page.getByRole('img', { name: /^Chart of Loss/ }).waitFor({ timeout: 300_000 });
  for (;;) {
    const { state: now, step, error } = await current();
    if ((step ?? 0) > 0) break;
    if (error) throw new Error(error.message);
    if (now === 'finished') throw new Error('the run ended before its first step');
    await wait(500);
  }
  say('training, the monitor open');
  report.monitorWhileTraining = await watchTasks(browser, page, seconds, () => wait(500));
  say('training, the library scrolled');
  await go(`#/library/${dataset.id}`);
  await tile.first().waitFor({ timeout: 60_000 });
  report.libraryWhileTraining = await watchTasks(browser, page, seconds, async () => {
    await scroller.evaluate((element) => element.scrollBy(0, 900));
    await wait(500);
  });
  say('waiting for the run to end');
  while (['queued', 'running', 'paused'].includes((await current()).state)) await wait(1000);
  report.steps = (await current()).step;

  phase = 'embedding';
  say('embedding');
  const followed = async (task: { id: string }) => {
    for (;;) {
      const now = (await app.handle('tasks.list', null)).find(({ id }) => id === task.id);
      if (now?.state === 'done') return now.resultId!;
      if (now?.error) throw new Error(now.error.message);
      await wait(500);
    }
  };
  const embeddingSetId = await followed(await app.handle('explore.embed', { runId: run.id }));

  phase = 'Explore';
  say('Explore: opened, scrolled, asked');
  await go('#/settings');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  const openedIn = performance.now();
  report.openingExplore = await watchTasks(browser, page, 5, async () => {
    if (!page.url().includes('explore')) await go(`#/explore?run=${run.id}`);
    await wait(500);
  });
  const map = page.getByRole('img', { name: /^Map of/ });
  await map.waitFor({ timeout: 120_000 });
  await tile.first().waitFor();
  report.exploreReadyWithinMs = performance.now() - openedIn;
  const tiles = await watchTiles(page);
  const scrolled = await watchTasks(browser, page, Math.min(seconds, 30), async () => {
    await scroller.evaluate((element) => element.scrollBy(0, 150));
    await wait(100);
  });
  report.scrollingExplore = { ...scrolled, pixelsPerSecond: 1500, tiles: await tiles() };

  phase = 'queries';
  const ids = (await app.handle('library.images', { datasetId: dataset.id, offset: 0, limit: 1000 })).images;
  const timed = async (ask: () => Promise<unknown>) => {
    const before = performance.now();
    await ask();
    return performance.now() - before;
  };
  const photo: number[] = [];
  for (let i = 0; i < queries; i++)
    photo.push(
      await timed(() =>
        app.handle('explore.neighbours', { embeddingSetId, imageId: ids[(i * 37) % ids.length]!.id, k: 60 }),
      ),
    );
  const image: number[] = [];
  for (let i = 0; i < Math.max(10, queries / 10); i++) {
    const bytes = await sharp({
      create: { width: 640, height: 480, channels: 3, background: { r: (i * 40) % 256, g: 90, b: 160 } },
    })
      .jpeg()
      .toBuffer();
    const ask = () => app.handle('explore.query', { embeddingSetId, image: bytes.toString('base64'), k: 60 });
    if (i === 0) report.firstImageQueryMs = await timed(ask); // opens the encoder, which then stays warm
    image.push(await timed(ask));
  }
  const seen: number[] = [];
  for (let i = 0; i < 10; i++) {
    const ring = page.locator('section[aria-busy]');
    const before = performance.now();
    await tile.nth(i).click();
    await tile.nth(1).and(page.locator('[aria-setsize="60"]')).waitFor();
    await ring.and(page.locator('[aria-busy="false"]')).waitFor();
    seen.push(performance.now() - before);
  }
  report.appMsOfPhotoQuery = summary(photo);
  report.appMsOfImageQuery = summary(image);
  report.clickToNeighboursMs = summary(seen);
  say('done');
} catch (error) {
  say(`failed during: ${phase}: ${(error as Error).message}`);
  report.failed = { phase, message: (error as Error).message };
  process.exitCode = 1;
} finally {
  phase = 'end';
  report.loadAtTheEnd = loadavg()[0];
  console.log(JSON.stringify(report, (_, value) => (typeof value === 'number' ? +value.toFixed(2) : value), 2));
  await browser.close().catch(() => {});
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}
