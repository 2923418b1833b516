/** Page objects of the places: what a person does in each, by the names a screen reader speaks. */
import { expect } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { Window } from './window.ts';

/** The tiles that are rendered of a virtual grid. */
export const tiles = (scope: Locator): Locator => scope.getByRole('option');

export class LibraryPlace extends Window {
  /** Adds a folder by the path typed into our own picker. */
  async addFolder(path: string): Promise<void> {
    await this.button(/^Add a folder/)
      .first()
      .click();
    const dialog = this.page.getByRole('dialog', { name: 'Choose a folder' });
    await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill(path);
    await dialog.getByRole('button', { name: 'Open' }).click();
    await expect(dialog.getByRole('button', { name: 'Use this folder' })).toBeEnabled();
    await dialog.getByRole('button', { name: 'Use this folder' }).click();
  }

  grid(): Locator {
    return this.page.getByRole('listbox', { name: /^Photos of/ });
  }

  async openTab(name: string | RegExp): Promise<void> {
    await this.page.getByRole('group', { name: 'What to show of the folder' }).getByRole('button', { name }).click();
  }
}

export class NewRunPlace extends Window {
  async setName(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Name' }).fill(name);
  }

  async trainEpochs(epochs: number): Promise<void> {
    await this.button('By epochs').click();
    const field = this.page.getByRole('spinbutton', { name: 'By epochs' });
    await field.fill(String(epochs));
    await field.blur();
  }

  async set(label: string, value: number): Promise<void> {
    const field = this.page.getByRole('spinbutton', { name: label, exact: true });
    await field.fill(String(value));
    await field.blur();
  }

  get start(): Locator {
    return this.button('Start training');
  }
}

export class MonitorPlace extends Window {
  get main(): Locator {
    return this.page.getByRole('main');
  }

  async expectState(state: string, timeout = 60_000): Promise<void> {
    await expect(this.main.locator('header .badge')).toHaveText(state, { timeout });
  }

  chart(title: string): Locator {
    return this.main.getByRole('img', { name: new RegExp(`^Chart of ${title.replace(/[()]/g, '\\$&')}`) });
  }

  /** The epoch the progress line tells. */
  async epoch(): Promise<number> {
    const text = await this.main.getByText(/^Epoch [\d.]+ of/).innerText();
    return Number(/^Epoch ([\d.]+)/.exec(text)![1]);
  }
}

export class ExplorePlace extends Window {
  grid(): Locator {
    return this.page.getByRole('listbox', { name: 'Photos' });
  }

  get trail(): Locator {
    return this.page.getByRole('navigation', { name: 'The way here' }).getByRole('listitem');
  }
}

export class LabPlace extends Window {
  /** Opens a study's set-up by its card. */
  async openStudy(title: string): Promise<void> {
    await this.page.getByRole('link', { name: title, exact: true }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  }

  async set(label: string, value: number): Promise<void> {
    const field = this.page.getByRole('spinbutton', { name: label, exact: true });
    await field.fill(String(value));
    await field.blur();
  }

  get start(): Locator {
    return this.button('Start the study');
  }

  /** Of the place, not the one beside the run in the navigation. */
  override button(name: string | RegExp): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }

  table(name: string | RegExp): Locator {
    return this.page.getByRole('region', { name }).getByRole('table');
  }

  async expectState(state: string, timeout = 60_000): Promise<void> {
    await expect(this.page.getByRole('main').locator('header .badge')).toHaveText(state, { timeout });
  }
}
