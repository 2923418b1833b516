/** A folder is added and looked through. */
import { expect, test } from '@playwright/test';
import { LibraryPlace, tiles } from '../pages/places.ts';
import { dropPhoto } from './walk.ts';
import type { Walk } from './walk.ts';

export function folderSteps(walk: Walk): void {
  test('a folder is added, and its unreadable file reported', async () => {
    const { folder, page } = walk;
    const library = new LibraryPlace(page);
    await library.addFolder(folder);
    await expect(page.getByText('96 photos').first()).toBeVisible({ timeout: 60_000 });
    await expect(tiles(library.grid()).first().locator('img')).toHaveJSProperty('complete', true);
    await library.openTab('Unreadable (1)');
    await expect(page.getByRole('cell', { name: 'broken.jpg' })).toBeVisible();
  });

  test('a photo that is dropped there is no folder', async () => {
    const { page } = walk;
    await dropPhoto(walk, 'Drop the folder to add it');
    await expect(page.getByText('That is a file. Drop the folder that holds your photos.')).toBeVisible();
  });

  test('photos are found by name, excluded, and taken back by undo', async () => {
    const { page } = walk;
    const library = new LibraryPlace(page);
    await library.openTab('Photos');
    await page.keyboard.press('/');
    await page.keyboard.type('circle-00');
    await expect(tiles(library.grid())).toHaveCount(10);
    await tiles(library.grid()).first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await library.button('Exclude from training').click();
    await expect(page.getByText('2 excluded')).toBeVisible();
    await library.notices.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('2 excluded')).toBeHidden();
  });

  test('a tag renamed to the name of another is merged into it, which is said and can be undone', async () => {
    const { page } = walk;
    const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
    const { notices } = new LibraryPlace(page);
    await bar.getByText('Tag', { exact: true }).click();
    for (const name of ['ring', 'hoop']) {
      await bar.getByRole('textbox', { name: 'New tag' }).fill(name);
      await page.keyboard.press('Enter');
      await expect(notices).toContainText(`2 photos were tagged “${name}”.`);
    }
    await bar.getByRole('checkbox', { name: 'Change tags' }).check();
    const hoop = bar.getByRole('textbox', { name: /^Name of hoop/ });
    await hoop.fill('  ');
    await page.keyboard.press('Enter');
    await expect(hoop).toHaveValue('hoop');
    await hoop.fill('Ring');
    await page.keyboard.press('Enter');
    await expect(notices).toContainText('The tag “hoop” was merged into “ring”.');
    await expect(hoop).toBeHidden();
    await notices.getByRole('button', { name: 'Undo' }).last().click(); // a press beside the menu closes it
    await bar.getByText('Tag', { exact: true }).click();
    await expect(hoop).toBeVisible();
    // deleting it asks, and says of how many photos it goes
    await bar.getByRole('button', { name: 'Delete the tag hoop' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete the tag “hoop”?' });
    await expect(dialog).toContainText('taken from 2 photos');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(hoop).toBeVisible(); // of the two only the question is closed
    await bar.getByRole('button', { name: 'Delete the tag hoop' }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(hoop).toBeHidden();
    await notices.getByRole('button', { name: 'Undo' }).last().click();
    await bar.getByText('Tag', { exact: true }).click();
    await expect(hoop).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(bar).toBeHidden();
  });
}
