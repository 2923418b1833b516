/** Two windows on one home: what one does the other shows at once, and what both do is done once. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { HeldTasks } from './held.ts';
import { openAt } from './host.ts';
import type { RunningHost } from './host.ts';
import { looksWell } from './looks.ts';
import { LabPlace, LibraryPlace, tiles } from './pages/places.ts';
import { startTrained } from './train.ts';
import type { Trained } from './train.ts';

const held = new HeldTasks();
let host: RunningHost;
let runId: string;
let close: Trained['close'];

test.beforeAll(async () => {
  ({ host, runId, close } = await startTrained({ seen: held.seen }));
});
test.afterAll(() => close());
test.afterEach(() => held.release());

async function both(page: Page, hash: string): Promise<[Page, Page]> {
  const other = await page.context().newPage();
  for (const one of [page, other]) {
    await openAt(one, host, hash);
    await expect(one.getByRole('heading', { level: 1 })).toBeVisible();
  }
  return [page, other];
}

/** By the page itself, so that neither waits for the other. */
const press = (page: Page, selector: string) =>
  page.locator(selector).evaluate((button) => (button as HTMLElement).click());

test('a task is begun once by both, and the one that cancels it cancels it in the other', async ({ page }) => {
  const [one, other] = await both(page, `#/evaluate?run=${runId}&k=4`);
  const start = (of: Page) => of.getByRole('main').getByRole('button', { name: 'Evaluate' });
  const neighbours = (of: Page) =>
    of.getByRole('region', { name: 'Result' }).locator('dl > div').filter({ hasText: 'Neighbours k' }).locator('dd');
  for (const of of [one, other]) await expect(start(of)).toBeEnabled();
  held.hold();
  await Promise.all([one, other].map((of) => press(of, 'main form button[type=submit]')));
  for (const of of [one, other]) await expect(of.getByRole('main').getByRole('progressbar')).toBeVisible();
  await expect.poll(() => held.size, { timeout: 60_000 }).toBe(1);
  held.release();
  for (const of of [one, other]) await expect(neighbours(of)).toHaveText('4');
  expect(await host.app.handle('evaluate.list', {})).toHaveLength(1);

  await other.goto(new URL('#/activity', other.url()).href);
  await other.getByRole('link', { name: 'Evaluation' }).click(); // what came of it
  await expect(neighbours(other)).toHaveText('4');
  await other.goBack();
  held.hold();
  await start(one).click();
  await expect(other.getByRole('main').getByRole('progressbar')).toBeVisible();
  await looksWell(other, 'Activity with work');
  await other.getByRole('main').getByRole('button', { name: 'Cancel' }).click();
  held.release({ state: 'cancelled', resultId: null });
  await expect(start(one)).toBeEnabled();
  await expect(one.getByRole('progressbar')).toHaveCount(0);
  await expect(other.getByRole('main')).toContainText('Cancelled');
});

test('a tag that is set in one is in the filter and on the tiles of the other', async ({ page }) => {
  const [one, other] = await both(page, '#/library');
  await tiles(new LibraryPlace(one).grid()).first().focus();
  await one.keyboard.press('Space');
  const bar = one.getByRole('region', { name: 'What to do with the chosen photos' });
  await bar.getByText('Tag', { exact: true }).click();
  await bar.getByRole('textbox', { name: 'New tag' }).fill('round');
  await one.keyboard.press('Enter');
  const filter = other.getByRole('combobox', { name: 'Tag', exact: true });
  await expect(filter.getByRole('option', { name: 'round (1)' })).toBeAttached();
  await filter.selectOption({ label: 'round (1)' });
  await expect(tiles(new LibraryPlace(other).grid())).toHaveCount(1);
});

test('an experiment that is begun by both is one, and is stopped and deleted in both', async ({ page }) => {
  const [one, other] = await both(page, '#/lab/stop-gradient?minutes=0.1');
  for (const of of [one, other]) await expect(new LabPlace(of).start).toBeEnabled({ timeout: 60_000 });
  await Promise.all([one, other].map((of) => press(of, 'main form button[type=submit]')));
  for (const of of [one, other]) await new LabPlace(of).expectState('Running');
  const [experiment, ...more] = await host.app.handle('lab.list', null);
  expect(more).toEqual([]);
  for (const of of [one, other]) expect(of.url()).toContain(experiment!.id);
  const told = (of: Page) => of.getByText('was not started a second time');
  expect((await told(one).count()) + (await told(other).count())).toBe(1);

  await new LabPlace(other).button('Stop and save').click();
  await new LabPlace(one).expectState('Stopped');
  await new LabPlace(one).button('Delete').click();
  await new LabPlace(other).button('Delete').click();
  const dialog = (of: Page) => of.getByRole('dialog', { name: /^Delete/ });
  await dialog(one).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(dialog(other)).toHaveCount(0);
  await expect(other.getByText('This experiment is not here')).toBeVisible();
  await expect(other.locator('main :focus')).toHaveCount(1); // not lost with the dialog
});

test('a run that one deletes is gone in the other, which deletes it no second time', async ({ page }) => {
  const [one, other] = await both(page, '#/runs');
  const remove = (of: Page) => of.getByRole('button', { name: 'Delete small' });
  const dialog = (of: Page) => of.getByRole('dialog', { name: 'Delete “small”?' });
  for (const of of [one, other]) await remove(of).click();
  await dialog(one).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(remove(one)).toHaveCount(0);
  await expect(dialog(other)).toHaveCount(0); // there is nothing to ask about
  await expect(new LibraryPlace(other).notices).toContainText('“small” was deleted in another window.');
  await new LibraryPlace(one).notices.getByRole('button', { name: 'Undo' }).click();
  await expect(remove(other)).toBeVisible();
});
