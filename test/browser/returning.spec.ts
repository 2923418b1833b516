/** Who comes back to a history: what was left, its notes, deleting and taking back, and the table on a small screen. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { homePaths } from '../../src-main/app/index.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';
import { startRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { looksWell } from './looks.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';
import { undefinedNumbers } from './undefinedNumbers.ts';

let seeded: SeededHome;
let host: RunningHost;

test.beforeAll(async () => {
  const collapsed = {
    verdict: 'collapsed',
    key: 'collapsed',
    sentence: 'Fallen.',
    values: {},
    advice: [{ key: 'lastHealthy', text: 'Go back.', patch: null }],
  } satisfies Judgement;
  seeded = await seededHome({
    steady: { endedAt: 5 },
    cut: { state: 'interrupted', epoch: 4, step: 8, endedAt: 7 },
    fallen: { judgement: collapsed, endedAt: 9 },
  });
  host = await startRead(seeded.home);
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
});

test('a history is met again, written on, and not lost by a slip', async ({ page }) => {
  await page.goto(host.url);
  const left = page.getByRole('region', { name: 'Where you left off' });
  await expect(left).toContainText('cut');
  await expect(left.getByRole('button', { name: 'Resume cut' })).toBeVisible();
  await expect(left.getByRole('region', { name: 'Results of late' })).toContainText('Collapsed');

  await left.getByRole('link', { name: 'steady', exact: true }).click();
  await expect(page.getByText('No values: the run ended before the first.').first()).toBeVisible();
  const notes = page.getByLabel('Notes');
  await notes.fill('The first that knew birds');
  await notes.blur();

  // what a field does not take is said in the words of the window, and is forgotten where it is mended
  const more = page.locator('#extend-epochs');
  await more.fill('0');
  await page.getByRole('button', { name: 'Train further' }).click();
  const said = () => more.evaluate((field: HTMLInputElement) => field.validationMessage);
  expect(await said()).toBe('Give a number from 1 to 100,000.');
  await more.fill('3');
  expect(await said()).toBe('');

  // every act is in reach on a small screen
  await page.setViewportSize({ width: 800, height: 700 });
  await page.goto(new URL('#/runs', page.url()).href);
  await expect(page.getByText('The first that knew birds')).toBeVisible();
  const remove = page.getByRole('button', { name: 'Delete steady' });
  await expect(remove).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.setViewportSize({ width: 1280, height: 700 });
  await expect(remove).toBeInViewport({ ratio: 1 });

  await remove.click();
  const dialog = page.getByRole('dialog', { name: 'Delete “steady”?' });
  await expect(dialog).toContainText('bytes');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(remove).toBeVisible();
  await remove.click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(remove).toHaveCount(0);
  await page.reload();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(remove).toBeVisible();

  // a fallen run is marked, and never chosen by itself
  await page.goto(new URL('#/export', page.url()).href);
  const picker = page.getByRole('combobox', { name: 'Run', exact: true });
  await expect(picker).toHaveValue('cut');
  await picker.click();
  await expect(page.getByRole('option', { name: /^fallen/ })).toContainText('Collapsed');
});

test('one goes back to the last healthy checkpoint of a run that fell, and clears the cache', async ({ page }) => {
  await page.goto(host.url);
  await page.goto(new URL('#/monitor/fallen', page.url()).href);
  await page.getByRole('alert', { name: 'Verdict' }).getByRole('button', { name: 'New run from epoch 3' }).click();
  const { checkpoints } = await host.app.handle('runs.get', { runId: 'fallen' });
  const healthy = checkpoints.find(({ epoch }) => epoch === 3)!;
  const start = page.getByRole('combobox', { name: 'An earlier run', exact: true });
  await expect(start).toHaveValue('fallen, an earlier checkpoint');
  await start.click();
  const chosen = page.getByRole('listbox').getByRole('option', { selected: true });
  await expect(chosen).toHaveAttribute('id', new RegExp(healthy.id));

  const reading = async () => (await host.app.handle('library.get', { datasetId: 'd' })).state;
  await expect.poll(reading, { timeout: 60_000 }).not.toBe('scanning'); // what is read meanwhile is kept again
  const made = async () => (await host.app.handle('system.storage', null)).cacheBytes;
  await expect.poll(made).toBeGreaterThan(0); // thumbnails of the photos that were read
  await page.goto(new URL('#/settings', page.url()).href);
  await expect(page.getByText(homePaths(seeded.home).exports, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Keyboard', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Tag the chosen photos');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByText(/^The cache was cleared \(/)).toBeVisible();
  await expect.poll(made).toBe(0);
  await expect(page.getByRole('button', { name: 'Clear', exact: true })).toBeDisabled();
});

test('photos are chosen, tagged, found by their tag and copied by the keyboard alone', async ({ page }) => {
  const target = join(mkdtempSync(join(tmpdir(), 'lookalike-copied-')), 'stars');
  await page.goto(host.url);
  await page.goto(new URL('#/library/d', page.url()).href);
  const library = new LibraryPlace(page);
  const photos = tiles(library.grid());
  await expect(page.getByText(/· PNG$/)).toBeVisible(); // read to its end: broken.jpg, listed first, is no photo
  await photos.first().focus();
  await page.keyboard.press('Space');
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await expect(bar).toContainText('4 selected');
  await bar.getByText('Tag', { exact: true }).focus();
  await page.keyboard.press('Enter');
  const named = bar.getByRole('textbox', { name: 'New tag' });
  await expect(named).toBeFocused(); // what is typed at once is a name
  await named.fill('star');
  await page.keyboard.press('Enter');
  await library.expectNotice('4 photos were tagged “star”.');
  await page.getByRole('button', { name: 'Undo' }).focus(); // it stays while it has the focus
  await page.keyboard.press('Enter');
  const filter = page.getByRole('combobox', { name: 'Tag', exact: true });
  await expect(filter).toContainText('star (0)');
  await expect(named).toBeFocused(); // where it was before the notice
  await looksWell(page, 'the menu of tags');
  await bar.getByRole('checkbox', { name: 'Change tags' }).press('Space');
  await looksWell(page, 'tags that are edited');
  await bar.getByRole('checkbox', { name: 'Change tags' }).press('Space');
  await photos.first().focus();
  await page.keyboard.press('1');
  await expect(filter).toContainText('star (4)');
  await page.keyboard.press('Control+z');
  await expect(filter).toContainText('star (0)');
  await page.keyboard.press('1');
  await expect(filter).toContainText('star (4)');
  await filter.selectOption({ index: 1 });
  await expect(photos).toHaveCount(4);
  await photos.first().focus();
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await page.keyboard.press('Control+a');
  await expect(bar).toContainText('4 selected');
  await bar.getByRole('checkbox', { name: 'into a folder for each tag' }).press('Space');
  await bar.getByRole('button', { name: 'Copy files to…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
  await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill(target);
  await dialog.getByRole('button', { name: 'Use this folder' }).press('Enter');
  await library.expectNotice('4 photos were copied');
  expect(existsSync(join(target, 'star'))).toBe(true);
  rmSync(target, { recursive: true });
});

test('an encoder of others is chosen, looked at and used on a folder, without a training', async ({ page }) => {
  await page.goto(host.url);
  await page.goto(new URL('#/runs', page.url()).href);
  await page.getByRole('button', { name: 'Use an encoder', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Use an encoder as it is' });
  const use = dialog.getByRole('button', { name: 'Embed this folder' });
  await expect(use).toBeDisabled();
  await dialog.getByRole('button', { name: 'Choose an ONNX file' }).click();
  const picker = page.getByRole('dialog', { name: 'Choose an ONNX file' });
  await picker
    .getByRole('textbox', { name: 'Path of the file, or of its folder' })
    .fill(join(import.meta.dirname, '../fixtures/frozen'));
  await picker.getByRole('button', { name: 'Open', exact: true }).click();
  await picker.getByRole('button', { name: 'resnet.onnx' }).click();
  await expect(dialog.getByText('Known pictures: all numbers are finite')).toBeVisible();
  await expect(dialog.getByRole('row', { name: /Pooling/ })).toContainText('guessed');
  await looksWell(page, 'an encoder that was looked at');
  expect(await undefinedNumbers(page)).toEqual([]);
  await dialog.getByLabel('Pooling').selectOption('flatten');
  await dialog.getByRole('button', { name: 'Check again' }).click();
  await expect(dialog).toContainText('384 numbers a photo');
  await dialog.getByLabel('Licence').fill('CC0');
  await use.click();
  await expect(page).toHaveURL(/#\/explore/);
  await expect(page.getByRole('img', { name: /^Map of 32 photos/ })).toBeVisible();

  await page.goto(new URL('#/runs', page.url()).href);
  const row = page.getByRole('row', { name: /resnet/ });
  await expect(row).toContainText('frozen encoder');
  await row.getByRole('link', { name: 'resnet' }).click();
  await expect(page.getByText('no training to watch, extend or resume')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'CC0' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train further' })).toHaveCount(0);
});
