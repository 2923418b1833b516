/** From a first launch to a running training in two clicks, and from there to neighbours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { encode, tiff, values } from '../helpers/rasters.ts';
import { startHost } from './host.ts';
import { ExplorePlace, MonitorPlace, tiles } from './pages/places.ts';

test('two clicks lead to a training on sample photos', async ({ page }) => {
  const host = await startHost();
  try {
    await page.goto(host.url);
    await page.getByRole('button', { name: 'Try with sample photos' }).click();
    await page.getByRole('button', { name: 'Start training' }).click({ timeout: 120_000 });
    const monitor = new MonitorPlace(page);
    await monitor.expectState('Running', 60_000);
    await expect(monitor.chart('Loss')).toHaveAccessibleName(/Loss −?\d/, { timeout: 90_000 });

    // stopping keeps what was learned, and its neighbours can be looked at
    await monitor.button('Stop and save').click();
    await monitor.expectState('Stopped');
    await page.getByRole('main').getByRole('link', { name: 'Explore' }).first().click();
    const explore = new ExplorePlace(page);
    await tiles(explore.grid()).first().click({ timeout: 90_000 });
    await expect(tiles(explore.grid()).first()).toHaveAccessibleName(/\(cosine -?[01]\.\d{3}\)$/);
  } finally {
    await host.close();
  }
});

test('a server that ends is said, and the next one takes the page, the bookmark and nobody else', async ({
  browser,
}) => {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-away-'));
  let host = await startHost({ home });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(host.url);
    await expect(page.getByRole('button', { name: 'Try with sample photos' })).toBeEnabled();
    const port = Number(new URL(page.url()).port);
    await host.close();
    await expect(page.getByRole('alert')).toContainText('does not answer any more');
    await expect(page.locator('.place[inert]')).toBeAttached();
    await expect(page.locator('.acts[inert]')).toBeAttached(); // nor does the bar of chosen photos act
    host = await startHost({ home, port });
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.locator('.place[inert]')).not.toBeAttached();
    const bookmark = await context.newPage();
    await bookmark.goto(`http://127.0.0.1:${port}`);
    await expect(bookmark.getByRole('heading', { level: 1 })).toContainText('An eye of your own');
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`http://127.0.0.1:${port}`);
    await expect(stranger.getByRole('heading', { level: 1 })).toContainText('has not opened Lookalike yet');
    // nor is the cookie enough, which every server on this machine is shown: the page's key is behind the #
    const cookies = await context.cookies();
    const thief = await browser.newContext();
    await thief.addCookies(cookies);
    const stolen = await thief.newPage();
    await stolen.goto(`http://127.0.0.1:${port}`);
    await expect(stolen.getByRole('alert')).toContainText('may not open Lookalike');
    await thief.close();
    // revoked in another window's settings, this one says so
    await stranger.goto(host.url);
    await stranger.goto(new URL('#/settings', stranger.url()).href);
    await stranger.getByRole('button', { name: /^Revoke Chrome/ }).click();
    await expect(stranger.getByRole('heading', { name: 'Browsers that may open this window' })).toBeFocused();
    await expect(page.getByRole('alert')).toContainText('may not open Lookalike any more');
  } finally {
    await context.close();
    await host.close();
    rmSync(home, { recursive: true, force: true });
  }
});

test('the plan of a folder with several kinds of measured values stands, and says each', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-measured-'));
  for (let i = 0; i < 10; i++) {
    writeFileSync(join(folder, `a${i}.tif`), tiff({ type: 'u16', pixels: encode(values(100 + i, 400), 'u16') }));
    writeFileSync(join(folder, `b${i}.tif`), tiff({ type: 'f32', pixels: encode(values(0, 1 + i), 'f32') }));
  }
  const host = await startHost();
  try {
    const { id } = await host.app.handle('library.add', { folder });
    await page.goto(host.url);
    await page.goto(new URL(`#/new?dataset=${id}`, page.url()).href);
    const cost = page.getByRole('region', { name: 'What it will cost' });
    await expect(cost.getByText(/^Measured values/)).toHaveCount(2, { timeout: 60_000 });
    await expect(cost.getByRole('definition').first()).not.toHaveText('—');

    // what a rule of groups lacks is said beside its field
    await page.goto(new URL(`#/library/${id}`, page.url()).href);
    await page.getByRole('button', { name: 'Values, tiles, labels' }).click();
    await page.getByRole('combobox', { name: 'By', exact: true }).selectOption('pattern');
    await page.getByRole('textbox', { name: 'Pattern' }).fill('((');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main').getByRole('alert')).toContainText('names no part of a path: write {well}');
    await page.getByRole('textbox', { name: 'Pattern' }).fill('{site}*.tif');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main').getByRole('alert')).toBeHidden();
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
