/**
 * Pictures of every place for the README: starts the application in a home of its own, trains on the sample photos
 * as a newcomer would (two clicks), once without stop-gradient to show a collapse, and a study of the Lab, then visits
 * every place in both themes and in Chinese. Writes WebP files to docs/screenshots. Where no font of this machine has
 * Chinese, those pictures are left as they are, and it says so.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { IdList } from '../shared/idList.ts';
import { places } from '../shared/places.ts';
import type { Place } from '../shared/places.ts';
import { findChromium } from '../test/browser/chromium.ts';
import { startHost } from '../test/browser/host.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');
const viewport = { width: 1440, height: 900 };
/** LOOKALIKE_SHOTS_HOME: a home made by an earlier call, to take the pictures again without training. */
const keptHome = process.env.LOOKALIKE_SHOTS_HOME;

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const host = await startHost({ ...(keptHome && { home: keptHome }), app: { host: { kind: 'test', version } } });
const { executablePath, args, source } = await findChromium();
console.log(`browser: ${executablePath} (${source})`);
const browser = await chromium.launch({ executablePath, args });

async function open(options: { colorScheme: 'light' | 'dark'; locale?: string }): Promise<Page> {
  const page = await browser.newPage({ viewport, locale: 'en-US', timezoneId: 'UTC', ...options });
  await page.goto(host.url);
  await page.getByRole('navigation').first().waitFor();
  return page;
}

/** Without a font two different characters are drawn as the same empty box. */
async function hasChinese(): Promise<boolean> {
  const page = await browser.newPage({ viewport: { width: 80, height: 80 } });
  const drawn = async (character: string) => {
    await page.setContent(`<p lang="zh-CN" style="font: 40px system-ui, sans-serif">${character}</p>`);
    return page.screenshot();
  };
  const [one, other] = [await drawn('\u4e2d'), await drawn('\u6587')];
  await page.close();
  return !one.equals(other);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(900); // charts are drawn one a frame, and thumbnails fade in
  const picture = await page.screenshot({ timeout: 180_000 }); // a busy machine draws slowly
  await writeFile(join(folder, `${name}.webp`), await sharp(picture).webp({ quality: 82, effort: 6 }).toBuffer());
  console.log(name);
}

/** A hash change instead of a load: what a person sees when walking through the window. */
const go = async (page: Page, hash: string): Promise<void> =>
  void (await page.goto(new URL(`#/${hash}`, page.url()).href));

