/**
 * Every place in both themes, in a usual window, in one of 800 pixels and in that at 200 %: no finding of axe, whatever its
 * severity, nothing cut off at the sides, and no text outside of the keyboard's reach.
 */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { IdList } from '../../shared/idList.ts';
import { places } from '../../shared/places.ts';
import { findings } from './axe.ts';
import { cutOff } from './cutOff.ts';
import { openAt } from './host.ts';
import type { RunningHost } from './host.ts';
import { ExplorePlace, LibraryPlace, tiles } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';
import { undefinedNumbers } from './undefinedNumbers.ts';

test.describe.configure({ timeout: 400_000 }); // axe reads every element, and another test may be training beside

let host: RunningHost;
let runId: string;
let close: Trained['close'];
let collectionId: string;
let tagId: string;
let photoId: string;

test.beforeAll(async () => {
  const trained = await startTrained({ photos: 16, epochs: 4 });
  ({ host, runId, close } = trained);
  const imageIds = [...IdList.read(await host.app.handle('photos.ids', { datasetId: trained.datasetId }))].slice(0, 20);
  photoId = imageIds[0]!;
  tagId = (await host.app.handle('tags.create', { name: 'circle' })).id;
  await host.app.handle('tags.set', { tagId, imageIds: imageIds.slice(0, 5), on: true });
  collectionId = (await host.app.handle('library.collect', { imageIds, name: 'chosen' })).id;
});
test.afterAll(() => close());

/**
 * Of the window, CSS pixels: as it is opened, 800 pixels wide, and that with everything twice as large. Between the widest
 * and the narrowest parts only change their places, which axe does not look at: it takes most of this file's time.
 */
const sizes = [
  { width: 1440, height: 900, hasAxe: true },
  { width: 800, height: 600, hasAxe: false },
  { width: 400, height: 300, hasAxe: true },
];

/** Every place, and pages within some. */
const hashes = () => [
  ...places.map(({ id }) => (id === 'monitor' ? `monitor/${runId}` : id === 'explore' ? `explore?run=${runId}` : id)),
  `library/${collectionId}`,
  `explore?run=${runId}&mode=search&q=circle`,
  `explore?run=${runId}&mode=find&tag=${tagId}`,
  ...['pick', 'clusters', 'duplicates', 'outliers'].map((mode) => `explore?run=${runId}&mode=${mode}`),
  `explore?run=${runId}&photo=${photoId}`,
  'lab/predictor',
  'help/verdicts',
  'help/collapse',
  'help/licences',
  'help/recipes',
];

