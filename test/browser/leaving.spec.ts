/** Back amid what is being asked or written: nothing of the place that is left stays, and nothing that was typed is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { openAt, startRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { renderPhotos } from './photos.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';

let seeded: SeededHome;
let host: RunningHost;
let other: string;

test.beforeAll(async () => {
  seeded = await seededHome({ one: {}, two: {} });
  host = await startRead(seeded.home);
  other = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-other-')), 1);
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
  rmSync(other, { recursive: true, force: true });
});

const go = (page: Page, hash: string) => page.goto(new URL(hash, page.url()).href);
const title = (page: Page) => page.getByRole('heading', { level: 1 });

test('a question is asked no more where its place is left, or another run is open there', async ({ page }) => {
  await openAt(page, host, '#/help');
  await go(page, '#/runs');
  await page.getByRole('button', { name: 'Delete one', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await page.goBack();
  await expect(title(page)).toHaveText('Help');
  await expect(dialog).toHaveCount(0);
  await page.goForward();
  await expect(title(page)).toHaveText('Runs');
  await expect(dialog).toHaveCount(0);
});

test('a path that was typed is there when a folder is chosen again, and not once one gave up', async ({ page }) => {
  await openAt(page, host, '#/help');
  await go(page, '#/library');
  const add = page.getByRole('button', { name: /^Add a folder/ }).first();
  const path = page.getByRole('textbox', { name: 'Path of the folder' });
  await add.click();
  await path.fill('/photos/of/mine');
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.goForward();
  await add.click();
  await expect(path).toHaveValue('/photos/of/mine');
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Folders' })).toBeVisible();
  await expect(path).toHaveValue('/photos/of/mine'); // the answer does not take it away
  await page.keyboard.press('Escape');
  await add.click();
  await expect(path).toHaveValue('');
});

test('an encoder that is being described: Back closes its dialog, Forward has it as it was', async ({ page }) => {
  await openAt(page, host, '#/runs');
  await page.getByRole('button', { name: 'Use an encoder', exact: true }).click();
  await page.getByRole('button', { name: 'Choose an ONNX file' }).click();
  await page
    .getByRole('textbox', { name: 'Path of the file' })
    .fill(join(import.meta.dirname, '../fixtures/frozen/resnet.onnx'));
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('of others');
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(title(page)).toHaveText('Runs');
  await page.goForward();
  await expect(name).toHaveValue('of others');
  await page.reload();
  await expect(name).toHaveValue('of others');
  await expect(page.getByRole('button', { name: 'resnet.onnx' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Use an encoder', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Choose an ONNX file' })).toBeVisible(); // that was given up
});

test('notes that are being written are kept by Back and over a reload, each with its run', async ({ page }) => {
  await openAt(page, host, '#/monitor/one');
  await go(page, '#/monitor/two');
  const notes = page.getByRole('textbox', { name: 'Notes' });
  await expect(title(page)).toHaveText('two');
  await notes.click();
  await page.keyboard.type('of the second');
  await page.goBack();
  await expect(title(page)).toHaveText('one');
  await expect(notes).toHaveValue('');
  const kept = async (runId: string) => (await host.app.handle('runs.get', { runId })).notes;
  await expect.poll(() => kept('two')).toBe('of the second');
  await notes.click();
  await page.keyboard.type('of the first');
  await page.reload();
  await expect(notes).toHaveValue('of the first');
  await expect.poll(() => kept('one')).toBe('of the first');
  await notes.click();
  await page.keyboard.press('End');
  await page.keyboard.type(', more');
  await host.app.handle('runs.update', { runId: 'one', notes: 'by another window' });
  await go(page, '#/runs');
  await expect.poll(() => kept('one')).toBe('of the first, more'); // what stood before one's eyes
});

test('a name that is being typed is of the folder that it was begun for, whatever is opened or done meanwhile', async ({
  page,
}) => {
  const { id } = await host.app.handle('library.add', { folder: other });
  const named = async (datasetId: string) => (await host.app.handle('library.get', { datasetId })).name;
  const before = await named(id);
  await openAt(page, host, `#/library/${id}`);
  await go(page, '#/library/d');
  await page.getByRole('button', { name: 'Rename the folder' }).click();
  const field = page.getByRole('main').getByRole('textbox', { name: 'Name of the folder' });
  await field.fill('Shapes');
  await host.app.handle('library.rename', { datasetId: 'd', name: 'by another window' });
  await expect(page.getByRole('main').getByRole('link', { name: /^by another window/ })).toBeVisible();
  await expect(field).toHaveValue('Shapes');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 2, name: before })).toBeVisible();
  await expect.poll(() => named('d')).toBe('Shapes');
  expect(await named(id)).toBe(before);
});

test('tags: found by a part of their name, and what is typed or asked follows what another window does', async ({
  page,
}) => {
  const tag = (name: string) => host.app.handle('tags.create', { name, key: null });
  const [ten, two] = [await tag('tag 10'), await tag('tag 2')];
  await openAt(page, host, '#/library/d');
  const first = tiles(new LibraryPlace(page).grid()).first();
  await first.focus();
  await page.keyboard.press('Space');
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await bar.getByText('Tag', { exact: true }).click();
  await expect(bar.getByRole('button', { name: /^tag \d/ })).toHaveText([/^tag 2/, /^tag 10/]);
  const wanted = bar.getByRole('textbox', { name: 'New tag' });
  await wanted.fill(' TAG 1');
  await expect(bar.getByRole('button', { name: /^tag \d/ })).toHaveText([/^tag 10/]);
  await bar.getByRole('button', { name: /^tag 10/ }).click();
  await expect(first).toHaveAttribute('title', /\ntag 10$/); // its colour alone says nothing
  await expect(first).toHaveAccessibleName(/, tag 10$/);
  await wanted.fill('');
  await bar.getByRole('checkbox', { name: 'Change tags' }).check();
  const name = bar.getByRole('textbox', { name: /^Name of tag 2/ });
  await name.fill('round thi');
  await host.app.handle('tags.update', { tagId: two.id, name: 'by another window' });
  const now = bar.getByRole('textbox', { name: /^Name of by another window/ });
  await expect(now).toHaveValue('round thi');
  await now.press('Escape'); // which closes the menu, too
  await bar.getByText('Tag', { exact: true }).click();
  await expect(now).toHaveValue('by another window');
  await bar.getByRole('button', { name: 'Delete the tag tag 10' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await host.app.handle('tags.delete', { tagId: ten.id });
  await expect(dialog).toHaveCount(0);
});
