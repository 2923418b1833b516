/** A home of 300 runs of three folders: a run is found by typing wherever one is chosen, and Runs keeps its place. */
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { findings } from './axe.ts';
import { cutOff } from './cutOff.ts';
import { openAt, startHost } from './host.ts';
import type { RunningHost } from './host.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';

const folders = { circle: 'Cells', square: 'Maps' };
const states = ['finished', 'finished', 'stopped', 'finished', 'failed'] as const;
const collapsed = { verdict: 'collapsed', key: 'collapsed', sentence: '', values: {}, advice: [] } as const;

/** Number 300 is the newest, number 150 fell. */
const runs = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => {
    const number = i + 1;
    const datasetId = ['d', 'circle', 'square'][i % 3]!;
    return [
      `run-${number}`,
      {
        ...{ name: `Attempt ${number}`, datasetId, state: states[i % 5]!, createdAt: 1e12 + number * 60_000 },
        ...(number === 150 && { judgement: { ...collapsed, advice: [] } }),
      },
    ];
  }),
);

let seeded: SeededHome;
let host: RunningHost;

test.beforeAll(async () => {
  seeded = await seededHome(runs, folders);
  host = await startHost({ home: seeded.home });
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
});

const options = (page: Page): Locator => page.getByRole('listbox').getByRole('option');

test('a run is found by typing and chosen by keys alone', async ({ page }) => {
  await openAt(page, host, '#/export');
  const run = page.getByRole('combobox', { name: 'Run', exact: true });
  await expect(run).toHaveValue('Attempt 300');
  await run.focus();
  await expect(run).toHaveAttribute('aria-expanded', 'false'); // whoever only passes is shown nothing
  await page.keyboard.press('ArrowDown');
  await expect(options(page)).toHaveCount(300);
  await expect(options(page).first()).toContainText('Attempt 300');
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.type('stopped maps');
  await expect(options(page)).toHaveCount(20);
  await expect(run.locator('..').getByRole('status')).toHaveText('20 matches');
  await expect(options(page).first()).toContainText('Attempt 288');
  await page.keyboard.press('ArrowDown');
  const named = await run.getAttribute('aria-activedescendant');
  await expect(page.locator(`[id="${named}"]`)).toContainText('Attempt 273');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('listbox')).toHaveCount(0);
  await expect(run).toHaveValue('Attempt 273');
  await expect(page).toHaveURL(/run=run-273/);
  await expect(run).toBeFocused();

  // what is typed and not chosen changes nothing, and neither does Enter where nothing is found
  await page.keyboard.type('collapsed');
  await expect(options(page)).toHaveText(/^\s*Attempt 150Failed · Collapsed · Maps · /);
  await page.keyboard.type(' nowhere');
  await expect(page.getByText('Nothing matches.')).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(run).toHaveValue('Attempt 273');
  await page.keyboard.type('150');
  await page.keyboard.press('Tab');
  await expect(run).toHaveValue('Attempt 273');

  // the last one, from wherever one is
  await run.focus();
  for (let i = 0; i < 31; i++) await page.keyboard.press('PageDown');
  await expect(options(page).last()).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Enter');
  await expect(run).toHaveValue('Attempt 1');
});

test('its list is whole at any size, in both themes, without a finding', async ({ page }) => {
  for (const hash of ['export', 'explore', 'evaluate']) {
    await openAt(page, host, `#/${hash}`);
    const run = page.getByRole('combobox', { name: 'Run', exact: true });
    for (const [width, height, colorScheme] of [
      [1440, 900, 'dark'],
      [800, 600, 'light'],
      [400, 300, 'dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await run.click();
      await expect(options(page).first()).toBeInViewport({ ratio: 1 });
      const list = (await page.getByRole('listbox').boundingBox())!;
      const field = (await run.boundingBox())!;
      expect(list.height).toBeGreaterThan(80);
      expect(list.x).toBeGreaterThanOrEqual(0);
      expect(list.x + list.width).toBeLessThanOrEqual(width);
      expect(list.y >= field.y + field.height || list.y + list.height <= field.y).toBe(true);
      expect(await cutOff(page)).toEqual([]);
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  }
});

test('New run starts from one that is found by typing', async ({ page }) => {
  await openAt(page, host, '#/new');
  await page.getByRole('button', { name: 'An earlier run' }).click();
  const start = page.getByRole('combobox', { name: 'An earlier run' });
  await start.click();
  await page.keyboard.type('attempt 42');
  await expect(options(page)).toHaveCount(3); // and 142, and 242
  await page.keyboard.press('Enter');
  await expect(start).toHaveValue('Attempt 42');
  await page.reload();
  await expect(start).toHaveValue('Attempt 42');
});

test('the curves of runs far apart are a click away from each, and what is chosen stays in sight', async ({ page }) => {
  await openAt(page, host, '#/runs');
  for (const number of [300, 270])
    await page.getByRole('checkbox', { name: `Compare Attempt ${number}`, exact: true }).check();
  await expect(page.getByText('Comparing 2 runs below')).toBeInViewport();
  await page.getByRole('button', { name: 'To their curves' }).click();
  await expect(page.getByRole('heading', { name: 'Curves' })).toBeInViewport();
});

test('Runs finds by folder and state, and is at its place again with Back', async ({ page }) => {
  await openAt(page, host, '#/runs');
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '301');
  expect(await page.getByRole('link', { name: /^Attempt/ }).count()).toBeLessThan(150); // the others are drawn as one comes near
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('cells finished');
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '61');
  await expect(page).toHaveURL(/q=cells/);
  const wanted = page.getByRole('link', { name: 'Attempt 104', exact: true });
  await wanted.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Attempt 104' })).toBeVisible();
  const main = page.getByRole('main');
  await expect.poll(() => main.evaluate(({ scrollTop }) => scrollTop)).toBe(0); // another place begins at its top
  await page.goBack();
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '61');
  await expect(wanted).toBeInViewport();

  // to the last of all, and there again from another place
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('');
  await expect(page).not.toHaveURL(/q=/);
  const last = page.getByRole('link', { name: 'Attempt 1', exact: true });
  await expect(async () => {
    await main.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(last).toBeInViewport({ timeout: 500 });
  }).toPass();
  await last.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Attempt 1', exact: true })).toBeVisible();
  await page.goBack();
  await expect(last).toBeInViewport();
});
