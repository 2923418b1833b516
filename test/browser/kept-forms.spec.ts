/** What is filled in or chosen and not yet begun is there again after a reload and with Back, and begins nothing. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { openAt, photosRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { LabPlace, LibraryPlace } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

let host: RunningHost;
let folder: string;
let target: string;
let runId: string;
let datasetId: string;
let otherId: string;
let close: Trained['close'];

test.beforeAll(async () => {
  target = mkdtempSync(join(tmpdir(), 'lookalike-target-'));
  const prepare = (folder: string) =>
    copyFileSync(join(folder, 'circle', 'circle-000.png'), join(folder, 'circle', 'copy of it.png'));
  ({ host, folder, datasetId, runId, close } = await startTrained({ prepare }));
  mkdirSync(join(target, 'others'));
  for (const kind of ['circle', 'square']) {
    mkdirSync(join(target, 'others', kind));
    copyFileSync(join(folder, kind, `${kind}-001.png`), join(target, 'others', kind, 'one.png'));
  }
  otherId = (await host.app.handle('library.add', { folder: join(target, 'others') })).id;
  await photosRead(host, otherId);
  await host.app.handle('library.setLabels', { datasetId: otherId, source: 'folders' });
});
test.afterAll(async () => {
  await close();
  rmSync(target, { recursive: true, force: true });
});

const open = (page: Page, hash: string) => openAt(page, host, hash);

/** Looks before anything, after a reload, and with Back from another place. */
async function stays(page: Page, look: () => Promise<void>): Promise<void> {
  await look();
  await page.reload();
  await look();
  await new LibraryPlace(page).go('Help');
  await expect(page.getByRole('heading', { level: 1, name: 'Help' })).toBeVisible();
  await page.goBack();
  await look();
}

test('Duplicates: which are kept of a group, and how many groups were read', async ({ page }) => {
  const library = new LibraryPlace(page);
  await open(page, `#/library/${datasetId}`);
  await library.openTab('Duplicates');
  await page.getByRole('button', { name: 'Look for duplicates' }).click();
  const kinds = page.getByRole('group', { name: 'Kind of duplicate' });
  await kinds.getByRole('button', { name: /^Same file/ }).click({ timeout: 60_000 });
  const original = page.getByRole('checkbox', { name: /circle-000\.png$/ });
  const copy = page.getByRole('checkbox', { name: /copy of it\.png$/ });
  await expect(original.or(copy).first()).toBeVisible();
  const wasKept = await original.isChecked();
  await (wasKept ? copy : original).check();
  await (wasKept ? original : copy).uncheck();
  await stays(page, async () => {
    await expect(original).toBeChecked({ checked: !wasKept });
    await expect(copy).toBeChecked({ checked: wasKept });
  });
  await library.openTab('Photos');
  await library.openTab('Duplicates');
  await expect(copy).toBeChecked({ checked: wasKept });
});

