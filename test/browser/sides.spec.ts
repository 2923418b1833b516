/** The same photo under two epochs, photos chosen on the map, tags as CSV, a camera, a folder that moved: in a small window, by keys. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator } from '@playwright/test';
import sharp from 'sharp';
import { findings } from './axe.ts';
import { cutOff } from './cutOff.ts';
import { openAt } from './host.ts';
import type { RunningHost } from './host.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

let host: RunningHost;
let folder: string;
let runId: string;
let datasetId: string;
let close: Trained['close'];

test.beforeAll(async () => {
  const prepare = (folder: string) => {
    mkdirSync(join(folder, 'aside'));
    return sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
      .withExif({ IFD0: { Make: 'Nikon', Model: 'Nikon Z 6' }, IFD2: { DateTimeOriginal: '2026:11:28 14:03:05' } })
      .jpeg()
      .toFile(join(folder, 'aside', 'boat.jpg'));
  };
  ({ host, folder, datasetId, runId, close } = await startTrained({ photos: 10, epochs: 4, prepare }));
});
test.afterAll(() => close());

test('the same photo is shown under two epochs side by side, and a reload keeps both', async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 900 });
  await openAt(page, host, `#/explore?run=${runId}`);
  const own = page.getByRole('listbox', { name: 'Photos', exact: true });
  await tiles(own).first().click({ timeout: 60_000 });
  const beside = page.getByRole('combobox', { name: 'Compare with' });
  const { checkpoints } = await host.app.handle('runs.get', { runId });
  const [young] = checkpoints.toSorted((a, b) => a.step - b.step);
  const name = `small, epoch ${young!.epoch.toFixed(1)}`;
  await beside.click();
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click(); // it is embedded first
  const other = page.getByRole('listbox', { name });
  await expect(tiles(other).first()).toHaveAccessibleName(/, Number 1 of 40 by likeness, /, { timeout: 60_000 });
  const both = page.getByRole('region', { name }).getByRole('status');
  await expect(both).toHaveText('40 of these 40 on both sides');
  await expect(tiles(own).first()).toHaveAccessibleName(/; also on the other side$/);
  await page.getByRole('slider', { name: 'Closer than' }).fill('1');
  await expect(both.filter({ hasText: /^40/ })).toHaveCount(0); // nor need any be left
  for (const [width, height, colorScheme] of [
    [1440, 900, 'dark'],
    [400, 300, 'light'],
    [800, 900, 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await expect.poll(() => cutOff(page), { message: `${width}`, timeout: 5000 }).toEqual([]);
    expect(await findings(page)).toEqual([]);
  }
  await page.getByRole('slider', { name: 'Closer than' }).fill('0'); // what is left of an epoch is its own
  await expect(page).not.toHaveURL(/closer=/);
  await page.reload();
  await expect(tiles(other).first()).toBeVisible();
  await tiles(other).first().focus();
  await page.keyboard.press('Enter'); // its own neighbours, on both sides
  await expect(page.getByRole('navigation', { name: 'The way here' }).getByRole('listitem')).toHaveCount(3);
  await expect(tiles(other).first()).toBeFocused();
  await beside.click();
  await page.getByRole('option', { name: 'no other epoch or run' }).click();
  await expect(other).toBeHidden();
  await page.goBack();
  await expect(other).toBeVisible();
});

test('on the map one photo is chosen, all are, and let go; clusters have its colours', async ({ page }) => {
  await openAt(page, host, `#/explore?run=${runId}`);
  const map = page.getByRole('img', { name: /^Map of 41 photos/ });
  await expect(map).toBeVisible({ timeout: 60_000 });
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await map.focus();
  await page.keyboard.press('Control+a');
  await expect(bar).toContainText('41 selected');
  await expect(page.getByRole('button', { name: 'Selection (41)', pressed: true })).toBeVisible();
  // the photo under the pointer, whose place is ringed, is left out, and taken in again
  await tiles(page.getByRole('listbox', { name: 'Photos', exact: true }))
    .first()
    .hover();
  const ring = page.locator('.map svg circle').first();
  const at = { x: Number(await ring.getAttribute('cx')), y: Number(await ring.getAttribute('cy')) };
  for (const left of [40, 41]) {
    await map.click({ position: at, modifiers: ['ControlOrMeta'] });
    await expect(bar).toContainText(`${left} selected`);
  }
  await map.press('Escape');
  await expect(bar).toBeHidden();
  await expect(page.getByRole('button', { name: 'All photos', pressed: true })).toBeVisible();
  // one half by the lasso, then the other beside it
  const { width, height } = (await map.boundingBox())!;
  const lasso = async (from: number, to: number, more: boolean) => {
    const { x, y } = (await map.boundingBox())!;
    await page.getByRole('button', { name: /^Lasso/ }).click();
    if (more) await page.keyboard.down('ControlOrMeta');
    const corners = [[from, 3], [to, 3], [to, height - 3], [from, height - 3], [from, 3]] as const; // prettier-ignore
    for (const [i, corner] of corners.entries()) {
      await page.mouse.move(x + corner[0], y + corner[1], { steps: 4 });
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
    if (more) await page.keyboard.up('ControlOrMeta');
  };
  await lasso(width / 2, 1, false); // from the middle: the map's corners are round
  await expect(bar).toContainText('selected');
  await expect(bar).not.toContainText('41 selected');
  await lasso(width / 2, width - 1, true);
  await expect(bar).toContainText('41 selected');
  const pressed = page.getByRole('button', { name: /^Lasso/, pressed: true });
  await page.getByRole('button', { name: /^Lasso/ }).press('Enter');
  await expect(pressed).toBeVisible();
  await page.keyboard.press('Escape'); // puts the lasso away, and not what is chosen
  await expect(pressed).toBeHidden();
  await expect(bar).toContainText('41 selected');
  // in the Library they are chosen as well, for it shows the same folder
  await page.goto(new URL(`#/library/${datasetId}`, page.url()).href);
  await expect(page.getByRole('region', { name: /photos/i }).first()).toBeVisible();
  await expect(bar).toContainText('41 selected');
  await page.goBack();
  await expect(map).toBeVisible();
  await expect(bar).toContainText('41 selected');
  await map.press('Escape');
  await page.getByRole('button', { name: 'Clusters' }).click();
  await expect(page.getByRole('button', { name: 'By cluster', pressed: true })).toBeVisible();
  const title = page.getByRole('heading', { level: 2, name: /photos?$/ }).first();
  await expect(title.locator('.swatch')).toHaveCSS('background-color', 'rgb(0, 114, 178)'); // the largest cluster
  await page.getByRole('button', { name: 'By label' }).click();
  await expect(title.locator('.swatch')).toHaveCount(0);
  await page.getByRole('searchbox').fill('nowhere'); // found as it is typed, as in the Library
  await expect(page.getByText('No photo matches')).toBeVisible();
});

test('tags come in as CSV, which can be undone, and go out as one', async ({ page }) => {
  await openAt(page, host, `#/library/${datasetId}`);
  const library = new LibraryPlace(page);
  await library.openTab('Values, tiles, labels');
  const csv = join(folder, '..', `tags-${process.pid}.csv`);
  const lines = ['file,tag', 'CIRCLE/circle-000.PNG,=round', '/elsewhere/square/square-001.png,=round', 'x.png,=round'];
  writeFileSync(csv, lines.join('\n'));
  const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Tags as CSV' }) });
  await expect(card.getByRole('button', { name: 'Save tags (CSV)' })).toBeDisabled();
  const add = async () => {
    const chooser = page.waitForEvent('filechooser');
    await card.getByRole('button', { name: 'Add tags from a CSV…' }).click();
    await (await chooser).setFiles(csv);
    await library.expectNotice('2 tags were set by 3 lines of the CSV.');
  };
  await add();
  await card.getByText('1 line names no photo of this folder').click();
  await expect(card.locator('details').getByRole('listitem')).toHaveText(['x.png']);
  const images = async () => (await host.app.handle('tags.list', null)).map((tag) => tag.images);
  await library.notices.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(images).toEqual([0]);
  await add();
  expect(await images()).toEqual([2]);
  const download = page.waitForEvent('download');
  await card.getByRole('button', { name: 'Save tags (CSV)' }).click();
  const saved = readFileSync(await (await download).path(), 'utf8');
  expect(saved).toBe("file,tag\r\ncircle/circle-000.png,'=round\r\nsquare/square-001.png,'=round\r\n");
  rmSync(csv);
});

test('a photo says when it was taken, and with what', async ({ page }) => {
  await openAt(page, host, `#/library/${datasetId}`);
  const library = new LibraryPlace(page);
  await page.getByRole('searchbox').fill('boat');
  await expect(tiles(library.grid())).toHaveCount(1);
  await tiles(library.grid()).first().click();
  const dialog = page.getByRole('dialog', { name: 'boat.jpg' });
  await expect(dialog).toContainText('Nov 28, 2026, 2:03'); // by the clock of the camera, wherever this runs
  await expect(dialog).toContainText('Nikon Z 6');
  await expect(dialog).not.toContainText('Nikon Nikon');
});

test('a notice is read where a question covers the window, and the question is shown whole', async ({ page }) => {
  const { id: tagId } = await host.app.handle('tags.create', { name: 'a tag whose name does not fit into one line' });
  await openAt(page, host, `#/library/${datasetId}`);
  const photo = tiles(new LibraryPlace(page).grid()).first();
  await photo.click();
  await expect(page.getByRole('dialog')).toBeVisible(); // no key before it is there
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Space');
  await bar.getByText('Tag', { exact: true }).click();
  await bar.getByRole('button', { name: /^a tag whose name/ }).click();
  await bar.getByRole('checkbox', { name: 'Change tags' }).check();
  const name = bar.getByRole('textbox', { name: /^Name of a tag whose name/ });
  await name.fill('another tag');
  await name.press('Enter');
  const names = async () => (await host.app.handle('tags.list', null)).find(({ id }) => id === tagId)?.name;
  await expect.poll(names).toBe('another tag');
  await page.setViewportSize({ width: 640, height: 480 }); // as at 200 %
  const listed = page.getByRole('list', { name: 'Folders', exact: true });
  expect((await listed.boundingBox())!.height).toBeGreaterThan(40); // a folder can be read and pressed
  const notice = await page.getByText('is now called “another tag”').boundingBox();
  const menu = await bar.locator('.sheet').boundingBox();
  expect(notice!.y + notice!.height).toBeLessThan(menu!.y);
  await bar.getByRole('button', { name: 'Delete the tag another tag' }).click();
  const dialog = page.getByRole('dialog', { name: /^Delete the tag/ });
  await expect(dialog.getByText('is now called “another tag”')).toBeVisible();
  expect(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await dialog.getByRole('button', { name: 'Undo' }).last().click();
  await expect.poll(names).toMatch(/^a tag whose/);
  await host.app.handle('tags.delete', { tagId });
});

test('nothing of Explore lies over anything else in a small window', async ({ page }) => {
  await openAt(page, host, `#/explore?run=${runId}`);
  const own = page.getByRole('listbox', { name: 'Photos', exact: true });
  await tiles(own).first().click({ timeout: 60_000 });
  const trail = page.getByRole('navigation', { name: 'The way here' });
  // what one looks at is the largest picture
  const wide = async (of: Locator) => (await of.boundingBox())!.width;
  await expect(page.locator('figure.query img')).toBeVisible();
  const tile = await wide(tiles(own).first());
  expect(await wide(page.locator('figure.query img'))).toBeGreaterThan(tile);
  for (const size of [
    { width: 800, height: 900 },
    { width: 640, height: 400 },
  ]) {
    await page.setViewportSize(size);
    const box = async (of: Locator) => (await of.boundingBox())!;
    const title = page.getByRole('heading', { level: 1 });
    const ends = await title.evaluate((heading) => {
      const range = document.createRange();
      range.selectNodeContents(heading);
      return { x: range.getBoundingClientRect().right, y: range.getBoundingClientRect().bottom };
    });
    const picker = await box(page.getByRole('main').getByRole('combobox').first());
    expect(picker.x >= ends.x || picker.y >= ends.y).toBe(true);
    const slider = await box(page.getByRole('slider', { name: 'Closer than' }));
    expect((await box(trail)).y).toBeGreaterThanOrEqual(slider.y + slider.height);
  }
});

test('a folder that was renamed is looked for where it was, and the focus comes back through two dialogs', async ({
  page,
}) => {
  const moved = `${folder}-moved`;
  renameSync(folder, moved);
  try {
    await page.goto(host.url);
    await page.goto(new URL(`#/library/${datasetId}`, page.url()).href);
    const lost = page.getByRole('button', { name: 'It moved…' });
    await lost.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Where is “.*” now\?$/ });
    const path = dialog.getByRole('textbox', { name: 'Path of the folder' });
    await expect(path).toHaveValue(dirname(folder));
    await expect(path).toBeFocused();
    const use = dialog.getByRole('button', { name: 'Use this folder' });
    const folders = dialog.getByRole('list', { name: 'Folders', exact: true }).getByRole('listitem');
    await expect(folders.filter({ hasText: basename(moved) })).toBeVisible(); // what is listed is what the path says
    await path.fill(join(moved, 'aside'));
    await expect(use).toBeDisabled(); // what was typed is not what is listed
    await path.press('Enter');
    await expect(use).toBeEnabled(); // once the folder was read
    await expect(folders).toHaveCount(2); // the way up, and that there is none below
    mkdirSync(join(moved, 'aside', 'empty'));
    await path.fill(join(moved, 'aside', 'empty'));
    await path.press('Enter');
    await expect(dialog).toContainText('0 photos');
    await expect(use).toBeDisabled(); // there is nothing to use
    rmSync(join(moved, 'aside', 'empty'), { recursive: true });
    await path.fill(join(moved, 'aside'));
    await path.press('Enter');
    await expect(use).toBeEnabled();
    await use.press('Enter');
    const question = page.getByRole('dialog', { name: 'Few of its photos are there' });
    await expect(question).toContainText(`1 is in ${join(moved, 'aside')}.`);
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(lost).toBeFocused();
    await lost.press('Enter');
    await dialog.getByRole('button', { name: basename(moved) }).click();
    await expect(path).toHaveValue(moved);
    await expect(use).toBeEnabled();
    await use.press('Enter');
    await expect(page.getByText('Scanned again: nothing has changed.')).toBeVisible();
    await expect(page.getByText(moved, { exact: true })).toBeVisible();
    await expect(lost).toBeHidden();
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused(); // what was pressed is gone
  } finally {
    renameSync(moved, folder);
  }
});
