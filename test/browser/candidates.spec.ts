/** Candidates of "Find the rest" are chosen as in any list, tags are counted in the folder on screen, a move is taken back. */
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { IdList } from '../../shared/idList.ts';
import { taskEnd } from '../helpers/tasks.ts';
import { findings } from './axe.ts';
import { openAt, photosRead } from './host.ts';
import { cutFrames } from './frames.ts';
import type { RunningHost } from './host.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

let host: RunningHost;
let folder: string;
let other: string;
let runId: string;
let tagId: string;
let datasetId: string;
let otherId: string;
let close: Trained['close'];

const idsOf = async (id: string) => [...IdList.read(await host.app.handle('photos.ids', { datasetId: id }))];

test.beforeAll(async () => {
  ({ host, folder, datasetId, runId, close } = await startTrained());
  other = mkdtempSync(join(tmpdir(), 'lookalike-elsewhere-'));
  cpSync(join(folder, 'circle'), join(other, 'circle'), { recursive: true });
  otherId = (await host.app.handle('library.add', { folder: other })).id;
  await photosRead(host, otherId);
  const embedding = await host.app.handle('explore.embed', { runId, checkpointId: null, datasetId: null });
  expect(await taskEnd(host.app, embedding)).toMatchObject({ state: 'done' });
  tagId = (await host.app.handle('tags.create', { name: 'round' })).id;
  const imageIds = [...(await idsOf(datasetId)).slice(0, 5), ...(await idsOf(otherId)).slice(0, 7)];
  await host.app.handle('tags.set', { tagId, imageIds, on: true });
});
test.afterAll(async () => {
  await close();
  for (const one of [other, `${other}-moved`]) rmSync(one, { recursive: true, force: true });
});

test('what has the focus is framed on all its sides', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  const explore = (mode: string) => `#/explore?run=${runId}&mode=${mode}&tag=${tagId}`;
  for (const hash of [`#/library/${datasetId}`, explore('all'), explore('find'), explore('pick'), '#/lab', '#/new']) {
    await openAt(page, host, hash);
    await expect(page.getByRole('main').locator('canvas, select, [role=option], .study').first()).toBeVisible();
    expect.soft({ hash, cut: await cutFrames(page, 40) }).toEqual({ hash, cut: [] });
  }
});

