/** What vanishes or changes under a person's hands, here or in another window: names, focus, filters, what is chosen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { IdList } from '../../shared/idList.ts';
import { findings } from './axe.ts';
import { openAt, photosRead, startRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { renderPhotos } from './photos.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';

let seeded: SeededHome;
let host: RunningHost;

test.beforeAll(async () => {
  seeded = await seededHome({ steady: { endedAt: 5 }, second: { endedAt: 9 } });
  host = await startRead(seeded.home);
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
});

const bar = (page: Page) => page.getByRole('region', { name: 'What to do with the chosen photos' });

test('a name that is being changed is left by Escape and taken by Enter, and the focus stays with it', async ({
  page,
}) => {
  await page.goto(host.url);
  const library = new LibraryPlace(page);
  await library.go('Runs');
  const pencil = page.getByRole('button', { name: 'Rename steady' });
  await pencil.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.insertText('a slip');
  await page.keyboard.press('Escape');
  await expect(pencil).toBeFocused();
  await expect(page.getByRole('link', { name: 'steady', exact: true })).toBeVisible();

  await library.go('Library');
  const rename = page.getByRole('button', { name: 'Rename the folder' });
  await rename.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('a slip');
  await page.keyboard.press('Escape');
  await expect(rename).toBeFocused();
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('Photos');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('Shapes');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('Shapes');
  await expect(rename).toBeFocused();

  // a tag's too, which its menu would take as it closes
  await host.app.handle('tags.create', { name: 'round' });
  await tiles(library.grid()).first().focus();
  await page.keyboard.press('Space');
  await bar(page).getByText('Tag', { exact: true }).click();
  await bar(page).getByRole('checkbox', { name: 'Change tags' }).check();
  await bar(page)
    .getByRole('textbox', { name: /^Name of round/ })
    .click();
  await page.keyboard.insertText('a slip');
  await page.keyboard.press('Escape');
  await expect(bar(page).getByText('Tag', { exact: true })).toBeFocused();
  expect((await host.app.handle('tags.list', null)).map((tag) => tag.name)).toEqual(['round']);
});

test('what has the focus may vanish: it goes to what is nearest, and Space pauses nothing', async ({ page }) => {
  await page.goto(host.url);
  const library = new LibraryPlace(page);
  await library.go('Library');
  // a screen reader puts it on any photo: keys are of that one
  const third = tiles(library.grid()).nth(2);
  await third.focus();
  await page.keyboard.press('Space');
  await expect(third).toHaveAttribute('aria-selected', 'true');
  await bar(page).getByRole('button', { name: 'Clear' }).focus();
  await page.keyboard.press('Enter'); // the bar goes
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.getByRole('searchbox').fill('no such photo');
  await page.getByRole('button', { name: 'Show all photos' }).focus();
  await page.keyboard.press('Enter');
  await expect(tiles(library.grid()).first()).toBeVisible();
  await expect(page.locator('main :focus')).toHaveCount(1);
});

test('another window merges and deletes what this one filters by, and says what it took away', async ({
  page,
  context,
}) => {
  const call = host.app.handle;
  const imageIds = [...IdList.read(await call('photos.ids', { datasetId: 'd' }))];
  const [one, two] = [await call('tags.create', { name: 'one' }), await call('tags.create', { name: 'two' })];
  await call('tags.create', { name: 'three' });
  await call('tags.set', { tagId: one.id, imageIds: imageIds.slice(0, 3), on: true });
  await page.goto(host.url);
  const library = new LibraryPlace(page);
  await library.go('Library');
  const filter = page.getByRole('combobox', { name: 'Tag', exact: true });
  const first = tiles(library.grid()).first();
  await filter.selectOption({ label: 'one (3)' });
  await expect(first).toHaveAttribute('aria-setsize', '3');
  await call('tags.merge', { tagIds: [one.id], into: two.id });
  await expect(filter.getByRole('option', { selected: true })).toHaveText('two (3)');
  await expect(first).toHaveAttribute('aria-setsize', '3');
  await call('tags.delete', { tagId: two.id });
  await expect(filter.getByRole('option', { selected: true })).toHaveText('All tags');
  await expect(first).toHaveAttribute('aria-setsize', String(imageIds.length));

  const label = page.getByRole('combobox', { name: 'Label' });
  await label.selectOption({ label: 'circle (8)' });
  await expect(first).toHaveAttribute('aria-setsize', '8');
  await call('library.setLabels', { datasetId: 'd', source: 'none' });
  await expect(first).toHaveAttribute('aria-setsize', String(imageIds.length));
  await call('library.setLabels', { datasetId: 'd', source: 'folders' });

  await library.go('Export');
  const run = page.getByRole('combobox', { name: 'Run' });
  await run.fill('steady');
  await run.press('Enter');
  await call('runs.delete', { runId: 'steady' });
  await library.expectNotice('The run that was chosen here was deleted. “second” is chosen in its place.');
  await expect(run).toHaveValue('second');
  await call('runs.restore', { runId: 'steady' });
  await expect(run).toHaveValue('steady');

  const collection = await call('library.collect', { imageIds: imageIds.slice(0, 2), name: 'Two of them' });
  await library.go('Library');
  await page.getByRole('link', { name: /^Two of them/ }).click();
  await expect(first).toHaveAttribute('aria-setsize', '2');
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByRole('button', { name: 'Remove', exact: true }).click();
  await library.expectNotice('The folder that was open here was taken out of the library.');
  await expect(new LibraryPlace(other).notices).not.toContainText('that was open here');
  expect((await call('library.list', null)).map(({ id }) => id)).not.toContain(collection.id);
});

test('a photo that is looked at is closed with its folder, which another window takes out', async ({ page }) => {
  const call = host.app.handle;
  const folder = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-taken-')), 1);
  const { id: datasetId } = await call('library.add', { folder });
  await photosRead(host, datasetId);
  await openAt(page, host, `#/library/${datasetId}`);
  const library = new LibraryPlace(page);
  await tiles(library.grid()).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await call('library.remove', { datasetId });
  await library.expectNotice('The folder that was open here was taken out of the library.');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await call('library.restore', { datasetId });
  await expect(tiles(library.grid())).toHaveCount(4); // it is back, and so is this
  rmSync(folder, { recursive: true, force: true });
});

test('a tag on photos that all have it changes nothing, and offers nothing to take back', async ({ page }) => {
  await page.goto(host.url);
  const library = new LibraryPlace(page);
  await library.go('Library');
  await tiles(library.grid()).first().focus();
  await page.keyboard.press('Space');
  await bar(page).getByText('Tag', { exact: true }).click();
  for (const count of ['1 photo was', '0 photos were']) {
    await bar(page).getByRole('textbox', { name: 'New tag' }).fill('twice');
    await page.keyboard.press('Enter');
    await library.expectNotice(`${count} tagged “twice”.`);
  }
  await expect(library.notices.getByRole('button', { name: 'Undo' })).toHaveCount(1);
});

test('one long word for a name pushes nothing out of the window', async ({ page }) => {
  const call = host.app.handle;
  const long = 'W'.repeat(100);
  await call('library.rename', { datasetId: 'd', name: long });
  for (const runId of ['steady', 'second']) await call('runs.update', { runId, name: long });
  const tag = await call('tags.create', { name: long });
  const [imageId] = [...IdList.read(await call('photos.ids', { datasetId: 'd' }))];
  await call('tags.set', { tagId: tag.id, imageIds: [imageId!], on: true });
  await page.goto(host.url);
  const library = new LibraryPlace(page);
  const places = ['Runs', 'Explore', 'Evaluate', 'Export', 'New run', 'Library'] as const;
  for (const width of [1280, 800]) {
    await page.setViewportSize({ width, height: 800 });
    const fields = () =>
      page.locator('main input').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    const said = async () => `${await page.getByRole('main').innerText()} ${(await fields()).join(' ')}`;
    const excess = () => page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
    await page.goto(new URL('#/monitor/steady', page.url()).href);
    await expect(page.getByRole('heading', { level: 1, name: long })).toBeVisible();
    expect(await excess()).toBe(0);
    for (const place of places) {
      await library.go(place);
      await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible();
      await expect.poll(said).toContain('WWW');
      expect([place, await excess()]).toEqual([place, 0]);
    }
    await library.go('Runs'); // the figures have their room
    await expect(page.getByRole('columnheader', { name: 'kNN accuracy' })).toBeInViewport({ ratio: 1 });
    await library.go('Library');
  }
  await tiles(library.grid()).first().focus();
  await page.keyboard.press('Space');
  await bar(page).getByText('Tag', { exact: true }).click();
  const sheet = bar(page).locator('.sheet');
  expect(await sheet.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
  expect(await findings(page)).toEqual([]);
});

test('of a training on no photos no time, memory or disk is said', async ({ page }) => {
  const call = host.app.handle;
  const imageIds = [...IdList.read(await call('photos.ids', { datasetId: 'd' }))];
  const { id } = await call('library.collect', { imageIds: imageIds.slice(0, 8), name: 'None of them' });
  const cost = page.getByRole('region', { name: 'What it will cost' });
  const form = new LibraryPlace(page);
  await page.goto(host.url);
  await page.goto(new URL(`#/new?dataset=${id}`, page.url()).href);
  await expect(cost).toContainText(/\d MB/);
  await call('library.exclude', { imageIds: imageIds.slice(0, 8), excluded: true });
  await page.reload();
  await expect(page.getByText('0 photos can be trained on')).toBeVisible();
  await expect(cost).not.toContainText(/\d/);
  await expect(form.button('Start training')).toBeDisabled();
});
