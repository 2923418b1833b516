/** A page that is loaded again in the middle of work finds it, with its progress and its Cancel, and tells its end. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import type { Task } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { HeldTasks } from './held.ts';
import { openAt, photosRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

const held = new HeldTasks();
let host: RunningHost;
let folder: string;
let other: string;
let otherId: string;
let close: Trained['close'];

test.beforeAll(async () => {
  ({ host, folder, close } = await startTrained({ seen: held.seen }));
  other = mkdtempSync(join(tmpdir(), 'lookalike-other-'));
  mkdirSync(join(other, 'circle'));
  for (let i = 0; i < 8; i++)
    copyFileSync(join(folder, 'circle', `circle-00${i}.png`), join(other, 'circle', `${i}.png`));
  otherId = (await host.app.handle('library.add', { folder: other })).id;
  await photosRead(host, otherId);
});
test.afterAll(async () => {
  await close();
  rmSync(other, { recursive: true, force: true });
});
test.afterEach(() => held.release());

const open = (page: Page, hash: string) => openAt(page, host, hash);

const neighboursOf = (page: Page) =>
  page.getByRole('region', { name: 'Result' }).locator('dl > div').filter({ hasText: 'Neighbours k' }).locator('dd');

const failure = {
  name: 'AppError',
  code: 'no-images',
  message: 'there are no photos to embed in this folder: none could be read, or all are excluded',
  key: 'no-images.embed',
  values: {},
} as Task['error'];

/** Begins work that does not end, loads the page again, and looks: it goes on, and is begun a second time by nothing. */
async function interrupted(page: Page, begin: () => Promise<void>, within: Locator = page.getByRole('main')) {
  const running = async () =>
    (await host.app.handle('tasks.list', null)).filter(({ state }) => state === 'running' || state === 'queued');
  await expect.poll(running, { timeout: 60_000 }).toEqual([]); // what the last test began is no work of this one
  held.hold();
  await begin();
  await expect.poll(() => held.size, { timeout: 60_000 }).toBe(1);
  const tasks = async () => (await host.app.handle('tasks.list', null)).length;
  const before = await tasks();
  await page.reload();
  await expect(within.getByRole('progressbar')).toBeVisible();
  await expect(within.locator('.work').getByRole('button', { name: 'Cancel' })).toBeVisible();
  expect(await tasks()).toBe(before);
}

test('an evaluation: its result is opened though an older one was, its failure is said, its Cancel is no failure', async ({
  page,
}) => {
  await open(page, '#/evaluate');
  const start = page.getByRole('main').getByRole('button', { name: 'Evaluate' });
  const result = page.getByRole('region', { name: 'Result' });
  await start.click();
  await expect(result).toBeVisible({ timeout: 60_000 });
  const k = page.getByRole('spinbutton', { name: 'Neighbours k' });
  await k.fill('3');
  await expect(page).toHaveURL(/k=3/);
  await interrupted(page, () => start.click());
  await expect(start).toBeDisabled();
  held.release();
  await expect(neighboursOf(page)).toHaveText('3');
  expect(await host.app.handle('evaluate.list', {})).toHaveLength(2);

  await interrupted(page, () => start.click());
  held.release({ state: 'failed', error: failure, resultId: null });
  await expect(page.getByRole('main').getByRole('alert')).toContainText('no photos to embed');
  await expect(start).toBeEnabled();
  await interrupted(page, () => start.click());
  await page.locator('.work').getByRole('button', { name: 'Cancel' }).click();
  held.release({ state: 'cancelled', resultId: null });
  await expect(start).toBeEnabled();
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
});

test('an export', async ({ page }) => {
  await open(page, '#/export');
  const start = page.getByRole('button', { name: /^Export \d/ });
  await interrupted(page, () => start.click());
  await start.press('Enter'); // it can be pressed, and begins nothing
  held.release();
  await expect(page.getByRole('region', { name: 'What was exported' })).toBeVisible();
  expect(await host.app.handle('exports.list', {})).toHaveLength(1);
});

test('an embedding, which fails', async ({ page }) => {
  await open(page, `#/explore?folder=${otherId}`);
  const embed = page.getByRole('button', { name: 'Embed the photos' });
  await expect(embed).toBeVisible();
  const imageIds = [...IdList.read(await host.app.handle('photos.ids', { datasetId: otherId }))];
  await host.app.handle('library.exclude', { imageIds, excluded: true });
  await interrupted(page, () => embed.click());
  await expect(embed).toBeHidden();
  held.release();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('no photos to embed');
  await host.app.handle('library.exclude', { imageIds, excluded: false });
  await embed.click();
  await expect(page.getByRole('img', { name: /^Map of 8 photos/ })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
});

test('a search for duplicates', async ({ page }) => {
  await open(page, `#/library/${otherId}?tab=duplicates`);
  await interrupted(page, () => page.getByRole('button', { name: 'Look for duplicates' }).click());
  await expect(page.getByRole('button', { name: 'Look for duplicates' })).toBeHidden();
  held.release();
  await expect(page.getByRole('group', { name: 'Kind of duplicate' })).toBeVisible();
});

test('an encoder of others that is read', async ({ page }) => {
  await open(page, '#/runs?encoder=choose');
  const dialog = page.getByRole('dialog', { name: 'Use an encoder as it is' });
  await interrupted(
    page,
    async () => {
      await dialog.getByRole('button', { name: 'Choose an ONNX file' }).click();
      const picker = page.getByRole('dialog', { name: 'Choose an ONNX file' });
      await picker
        .getByRole('textbox', { name: 'Path of the file, or of its folder' })
        .fill(join(import.meta.dirname, '../fixtures/frozen'));
      await picker.getByRole('button', { name: 'Open', exact: true }).click();
      await picker.getByRole('button', { name: 'resnet.onnx' }).click();
      await dialog.getByRole('combobox', { name: 'Photos', exact: true }).selectOption(otherId);
      await dialog.getByRole('button', { name: 'Embed this folder' }).click();
    },
    dialog,
  );
  held.release();
  await expect(dialog.getByText('“resnet” is ready.')).toBeVisible();
  await dialog.getByRole('link', { name: 'Explore' }).click();
  await expect(page).toHaveURL(/#\/explore\?run=/);
  await expect(page.getByRole('img', { name: /^Map of 8 photos/ })).toBeVisible({ timeout: 60_000 });
});