test('candidates are chosen by pointer and keys, said by name, tagged by the bar and answered as before', async ({
  page,
}) => {
  await openAt(page, host, `#/explore?run=${runId}&mode=find&tag=${tagId}`);
  const list = page.getByRole('list', { name: 'Photos that probably belong' });
  const candidates = list.locator('button[aria-pressed]');
  await expect(candidates).toHaveCount(24, { timeout: 60_000 });
  await expect(page.getByRole('combobox', { name: 'Tag', exact: true }).first()).toContainText('round (5)');
  const chosen = list.getByRole('button', { pressed: true });
  const said = page.getByRole('status').filter({ hasText: 'selected' }).first();
  const nameOf = async (index: number) => (await candidates.nth(index).getAttribute('aria-label'))!;

  await candidates.nth(1).click({ modifiers: ['ControlOrMeta'] });
  await expect(chosen).toHaveCount(1);
  await expect(said).toContainText(`${await nameOf(1)}`);
  await candidates.nth(4).click({ modifiers: ['Shift'] });
  await expect(chosen).toHaveCount(4);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(chosen).toHaveCount(0);
  await candidates.first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(chosen).toHaveCount(2);
  await expect(candidates.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(candidates.nth(2)).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await expect(chosen).toHaveCount(24);
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await expect(bar).toContainText('24 selected');
  await page.keyboard.press('Escape');

  // answers are as they were, and leave alone what is chosen
  const [first, second] = [await nameOf(0), await nameOf(1)];
  await candidates.nth(1).click({ modifiers: ['ControlOrMeta'] });
  await candidates.first().focus();
  await page.keyboard.press('n');
  await expect(list.getByRole('button', { name: `${first} belongs` })).toHaveCount(0);
  await expect(list).toHaveAttribute('aria-busy', 'false');
  await expect(bar).toContainText('1 selected');
  await list.getByRole('button', { name: second, exact: true }).focus();
  await page.keyboard.press('1'); // the key of the tag: it leaves the list, as it has the tag now
  await expect(list.getByRole('button', { name: second, exact: true })).toHaveCount(0);
  await expect(page.getByText(/^6 /).first()).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Tag', exact: true }).first()).toContainText('round (6)');
});

test('the number beside a tag is that of the folder on screen; what a deletion takes is that of all', async ({
  page,
}) => {
  const inFolder = (await host.app.handle('tags.counts', { datasetId }))[tagId]!;
  await page.goto(host.url);
  const filter = page.getByRole('combobox', { name: 'Tag', exact: true });
  for (const [id, count] of [
    [datasetId, inFolder],
    [otherId, 7],
  ] as const) {
    await page.goto(new URL(`#/library/${id}`, page.url()).href);
    await expect(filter.locator('option', { hasText: 'round' })).toHaveText(`round (${count})`);
  }
  await tiles(new LibraryPlace(page).grid()).first().focus();
  await page.keyboard.press('Space');
  const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
  await bar.getByText('Tag', { exact: true }).click();
  await expect(bar.getByRole('button', { name: /^round/ })).toContainText('7');
  await bar.getByRole('checkbox', { name: 'Change tags' }).check();
  await bar.getByRole('button', { name: 'Delete the tag round' }).click();
  await expect(page.getByRole('dialog')).toContainText(`${inFolder + 7} photos of all folders`);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
});

test('“It moved” is taken back, also after a reload', async ({ page }) => {
  const library = new LibraryPlace(page);
  const moved = `${other}-moved`;
  await page.goto(host.url);
  renameSync(other, moved);
  const move = async (to: string) => {
    await host.app.handle('library.rescan', { datasetId: otherId });
    await page.goto(new URL(`#/library/${otherId}`, page.url()).href);
    await page.getByRole('button', { name: 'It moved…' }).first().click();
    const dialog = page.getByRole('dialog', { name: /Where is/ });
    const path = dialog.getByRole('textbox', { name: 'Path of the folder' });
    await path.fill(to);
    await path.press('Enter'); // it is read first
    await dialog.getByRole('button', { name: 'Use this folder' }).click();
    await library.expectNotice(`“${basename(other)}” is now at ${to}.`);
  };
  const place = async () => (await host.app.handle('library.get', { datasetId: otherId })).folder;
  await move(moved);
  expect(await place()).toBe(moved);
  await page.reload();
  await library.expectNotice(`“${basename(other)}” is now at ${moved}.`);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect.poll(place).toBe(other);
  await expect(page.getByRole('main')).toContainText(other);
});

test('the tag whose rest is looked for is merged and deleted elsewhere: what is shown goes on with what is there', async ({
  page,
}) => {
  const call = host.app.handle;
  const [oval, egg] = [await call('tags.create', { name: 'oval' }), await call('tags.create', { name: 'egg' })];
  await call('tags.set', { tagId: oval.id, imageIds: (await idsOf(datasetId)).slice(0, 4), on: true });
  await openAt(page, host, `#/explore?run=${runId}&mode=find&tag=${oval.id}`);
  const wanted = page.getByLabel('More photos of').getByRole('option', { selected: true });
  const candidates = page.getByRole('list', { name: 'Photos that probably belong' }).getByRole('listitem');
  await expect(wanted).toHaveText('oval (4)', { timeout: 60_000 });
  await expect(candidates).toHaveCount(24);
  await call('tags.merge', { tagIds: [oval.id], into: egg.id });
  await expect(wanted).toHaveText('egg (4)');
  await expect(page).toHaveURL(new RegExp(`tag=${egg.id}`));
  // an answer leaves the button where it is: whoever pressed it presses it again
  const all = page.getByRole('button', { name: 'All 24 belong' });
  await all.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^28 (of|found)/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^All \d+ belong$/ })).toBeFocused();
  // and one that is answered or moves in the list leaves the focus in it
  await candidates.nth(3).getByRole('button').first().focus();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.getByText(/^4 found/)).toBeVisible();
  await expect(candidates).toHaveCount(24);
  await expect(candidates.locator(':focus')).toHaveCount(1);
  await call('tags.delete', { tagId: egg.id });
  const window = new LibraryPlace(page);
  await window.expectNotice('The tag of this address is gone; another one is looked for.');
  await expect(wanted).not.toHaveText(/egg|^$/);
  for (const { id } of await call('tags.list', null)) await call('tags.delete', { tagId: id });
  await expect(page.getByText('Choose a few photos and tag them')).toBeVisible();
  await expect(page.getByLabel('More photos of')).toHaveCount(0); // there is nothing to choose
});
