/** What is open in a place is there again after a reload and with Back: what was picked, filters, a photo, a comparison. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { IdList } from '../../shared/idList.ts';
import { taskEnd } from '../helpers/tasks.ts';
import { openAt } from './host.ts';
import type { RunningHost } from './host.ts';
import { looksWell } from './looks.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

let host: RunningHost;
let folder: string;
let runId: string;
let close: Trained['close'];
let tagId: string;

test.beforeAll(async () => {
  const prepare = (folder: string) =>
    copyFileSync(join(folder, 'circle', 'circle-000.png'), join(folder, 'circle', 'copy of it.png'));
  const trained = await startTrained({ prepare });
  ({ host, folder, runId, close } = trained);
  const embedding = await host.app.handle('explore.embed', { runId, checkpointId: null, datasetId: null });
  expect(await taskEnd(host.app, embedding)).toMatchObject({ state: 'done' });
  const imageIds = [...IdList.read(await host.app.handle('photos.ids', { datasetId: trained.datasetId }))].slice(0, 5);
  tagId = (await host.app.handle('tags.create', { name: 'round' })).id;
  await host.app.handle('tags.set', { tagId, imageIds, on: true });
});
test.afterAll(() => close());

const open = (page: Page, hash: string) => openAt(page, host, hash);

test('Explore: what was picked, though its photos were tagged since, and the photo that is looked at', async ({
  page,
}) => {
  await open(page, `#/explore?run=${runId}&mode=pick`);
  const picks = page.locator('section.card', { has: page.getByRole('heading', { name: '6 picked photos' }) });
  const names = async (): Promise<(string | null)[]> => {
    await expect(picks.locator('button[aria-pressed]')).toHaveCount(6, { timeout: 60_000 });
    const found = picks.locator('button[aria-pressed]');
    await expect(found.first()).toHaveAttribute('aria-label', /png/);
    return found.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  };
  await page.getByRole('spinbutton', { name: 'How many' }).fill('6');
  await page.getByRole('combobox', { name: 'By' }).selectOption('varied');
  await page.locator('form').getByRole('button', { name: 'Pick', exact: true }).click();
  const before = await names();
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await expect(bar).toContainText('6 selected');
  await bar.getByText('Tag', { exact: true }).click();
  await bar.getByRole('button', { name: 'round' }).click(); // picked anew they would be others
  await page.reload();
  expect(await names()).toEqual(before);
  await expect(bar).toContainText('6 selected');
  await expect(page.getByRole('spinbutton', { name: 'How many' })).toHaveValue('6');

  await page.getByRole('button', { name: 'Duplicates', exact: true }).click();
  await page.goBack();
  expect(await names()).toEqual(before);
  await page.keyboard.press('Escape');
  await page.reload();
  expect(await names()).toEqual(before);
  await expect(bar).toBeHidden(); // they are there, and as before none of them is chosen
  await picks.locator('button[aria-pressed]').first().click(); // its neighbours
  await page.getByRole('button', { name: 'Details of this photo' }).click();
  const viewer = page.getByRole('dialog');
  await expect(viewer).toContainText(before[0]!);
  await page.reload();
  await expect(viewer).toContainText(before[0]!);
  await page.goBack();
  await expect(viewer).toBeHidden();
  await expect(page.locator('figure.query')).toContainText(before[0]!);
  await page.goForward();
  await expect(viewer).toContainText(before[0]!);
});

test('Library: the tab, what is filtered by, the kind of duplicates and the photo that is looked at', async ({
  page,
}) => {
  const library = new LibraryPlace(page);
  await open(page, '#/library');
  const found = tiles(library.grid());
  await page.getByRole('combobox', { name: 'Tag', exact: true }).selectOption(tagId);
  const search = page.getByRole('searchbox', { name: 'Search names, labels, tags' });
  await search.fill('circle');
  await expect(page).toHaveURL(/q=circle/);
  const count = await found.first().getAttribute('aria-setsize');
  await found.nth(1).dblclick();
  const viewer = page.getByRole('dialog');
  await expect(viewer.getByRole('heading').first()).toHaveText(/png/);
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(''); // the second press marks no text of it
  const name = await viewer.getByRole('heading').first().innerText();
  await page.reload();
  await expect(viewer.getByRole('heading').first()).toHaveText(name);
  await expect(found.first()).toHaveAttribute('aria-setsize', count!);
  await page.keyboard.press('ArrowLeft'); // it is known where in the list it is
  await expect(viewer.getByRole('heading').first()).not.toHaveText(name);
  await page.goBack();
  await expect(viewer).toBeHidden();
  await expect(search).toHaveValue('circle');
  await library.openTab('Duplicates');
  await page.getByRole('button', { name: 'Look for duplicates' }).click();
  const kinds = page.getByRole('group', { name: 'Kind of duplicate' });
  await kinds.getByRole('button', { name: /^Look-alikes/ }).click({ timeout: 60_000 });
  await page.reload();
  await expect(kinds.getByRole('button', { name: /^Look-alikes/ })).toHaveAttribute('aria-pressed', 'true');
  await page.goBack();
  await expect(kinds.getByRole('button', { name: /^Look-alikes/ })).toHaveAttribute('aria-pressed', 'false');
  await page.goBack();
  await expect(search).toHaveValue('circle');
  await expect(found.first()).toHaveAttribute('aria-setsize', count!);
  // a photo of a group is looked at as any other
  await library.openTab('Duplicates');
  await page.getByRole('button', { name: /copy of it\.png$/, pressed: false }).click();
  await expect(viewer.getByRole('heading').first()).toHaveText(/copy of it\.png$/);
});

test('Library and Explore: the chosen photos, less those that are gone, in this tab alone', async ({
  page,
  context,
}) => {
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await open(page, '#/library?q=square');
  const library = new LibraryPlace(page);
  const found = tiles(library.grid());
  await expect(found.first()).toHaveAttribute('aria-setsize', '12');
  await found.first().focus();
  await page.keyboard.press('ControlOrMeta+a');
  await expect(bar).toContainText('12 selected');
  await found.nth(2).click({ modifiers: ['ControlOrMeta'] });
  await expect(bar).toContainText('11 selected');
  await page.reload();
  await expect(bar).toContainText('11 selected');
  await expect(found.nth(2)).toHaveAttribute('aria-selected', 'false');
  await expect(found.nth(3)).toHaveAttribute('aria-selected', 'true');
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(tiles(new LibraryPlace(second).grid()).first()).toBeVisible();
  await expect(second.getByRole('region', { name: 'What to do with the chosen photos' })).toHaveCount(0);
  await second.close();

  await bar.getByRole('button', { name: 'Show on the map' }).click();
  await page.getByRole('button', { name: /^Selection/ }).click();
  await expect(page).toHaveURL(/mode=selection/);
  const listed = tiles(page.getByRole('listbox', { name: 'Photos' }));
  await expect(listed).toHaveCount(11);
  await page.reload();
  await expect(listed).toHaveCount(11, { timeout: 20_000 });
  await expect(bar).toContainText('11 selected');

  // one goes while no page is open
  await page.goto('about:blank');
  rmSync(join(folder, 'square', 'square-000.png'));
  const [dataset] = await host.app.handle('library.list', null);
  const before = dataset!.scannedAt;
  await host.app.handle('library.rescan', { datasetId: dataset!.id });
  await expect
    .poll(async () => (await host.app.handle('library.get', { datasetId: dataset!.id })).scannedAt)
    .not.toBe(before);
  await page.goBack();
  await expect(page.getByText('1 chosen photo is no longer in the library', { exact: false })).toBeVisible();
  await page.locator('.toast').hover(); // it stays
  await looksWell(page, 'a notice of photos that are gone');
  await expect(bar).toContainText('10 selected');
  // a browser whose storage is all but full
  await page.evaluate(() => {
    const put = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, value) {
      if (key === 'lookalike.selection' && !value.includes('"packed":null'))
        throw new DOMException('', 'QuotaExceededError');
      put.call(this, key, value);
    };
  });
  await page.reload();
  await library.expectNotice('no room to keep the 10 chosen photos');
  await page.locator('.toast').hover();
  await looksWell(page, 'a notice of photos that were not kept');
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('listbox', { name: 'Photos' })).toBeVisible();
  await expect(bar).toHaveCount(0);
});

test('Runs: the order, what is searched for and what is compared', async ({ page }) => {
  await open(page, '#/runs');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('e');
  await page.getByRole('checkbox', { name: /^Compare/ }).check();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`compare=${runId}`));
  await page.getByRole('link', { name: 'Library' }).first().click();
  await page.goBack();
  for (const _ of ['with Back', 'after a reload']) {
    await expect(page.getByRole('checkbox', { name: /^Compare/ })).toBeChecked();
    await expect(page.getByRole('columnheader', { name: 'Run' })).toHaveAttribute('aria-sort', 'ascending');
    await expect(page.getByRole('searchbox', { name: 'Search runs' })).toHaveValue('e');
    await expect(page.getByRole('img', { name: /^Chart of/ }).first()).toBeVisible();
    await page.reload();
  }
});