async function finished(runId: string): Promise<void> {
  for (;;) {
    const { state, error } = await host.app.handle('runs.get', { runId });
    if (state === 'finished') return;
    if (state === 'failed') throw new Error(error?.message);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** SimSiam without its stop-gradient at a high rate: it collapses within a few hundred steps. */
const collapsing = {
  method: 'simsiam',
  stopGradient: false,
  predictor: { kind: 'mlp' },
  backbone: { width: 0.125, init: 'random' },
  batchSize: 32,
  optimizer: { baseLearningRate: 1 },
} as const;

/** Five of the stars with a tag, of which the rest is looked for. */
async function tagged(datasetId: string): Promise<string> {
  const [known] = await host.app.handle('tags.list', null);
  if (known) return known.id;
  const { id: tagId } = await host.app.handle('tags.create', { name: 'star' });
  const ids = IdList.read(await host.app.handle('photos.ids', { datasetId, search: 'stars/' }));
  await host.app.handle('tags.set', { tagId, imageIds: [...ids].slice(0, 5), on: true });
  return tagId;
}

/** Train as a newcomer does, photographing the moment in the middle; then a run that collapses. */
async function prepare(): Promise<void> {
  const page = await open({ colorScheme: 'light' });
  const dark = await open({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Try with sample photos' }).click();
  await page.getByRole('button', { name: 'Start training' }).click({ timeout: 180_000 });
  await page.waitForURL(/monitor/, { timeout: 30_000 });
  const runId = decodeURIComponent(new URL(page.url()).hash.split('/')[2]!);
  await host.app.handle('runs.update', { runId, name: 'Sample photos' });
  for (;;) {
    const { epoch, epochs, state } = await host.app.handle('runs.get', { runId });
    if (state !== 'queued' && (epoch > 0.5 * (epochs ?? Infinity) || state === 'finished')) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await go(dark, `monitor/${runId}`);
  await shoot(page, 'training-light');
  await shoot(dark, 'training-dark');
  await finished(runId);
  const { datasetId } = await host.app.handle('runs.get', { runId });
  const collapse = await host.app.handle('runs.create', {
    datasetId,
    name: 'Without stop-gradient',
    preset: 'quick',
    patch: { ...collapsing, epochs: 10, minutes: null },
    clonedFrom: null,
  });
  await finished(collapse.id);
  await host.app.handle('explore.embed', { runId, checkpointId: null, datasetId: null });
  await page.close();
  await dark.close();
}

/** The study of the stop-gradient, to its end. */
async function experiment(): Promise<void> {
  const [dataset] = await host.app.handle('library.list', null);
  const { id } = await host.app.handle('lab.start', {
    study: 'stop-gradient',
    datasetId: dataset!.id,
    minutes: 1.5,
    seeds: 1,
    linear: false,
  });
  while ((await host.app.handle('lab.get', { experimentId: id })).state !== 'finished')
    await new Promise((resolve) => setTimeout(resolve, 1000));
}

async function visit(
  colorScheme: 'light' | 'dark',
  locale: string | undefined,
  names: readonly string[],
  suffix: string,
): Promise<void> {
  const page = await open({ colorScheme, locale });
  const runs = await host.app.handle('runs.list', null);
  const healthy = runs.find(({ name }) => name === 'Sample photos')!;
  const collapsed = runs.find(({ name }) => name === 'Without stop-gradient')!;
  const visits: Record<string, () => Promise<void>> = {
    new: async () => {
      await go(page, 'new');
      await page.locator('img[src^="data:"]').first().waitFor();
    },
    monitor: () => go(page, `monitor/${healthy.id}`),
    neighbours: async () => {
      await go(page, `monitor/${healthy.id}`);
      await page.locator('#strip').scrollIntoViewIfNeeded();
    },
    collapse: () => go(page, `monitor/${collapsed.id}`),
    runs: async () => {
      await go(page, 'runs');
      for (const box of await page.getByRole('checkbox').all()) await box.check();
    },
    explore: async () => {
      await go(page, `explore?run=${healthy.id}`);
      const grid = page.getByRole('listbox').first();
      await grid.getByRole('option').first().waitFor({ timeout: 60_000 });
      await page.locator('[data-layout=umap]').click();
      await page.locator('[data-layout=umap][aria-pressed=true]').waitFor({ timeout: 120_000 });
      await grid.getByRole('option').nth(2).click();
      await page.locator('.step').first().waitFor();
      await page.getByRole('listbox').first().getByRole('option').nth(1).click();
    },
    find: async () => {
      await go(page, `explore?run=${healthy.id}&mode=find&tag=${await tagged(healthy.datasetId)}`);
      await page.locator('.find li').nth(23).waitFor({ timeout: 60_000 });
    },
    evaluate: async () => {
      await go(page, `evaluate?run=${healthy.id}`);
      const known = await host.app.handle('evaluate.list', { runId: healthy.id });
      if (known.length) await page.locator('.link').first().click();
      else await page.locator('button[type=submit]').click();
      await page.locator('td button.right').first().waitFor({ timeout: 120_000 });
      await page.locator('td button.right').first().click();
    },
    'lab-study': async () => {
      await go(page, 'lab/predictor');
      await page.locator('button[type=submit]:enabled').waitFor({ timeout: 120_000 });
    },
    'lab-results': async () => {
      const [finished] = await host.app.handle('lab.list', null);
      await go(page, `lab/${finished!.id}`);
    },
    export: async () => {
      await go(page, `export?run=${healthy.id}`);
      const known = await host.app.handle('exports.list', { runId: healthy.id });
      if (known.length) await page.locator('main li button[aria-pressed]').first().click();
      else await page.locator('button[type=submit]').first().click(); // the other writes the run for PyTorch
      await page.locator('.snippet').first().waitFor({ timeout: 120_000 });
    },
    settings: async () => {
      await go(page, 'settings');
      await page.locator('li[aria-busy] .good').first().waitFor({ timeout: 300_000 }); // the processor has been tested
    },
    help: () => go(page, 'help/simsiam'),
  };
  for (const name of names) {
    await (visits[name] ?? (() => go(page, name)))();
    await shoot(page, `${name}-${suffix}`);
  }
  await page.close();
}

mkdirSync(folder, { recursive: true });
try {
  if ((await host.app.handle('runs.list', null)).length === 0) {
    for (const file of readdirSync(folder)) rmSync(join(folder, file));
    await prepare();
  }
  if ((await host.app.handle('lab.list', null)).length === 0) await experiment();
  const further: Partial<Record<Place, readonly string[]>> = {
    monitor: ['neighbours', 'collapse'],
    explore: ['find'],
    lab: ['lab-study', 'lab-results'],
  };
  const all = places.flatMap(({ id }) => [id, ...(further[id] ?? [])]);
  await visit('light', undefined, all, 'light');
  await visit('dark', undefined, all, 'dark');
  if (await hasChinese()) await visit('light', 'zh-CN', all, 'zh-CN');
  else console.log('no font on this machine has Chinese (one is fonts-wqy-microhei): those pictures are not taken');
  const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  console.log(`${(bytes / 1e6).toFixed(1)} MB in ${folder}`);
} finally {
  await browser.close();
  await host.close();
}
