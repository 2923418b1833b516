/**
 * A screen that stands only for a moment (a progress, a notice, an open menu), looked at as it stands: in the dark theme,
 * as the window is opened, 800 pixels wide, and that at 200 %. Places as they are opened are access.spec.ts's.
 */
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { findings } from './axe.ts';
import { cutOff } from './cutOff.ts';

const sizes = [
  { width: 1440, height: 900 },
  { width: 800, height: 600 },
  { width: 400, height: 300 },
];

/** Nothing that axe finds, nothing cut off. Leaves the window as it was, in the light theme. */
export async function looksWell(page: Page, what: string): Promise<void> {
  const before = page.viewportSize()!;
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  // no colour is on its way to another
  const isStill = () => document.getAnimations().every((animation) => !(animation instanceof CSSTransition));
  await expect.poll(() => page.evaluate(isStill)).toBe(true);
  for (const size of sizes) {
    await page.setViewportSize(size);
    const where = `${what} at ${size.width}`;
    await expect.soft.poll(() => cutOff(page), { message: where, timeout: 5000 }).toEqual([]);
    expect.soft({ where, found: await findings(page) }).toEqual({ where, found: [] });
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light' });
}
