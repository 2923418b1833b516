/**
 * What axe finds on a page as it stands, of any severity: empty where all is well. Nothing of ours is in a frame, so that
 * no page is opened for the findings of several (its mode without is named legacy), and what is well is only counted: a
 * quarter of the time.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

export async function findings(page: Page, within = 'html'): Promise<{ id: string; at: string[] }[]> {
  await expect(page.locator('iframe')).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .include(within)
    .analyze();
  return violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target.join(' ')).slice(0, 4) }));
}
