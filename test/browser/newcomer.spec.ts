/** From a first launch to a running training in two clicks, and from there to neighbours. */
import { expect, test } from '@playwright/test';
import { startHost } from './host.ts';
import { ExplorePlace, MonitorPlace, tiles } from './pages/places.ts';

test('two clicks lead to a training on sample photos', async ({ page }) => {
  const host = await startHost();
  try {
    await page.goto(host.url);
    await page.getByRole('button', { name: 'Try with sample photos' }).click();
    await page.getByRole('button', { name: 'Start training' }).click({ timeout: 120_000 });
    const monitor = new MonitorPlace(page);
    await monitor.expectState('Running', 60_000);
    await expect(monitor.chart('Loss')).toHaveAccessibleName(/Loss −?\d/, { timeout: 90_000 });

    // stopping keeps what was learned, and its neighbours can be looked at
    await monitor.button('Stop and save').click();
    await monitor.expectState('Stopped');
    await page.getByRole('main').getByRole('link', { name: 'Explore' }).first().click();
    const explore = new ExplorePlace(page);
    await tiles(explore.grid()).first().click({ timeout: 90_000 });
    await expect(tiles(explore.grid()).first()).toHaveAccessibleName(/, -?[01]\.\d{3}$/);
  } finally {
    await host.close();
  }
});
