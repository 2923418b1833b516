/** A run is watched, paused, and met again after a reload. */
import { expect, test } from '@playwright/test';
import { MonitorPlace, NewRunPlace } from '../pages/places.ts';
import type { Walk } from './walk.ts';

export function trainingSteps(walk: Walk): void {
  test('a run starts and its charts move', async () => {
    const { page } = walk;
    const form = new NewRunPlace(page);
    await form.setName('first');
    await form.set('Image size', 32);
    await form.set('Batch size', 32);
    await form.trainEpochs(120);
    await form.start.click();
    const monitor = new MonitorPlace(page);
    await monitor.expectState('Running');
    await expect(monitor.chart('Effective rank')).toHaveAccessibleName(/features [\d.]+/, { timeout: 60_000 });
    const loss = await monitor.chart('Loss').getAttribute('aria-label');
    await expect(monitor.chart('Loss')).not.toHaveAttribute('aria-label', loss!);
    await expect(
      page
        .getByRole('region', { name: 'Verdict' })
        .or(page.getByRole('status', { name: 'Verdict' }))
        .or(page.getByRole('alert', { name: 'Verdict' })),
    ).toBeVisible();
  });

  test('it pauses by the space bar, and resumes', async () => {
    const { page } = walk;
    const monitor = new MonitorPlace(page);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Space');
    await monitor.expectState('Paused');
    const epoch = await monitor.epoch();
    await page.waitForTimeout(1500);
    expect(await monitor.epoch()).toBe(epoch);
    await monitor.button('Resume').first().click();
    await monitor.expectState('Running');
  });

  test('a reload in the middle loses nothing, and a second page agrees', async ({ browser }) => {
    const { host, page } = walk;
    const monitor = new MonitorPlace(page);
    await expect.poll(() => monitor.epoch()).toBeGreaterThan(1);
    await page.reload();
    await expect(monitor.chart('Loss')).toHaveAccessibleName(/-?[\d.]+/);
    const second = await browser.newPage();
    await second.goto(host.url);
    await second.goto(page.url());
    const other = new MonitorPlace(second);
    await other.button('Pause').first().click();
    await Promise.all([monitor.expectState('Paused'), other.expectState('Paused')]);
    const name = (of: MonitorPlace) => of.chart('Loss').getAttribute('aria-label');
    await expect.poll(async () => (await name(monitor)) === (await name(other))).toBe(true);
    expect(await monitor.epoch()).toBe(await other.epoch());
    // The steps before the reload are in the table: the curve begins at its beginning.
    await monitor.button('Table of Loss').click();
    await expect(
      page.getByRole('region', { name: 'Table of Loss' }).getByRole('row').nth(1).getByRole('cell').nth(1),
    ).toHaveText(/^0(\.\d+)?$/);
    await monitor.button('Resume').first().click();
    await other.expectState('Running');
    await second.close();
  });

  test('it finishes, with checkpoints and a strip of neighbours', async () => {
    const { page } = walk;
    const monitor = new MonitorPlace(page);
    test.setTimeout(600_000);
    await monitor.expectState('Finished', 500_000); // other tests run beside it
    await expect(page.getByRole('cell', { name: /^final/ })).toBeVisible();
    await expect(page.getByAltText('Query photo').first()).toBeVisible();
    await expect(page.getByAltText('Neighbour 1').first()).toBeVisible();
  });
}
