/** The window as a test sees it: going to places and reading what every place has. Shared by all hosts. */
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

export type PlaceName =
  'Library' | 'New run' | 'Monitor' | 'Runs' | 'Explore' | 'Evaluate' | 'Lab' | 'Export' | 'Settings' | 'Help';

export class Window {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async go(place: PlaceName): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place, exact: true }).click();
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name });
  }

  async title(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  get notices() {
    return this.page.locator('.toasts');
  }

  async expectNotice(text: string | RegExp): Promise<void> {
    await expect(this.notices).toContainText(text);
  }
}
