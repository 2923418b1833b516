/** What the run finds alike is browsed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ExplorePlace, tiles } from '../pages/places.ts';
import { dropPhoto } from './walk.ts';
import type { Walk } from './walk.ts';

export function exploreSteps(walk: Walk): void {
  test('neighbours are browsed three clicks deep, and back by the trail', async () => {
    const { page } = walk;
    const explore = new ExplorePlace(page);
    await page.getByRole('main').getByRole('link', { name: 'Explore' }).first().click();
    await expect(tiles(explore.grid()).first()).toBeVisible({ timeout: 60_000 });
    for (let depth = 1; depth <= 3; depth++) {
      await tiles(explore.grid()).nth(depth).click();
      await expect(explore.trail).toHaveCount(depth + 1);
      await expect(tiles(explore.grid()).first()).toBeFocused(); // another list begins at its first photo
      await expect(tiles(explore.grid()).first()).toHaveAccessibleName(
        /, Number 1 of \d+ by likeness, closer than [\d.]+\s% of all pairs of these photos \(cosine -?[01]\.\d{3}\)$/,
      );
    }
    await explore.trail.nth(1).getByRole('button').click();
    await expect(explore.trail).toHaveCount(2);
  });

  test('Explore keeps its place: Back goes a step back, and a reload shows the same', async () => {
    const { page } = walk;
    const explore = new ExplorePlace(page);
    const pressed = (name: string) => page.getByRole('button', { name, exact: true, pressed: true });
    const slider = page.getByRole('slider', { name: 'Closer than' });
    await tiles(explore.grid()).nth(2).click();
    await expect(explore.trail).toHaveCount(3);
    await page.getByRole('button', { name: 'Outliers' }).click();
    await expect(pressed('Outliers')).toBeVisible();
    await expect(page).toHaveURL(/run=.*mode=outliers&photo=/);
    await page.reload();
    await expect(pressed('Outliers')).toBeVisible();
    await page.goBack();
    await expect(pressed('Neighbours')).toBeVisible();
    await expect(explore.trail).toHaveCount(3);
    await slider.fill('1');
    await expect(page).toHaveURL(/closer=0\.9(&|$)/);
    const names = () =>
      tiles(explore.grid()).evaluateAll((all) => all.map((tile) => tile.getAttribute('aria-label')).join());
    const before = await names();
    await page.reload();
    await expect(explore.trail).toHaveCount(3);
    await expect(slider).toHaveValue('1');
    await expect.poll(names).toBe(before);
    await slider.fill('0');
  });

  test('the similarity slider leaves out what is less alike', async () => {
    const { page } = walk;
    const explore = new ExplorePlace(page);
    const slider = page.getByRole('slider', { name: 'Closer than' });
    const before = Number(/(\d+) photos? in/.exec(await page.getByText(/photos? in [\d.]+ ms/).innerText())![1]);
    await slider.fill('1.3');
    await expect
      .poll(async () => Number(/(\d+) photos? in/.exec(await page.getByText(/photos? in [\d.]+ ms/).innerText())![1]))
      .toBeLessThan(before);
    for (const name of await tiles(explore.grid()).evaluateAll((all) =>
      all.map((tile) => tile.getAttribute('aria-label')!),
    ))
      expect(Number(/closer than ([\d.]+)/.exec(name)![1])).toBeGreaterThanOrEqual(94.9);
    await slider.fill('0');
  });

  test('a dropped photo finds itself first', async () => {
    const { page } = walk;
    const explore = new ExplorePlace(page);
    await dropPhoto(walk, 'Drop the photo to find its like');
    await expect(explore.trail.last().getByRole('button', { name: 'mine.png' })).toBeVisible();
    await expect(tiles(explore.grid()).first()).toHaveAccessibleName(
      /, Number 1 of .*closer than 99\.99.*\(cosine (1\.000|0\.99\d)\)$/,
    );
  });

  test('an image that is picked or pasted is asked about as well', async () => {
    const { folder, page } = walk;
    const explore = new ExplorePlace(page);
    const buffer = readFileSync(join(folder, 'circle', 'circle-002.png'));
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Query with a photo' }).click();
    await (await chooser).setFiles({ name: 'picked.png', mimeType: 'image/png', buffer });
    await expect(explore.trail.last().getByRole('button', { name: 'picked.png' })).toBeVisible();
    await expect(tiles(explore.grid()).first()).toHaveAccessibleName(
      /, Number 1 of .*closer than 99\.99.*\(cosine (1\.000|0\.99\d)\)$/,
    );
    await page.evaluate((base64) => {
      const clipboardData = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, buffer.toString('base64'));
    await expect(explore.trail.last().getByRole('button', { name: 'pasted.png' })).toBeVisible();
  });

  test('the lasso selects on the map', async () => {
    const { page } = walk;
    await page.getByRole('button', { name: 'All photos' }).first().click();
    await page.getByRole('button', { name: /^Lasso/ }).click();
    const box = (await page.getByRole('img', { name: /^Map of 96 photos/ }).boundingBox())!;
    const at = (x: number, y: number) => page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 4 });
    await at(0.02, 0.02);
    await page.mouse.down();
    for (const [x, y] of [
      [0.98, 0.02],
      [0.98, 0.98],
      [0.02, 0.98],
      [0.02, 0.02],
    ] as const)
      await at(x, y);
    await page.mouse.up();
    await expect(page.getByRole('button', { name: 'Selection (96)' })).toBeVisible();
  });

  test('clusters, duplicates and outliers open', async () => {
    const { page } = walk;
    await page.getByRole('button', { name: 'Clusters' }).click();
    await expect(page.getByText(/^Neighbours within are closer than [\d.]+\s% of all pairs$/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Duplicates', exact: true }).click();
    await page.getByRole('button', { name: 'Look for duplicates' }).click();
    await expect(page.getByRole('button', { name: /^Same picture \(\d+\)$/ })).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Outliers' }).click();
    await expect(tiles(new ExplorePlace(page).grid()).first()).toBeVisible();
  });
}
