/** What axe finds on a page as it stands, of any severity: empty where all is well. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

export async function findings(page: Page, within = 'html'): Promise<{ id: string; at: string[] }[]> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  return violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target.join(' ')).slice(0, 4) }));
}