/** Goes to each of them, waits for what it shows, and does there what is to be seen too. */
async function walk(page: Page, look: (hash: string) => Promise<void>): Promise<void> {
  await page.goto(host.url);
  for (const hash of hashes()) {
    await page.setViewportSize(sizes[0]!);
    await page.goto(new URL(`#/${hash}`, page.url()).href);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    const shown = hash.includes('mode=find')
      ? page.getByRole('button', { name: 'All 24 belong' })
      : tiles(new ExplorePlace(page).grid()).first();
    if (hash.startsWith('explore') && !/mode=(pick|clusters|duplicates)/.test(hash))
      await expect(shown).toBeVisible({ timeout: 60_000 });
    if (hash === 'runs') await page.getByRole('checkbox').first().check();
    await look(hash);
    if (hash !== 'library') continue;
    const library = new LibraryPlace(page);
    for (const tab of [/^Duplicates/, /^Unreadable/, /^Values/]) {
      await library.openTab(tab);
      await page.waitForLoadState('networkidle');
      await look(`${hash}, ${tab.source}`);
    }
    await library.openTab(/^Photos/);
    await tiles(library.grid()).first().focus();
    await page.keyboard.press('Space'); // with the bar of what is chosen
    await look(`${hash}, chosen`);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await look(`${hash}, a photo`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  }
}

/** Colours are those of a theme at any size, and sizes those of any theme: the dark one is looked at in one. */
for (const [colorScheme, at] of [
  ['light', sizes],
  ['dark', sizes.slice(0, 1)],
] as const) {
  const widths = at.map(({ width }) => width).join(', ');
  test(`no finding and nothing cut off in the ${colorScheme} theme (${widths} px)`, async ({ browser }) => {
    test.setTimeout(900_000);
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await walk(page, async (hash) => {
      for (const { hasAxe, ...size } of at) {
        await page.setViewportSize(size);
        const where = `${hash} at ${size.width}`;
        // what follows the width is laid out in the next frames
        await expect.soft.poll(() => cutOff(page), { message: where, timeout: 5000 }).toEqual([]);
        if (size.width === sizes[0]!.width && !hash.startsWith('help'))
          expect.soft({ where, undefined: await undefinedNumbers(page) }).toEqual({ where, undefined: [] });
        if (hasAxe) expect.soft({ where, found: await findings(page) }).toEqual({ where, found: [] });
      }
    });
    await context.close();
  });
}

test('dialogs keep the focus, name themselves and close by Escape', async ({ page }) => {
  await page.goto(host.url);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(dialog).toBeVisible();
  expect(await findings(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a place is reached, and a grid walked, by keys alone', async ({ page }) => {
  await page.goto(host.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByRole('heading', { level: 1, name: 'Library' })).toBeFocused();
  await tiles(new LibraryPlace(page).grid()).first().focus();
  await page.keyboard.press('End');
  await expect(page.locator('[role=option]:focus')).toHaveAttribute('aria-posinset', '64');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('a definition is shown on hover and on focus', async ({ page }) => {
  await openAt(page, host, `#/monitor/${runId}`);
  const term = page.getByRole('button', { name: 'Loss', exact: true }).first();
  await term.hover();
  await expect(
    page.getByRole('tooltip').filter({ hasText: 'How far the network is from its task' }).first(),
  ).toBeVisible();
  await page.mouse.move(0, 0);
  await term.focus();
  await expect(
    page.getByRole('tooltip').filter({ hasText: 'How far the network is from its task' }).first(),
  ).toBeVisible();
});

test('Help is searched by words, its manual too, and says the keys', async ({ page }) => {
  await openAt(page, host, '#/help');
  const pages = page.getByRole('navigation', { name: 'Help pages' });
  await page.getByRole('searchbox', { name: 'Search Help and the manual' }).fill('copies DUPLICATES');
  await expect(pages.getByRole('link', { name: /^Your own folder …/ })).toBeVisible();
  await page.getByRole('searchbox').fill('same picture');
  await pages.getByRole('link', { name: /^Library/ }).click();
  await expect(page.getByRole('article')).toContainText('Each group says which to keep, and why');
  await page.getByRole('searchbox').fill('collapse'); // which a page of Help and a chapter of the manual are about
  await expect(pages.getByRole('link', { name: /^When it collapses/ })).toBeVisible();
  await pages.getByRole('link', { name: /^Verdicts/ }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Verdicts' })).toBeVisible();
  await expect(pages.locator('[aria-current]')).toHaveCount(1);
  await page.getByRole('searchbox').fill('zzzz');
  await expect(pages.getByRole('status')).toHaveText('0 pages found');
  await page.getByRole('searchbox').fill('');
  await pages.getByRole('link', { name: 'Keys' }).click();
  await expect(page.getByRole('article')).toContainText('Tag the chosen photos');
});

test('Chinese is complete: no English sentence is left in any place', async ({ browser }) => {
  const page = await browser.newPage({ locale: 'zh-CN' });
  await page.goto(host.url);
  for (const hash of [...hashes(), 'lab/heads-bn', 'help/lab']) {
    await page.goto(new URL(`#/${hash}`, page.url()).href);
    await expect(page.getByRole('navigation', { name: '导航' })).toBeVisible();
    await page.waitForLoadState('networkidle');
    let text = await page.getByRole('main').innerText();
    // The words of a licence are those of whoever gave it, and said to be English.
    for (const given of await page.locator('main [lang=en]').all()) text = text.replace(await given.innerText(), '');
    // Four Latin words in a row are a sentence; names of formats and of the paper are not.
    const sentences = text.match(/\b[a-z]+(?: [a-z]+){3,}/g) ?? [];
    expect({ hash, sentences }).toEqual({ hash, sentences: [] });
  }
  await page.close();
});

test('the level lines of the Monitor say on hover what they are', async ({ page }) => {
  await openAt(page, host, `#/monitor/${runId}`);
  await page.getByRole('button', { name: 'whitened edges and colours', exact: true }).first().hover();
  await expect(page.locator('[role=tooltip]:popover-open')).toContainText('8 × 8 cells');
});
