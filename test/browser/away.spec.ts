/** The application ends and begins anew, or the network is cut: nothing is done unlooked for, and pictures come back. */
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { openAt, startHost, startRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { LibraryPlace, tiles } from './pages/places.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';

let seeded: SeededHome;
let host: RunningHost;

test.beforeAll(async () => {
  seeded = await seededHome({ one: {}, two: {} });
  host = await startRead(seeded.home);
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
});

/** Tiles that are drawn, and of them those whose picture is there. */
const pictures = (page: Page) =>
  tiles(new LibraryPlace(page).grid())
    .locator('img')
    .evaluateAll((images: HTMLImageElement[]) => [
      images.length,
      images.filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length,
    ]);

test('a server that ends while a question is asked is answered nothing, and the next one does nothing by itself', async ({
  page,
}) => {
  await openAt(page, host, '#/runs');
  await page.getByRole('button', { name: 'Delete one', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete “one”?' });
  const library = await page.context().newPage();
  await openAt(library, host, '#/help');
  const port = Number(new URL(page.url()).port);
  await host.close();
  for (const one of [page, library]) await expect(one.locator('.lost')).toContainText('does not answer any more');
  await expect(dialog.locator('footer[inert]')).toBeAttached();
  await dialog.getByRole('button', { name: 'Close' }).click(); // which asks for nothing
  await expect(dialog).toHaveCount(0);
  await library.goto(new URL('#/library/d', library.url()).href);
  host = await startHost({ home: seeded.home, port });
  for (const one of [page, library]) await expect(one.locator('.lost')).toHaveCount(0);
  expect((await host.app.handle('runs.list', null)).map(({ id }) => id).sort()).toEqual(['one', 'two']);
});

test('pictures that were asked for while nobody answered are there once somebody does', async ({ page }) => {
  await openAt(page, host, '#/help');
  await page.route(/\/(thumb|photo|image)/, (route) => route.abort());
  await page.goto(new URL('#/library/d', page.url()).href);
  await expect.poll(() => pictures(page)).toEqual([32, 0]);
  await page.unrouteAll();
  const port = Number(new URL(page.url()).port);
  await host.close();
  await expect(page.locator('.lost')).toBeVisible();
  host = await startHost({ home: seeded.home, port });
  await expect.poll(() => pictures(page)).toEqual([32, 32]);

  await page.route(/\/(thumb|photo|image)/, (route) => route.abort());
  await page.reload();
  await expect.poll(() => pictures(page)).toEqual([32, 0]);
  await page.unrouteAll();
  await page.context().setOffline(true);
  await page.context().setOffline(false); // the network alone was away
  await expect.poll(() => pictures(page)).toEqual([32, 32]);
});
