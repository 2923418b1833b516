/**
 * A study from its card to its report, with the real trainer on the sample photos: set up, watched, paused, found
 * again after a reload, read beside the paper's table, and deleted.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';
import { findings } from './axe.ts';
import { startHost } from './host.ts';
import type { RunningHost } from './host.ts';
import { LabPlace } from './pages/places.ts';

test.describe.configure({ mode: 'serial', timeout: 600_000 });

let host: RunningHost;
let context: BrowserContext;
let page: Page;
let lab: LabPlace;
const complaints: string[] = [];

test.beforeAll(async ({ browser }) => {
  host = await startHost();
  context = await browser.newContext(); // axe opens pages of its own beside it
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(host.url);
  lab = new LabPlace(page);
});
test.afterAll(async () => {
  await context.close();
  await host.close();
});

test('a card leads to the set-up, which says why it cannot start without photos', async () => {
  await lab.go('Lab');
  await expect(page.getByRole('region', { name: 'The studies' }).getByRole('link')).toHaveCount(11);
  await lab.openStudy('Stop-gradient');
  await expect(page.getByRole('img', { name: /gradient also flows back/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /without stop-gradient.*0\.1\s%.*collapses/ })).toBeVisible();
  await page.getByRole('button', { name: 'Try with sample photos' }).click();
  await expect(lab.start).toBeEnabled({ timeout: 240_000 });
});

test('time and seeds change what it will take', async () => {
  const cost = page.getByRole('region', { name: 'What it will cost' });
  await lab.set('Time per arm', 30);
  await expect(cost).toContainText('2 trainings');
  await expect(cost).toContainText(/5\d min|1 hr/, { timeout: 60_000 });
  await lab.set('Seeds', 2);
  await expect(cost).toContainText('4 trainings');
  await lab.set('Seeds', 1);
  await lab.set('Time per arm', 0.1);
  await expect(cost).toContainText('2 trainings');
  await expect(cost).not.toContainText('hr');
  await expect(lab.start).toBeEnabled();
});

test('it trains its arms, pauses, and is found again after a reload', async () => {
  await lab.start.click();
  await lab.expectState('Running');
  await expect(lab.table('Trainings').getByRole('row')).toHaveCount(3);
  await lab.button('Pause').click();
  await lab.expectState('Paused');
  await page.reload();
  await lab.expectState('Paused');
  await lab.button('Resume').click();
  await lab.expectState('Running');
});

test('it ends with its table beside the paper’s, a sentence, and curves of both arms', async () => {
  await lab.expectState('Finished', 400_000);
  const table = lab.table(/Results/);
  const withStop = table.getByRole('row', { name: /^with stop-gradient/ });
  const without = table.getByRole('row', { name: /^without stop-gradient/ });
  await expect(withStop).toContainText('67.7 %');
  await expect(without).toContainText('collapses');
  for (const row of [withStop, without]) {
    const measured = await row.getByRole('cell').first().innerText();
    expect(Number(/([\d.]+)\s?%/.exec(measured)![1])).toBeGreaterThan(0);
  }
  await expect(page.getByRole('region', { name: 'What it shows' }).getByRole('listitem').first()).toContainText(
    'with stop-gradient',
  );
  await expect(page.getByRole('img', { name: /^Chart of Loss/ })).toHaveAccessibleName(
    /with stop-gradient −?[\d.]+, without stop-gradient −?[\d.]+/,
  );
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`no serious finding in an experiment, ${colorScheme} theme`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }); // colours change at once
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await expect.poll(() => findings(page), { timeout: 30_000 }).toEqual([]);
  });

test('a number’s definition is shown on focus', async () => {
  await lab
    .table(/Results/)
    .getByRole('button', { name: 'kNN accuracy' })
    .focus();
  await expect(page.getByRole('tooltip').filter({ hasText: 'vote of their nearest' }).first()).toBeVisible();
  await page.keyboard.press('Escape');
});

test('its report is written, and saved from the page', async () => {
  await lab.button('Export the report').click();
  const told = page.getByText(/^The report is in /);
  await expect(told).toBeVisible({ timeout: 60_000 });
  const folder = (await told.innerText()).replace('The report is in ', '');
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('with stop-gradient');
  expect(existsSync(join(folder, 'arms.csv'))).toBe(true);
  const download = page.waitForEvent('download');
  await lab.button('Save report.html').click();
  const saved = readFileSync(await (await download).path(), 'utf8');
  expect(saved).toContain('with stop-gradient');
});

test('an arm is a run like any other', async () => {
  await page.getByRole('link', { name: 'with stop-gradient, seed 0: open in Monitor', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('with stop-gradient');
  await lab.go('Runs');
  await page.getByRole('link', { name: 'Lab: Stop-gradient' }).first().click();
  await lab.expectState('Finished');
});

test('it is deleted with its runs, when that is asked for', async () => {
  await lab.button('Delete').click();
  const dialog = page.getByRole('dialog', { name: 'Delete “Stop-gradient”?' });
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await lab.expectNotice('deleted with its 2 runs');
  await expect(page.getByRole('heading', { name: 'Your experiments' })).toBeHidden();
  await lab.go('Runs');
  await expect(page.getByText('No runs yet')).toBeVisible();
});

test('nothing was complained of', () => {
  expect(complaints).toEqual([]);
});