test('Evaluate: the form, the result and the photos of a cell', async ({ page }) => {
  await open(page, '#/evaluate');
  await page.getByRole('spinbutton', { name: 'Neighbours k' }).fill('3');
  await page.getByRole('main').getByRole('button', { name: 'Evaluate' }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await result
    .getByRole('button', { name: /^[1-9]\d* photos? of circle taken for circle$/ })
    .click({ timeout: 60_000 });
  await page.getByRole('combobox', { name: 'Test on' }).selectOption(otherId);
  await page.getByRole('spinbutton', { name: 'Temperature T' }).fill('0.2');
  await expect(page).toHaveURL(/t=0\.2/); // it is written when it rests
  await stays(page, async () => {
    await expect(page.getByRole('spinbutton', { name: 'Neighbours k' })).toHaveValue('3');
    await expect(page.getByRole('spinbutton', { name: 'Temperature T' })).toHaveValue('0.2');
    await expect(page.getByRole('combobox', { name: 'Test on' })).toHaveValue(otherId);
    await expect(result.getByRole('heading', { name: /^\d+ photos? of circle/ })).toBeVisible();
  });
  await page.getByRole('button', { name: 'Linear' }).click();
  await page.getByRole('combobox', { name: 'Fitted by' }).selectOption('lars');
  await stays(page, () => expect(page.getByRole('combobox', { name: 'Fitted by' })).toHaveValue('lars'));
  expect(await host.app.handle('evaluate.list', {})).toHaveLength(1); // a reload began none
});

test('Export: the formats, the photos, the guard and the folder', async ({ page }) => {
  await open(page, '#/export');
  await page.getByRole('checkbox', { name: /^ONNX/ }).uncheck();
  await page.getByRole('checkbox', { name: /^CSV/ }).check();
  await page.getByRole('combobox', { name: /^Photos/ }).selectOption(otherId);
  const guard = page.getByRole('checkbox', { name: /^Safe in a spreadsheet/ });
  await guard.check();
  await page.getByRole('button', { name: 'Into Lookalike’s exports folder' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
  await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill(target);
  await dialog.getByRole('button', { name: 'Use this folder' }).click();
  await stays(page, async () => {
    await expect(page.getByRole('checkbox', { name: /^CSV/ })).toBeChecked();
    await expect(page.getByRole('checkbox', { name: /^ONNX/ })).not.toBeChecked();
    await expect(page.getByRole('combobox', { name: /^Photos/ })).toHaveValue(otherId);
    await expect(guard).toBeChecked();
    await expect(page.getByRole('button', { name: target })).toBeVisible();
  });
  expect(page.url()).not.toContain('target'); // no path is in the browser's history
  expect(await host.app.handle('exports.list', {})).toEqual([]);
});

test('New run: folder and preset alone, and what is filled in at several addresses', async ({ page }) => {
  await open(page, '#/new');
  const photos = page.getByRole('combobox', { name: 'Photos', exact: true });
  const name = page.getByRole('textbox', { name: 'Name' });
  await photos.selectOption(datasetId);
  await page.getByRole('radio', { name: /^Thorough/ }).check({ force: true });
  await page.getByRole('combobox', { name: 'What are these photos of?' }).selectOption({ index: 2 });
  const kind = await page.getByRole('combobox', { name: 'What are these photos of?' }).inputValue();
  await stays(page, async () => {
    await expect(photos).toHaveValue(datasetId);
    await expect(page.getByRole('radio', { name: /^Thorough/ })).toBeChecked();
    await expect(page.getByRole('combobox', { name: 'What are these photos of?' })).toHaveValue(kind);
  });
  // what a clone brings is not of the form that is opened after it, and neither takes the other's place
  await page.goto(new URL(`#/new?clone=${runId}`, page.url()).href);
  await expect(page.getByText('Settings of “small”.', { exact: false })).toBeVisible();
  await name.fill('a clone');
  await page.getByRole('link', { name: 'New run' }).first().click();
  await expect(name).toHaveValue('');
  await expect(page.getByRole('radio', { name: /^Thorough/ })).toBeChecked();
  await expect(page.getByText('Settings of “small”.', { exact: false })).toBeHidden();
  await page.goBack();
  await expect(name).toHaveValue('a clone');
  expect(await host.app.handle('runs.list', null)).toHaveLength(1);
});

test('Lab: the folder, the time, the seeds and the linear classifier', async ({ page }) => {
  await open(page, '#/lab/predictor');
  const lab = new LabPlace(page);
  const photos = page.getByRole('combobox', { name: 'Photos', exact: true });
  const other = await photos.locator('option:not(:checked)').first().getAttribute('value');
  await photos.selectOption(other);
  await lab.set('Time per arm', 7);
  await lab.set('Seeds', 3);
  await page.getByRole('checkbox', { name: 'Linear evaluation as well' }).check();
  await stays(page, async () => {
    await expect(photos).toHaveValue(other!);
    await expect(page.getByRole('spinbutton', { name: 'Time per arm' })).toHaveValue('7');
    await expect(page.getByRole('spinbutton', { name: 'Seeds' })).toHaveValue('3');
    await expect(page.getByRole('checkbox', { name: 'Linear evaluation as well' })).toBeChecked();
  });
  expect(await host.app.handle('lab.list', null)).toEqual([]);
});
