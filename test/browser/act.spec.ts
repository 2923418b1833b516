/**
 * What is found is acted upon, without a terminal: five stars of the sample set are tagged, the rest is found, copied
 * out, and trained on as a collection whose neighbours are looked at. Prints how many answers it took.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { findings } from './axe.ts';
import { startHost } from './host.ts';
import { ExplorePlace, LibraryPlace, MonitorPlace, NewRunPlace, tiles } from './pages/places.ts';

const MOST_ANSWERS = 20;
const STARS = 150;
/** Where one stops. An answer is one press: that all belong, or which is the first that does not. */
const ENOUGH = 0.95 * STARS;
/** A list may wait for the embedding that a training is followed by, on a machine that does other things as well. */
const patient = expect.configure({ timeout: 60_000 });

test('five stars are tagged, the rest found, copied, and trained on as a collection', async ({ page }) => {
  test.setTimeout(1_200_000);
  const host = await startHost();
  const target = join(mkdtempSync(join(tmpdir(), 'lookalike-stars-')), 'found');
  const library = new LibraryPlace(page);
  const explore = new ExplorePlace(page);
  const form = new NewRunPlace(page);
  const monitor = new MonitorPlace(page);
  /** From the weights that come with the application, and its photos embedded. */
  const train = async (photos: string, epochs: number) => {
    await page.getByRole('radio', { name: /^Quick/ }).check({ force: true });
    await form.set('Batch size', 64); // few may have been found
    await form.trainEpochs(epochs);
    await form.start.click();
    await monitor.expectState('Finished', 800_000); // trainers yield to whatever else the machine does
    await page.getByRole('main').getByRole('link', { name: 'Explore' }).first().click();
    await expect(page.getByRole('img', { name: `Map of ${photos}` })).toBeVisible({ timeout: 90_000 });
  };
  try {
    await page.goto(host.url);
    await page.getByRole('button', { name: 'Try with sample photos' }).click();
    await expect(form.start).toBeEnabled({ timeout: 300_000 });
    await train('1,200 photos', 4); // 14 and 15 answers; 8 to 11 after eight epochs, with five seeds

    await library.go('Library');
    await expect(library.grid()).toBeVisible(); // Explore has such a field as well
    await page.getByRole('searchbox', { name: 'Search names, labels, tags' }).fill('stars/');
    const photos = tiles(library.grid());
    await patient(photos.first()).toHaveAttribute('aria-setsize', String(STARS));
    await photos.first().focus();
    await page.keyboard.press('Space');
    for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight');
    const bar = page.getByRole('region', { name: 'What to do with the chosen photos' });
    await expect(bar).toContainText('5 selected');
    await bar.getByText('Tag', { exact: true }).click();
    await bar.getByRole('textbox', { name: 'New tag' }).fill('star');
    await page.keyboard.press('Enter');
    await library.expectNotice('5 photos were tagged “star”.');

    await library.go('Explore');
    await page.getByRole('button', { name: 'Find the rest' }).click();
    const candidates = page.getByRole('list', { name: 'Photos that probably belong' });
    const found = page.getByText(/^\d+ (of probably \d+ )?found/);
    let [answers, tagged] = [0, 5];
    const estimates: string[] = [];
    for (; tagged < ENOUGH && answers < MOST_ANSWERS; answers++) {
      await patient(candidates.getByRole('listitem')).toHaveCount(24); // ranked anew after the last answer
      await patient(candidates).toHaveAttribute('aria-busy', 'false');
      await expect(found).toContainText(new RegExp(`^${tagged} (of|found)`));
      estimates.push((await found.innerText()).replace(/ found.*/, ''));
      const names = await candidates
        .locator('button[aria-pressed]')
        .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')!));
      // as a person looks: which is the first wrong one?
      const at = names.findIndex((name) => !name.startsWith('stars/'));
      if (at === -1) await page.getByRole('button', { name: `All ${names.length} belong` }).click();
      else
        await candidates.getByRole('button', { name: `${names[at]} does not belong` }).click({ modifiers: ['Shift'] });
      tagged += at === -1 ? names.length : at;
    }
    console.log(`${tagged} of ${STARS} stars after ${answers} answers: ${estimates.join(', ')}`);
    expect(tagged).toBeGreaterThanOrEqual(ENOUGH);

    await library.go('Library');
    await expect(library.grid()).toBeVisible(); // Explore, which is left, has such a list of tags as well
    await page.getByRole('combobox', { name: 'Tag', exact: true }).selectOption({ label: `star (${tagged})` });
    await patient(photos.first()).toHaveAttribute('aria-setsize', String(tagged));
    await photos.first().focus();
    await page.keyboard.press('Control+a');
    await expect(bar).toContainText(`${tagged} selected`);
    await bar.getByRole('checkbox', { name: 'into a folder for each tag' }).check();
    await bar.getByRole('button', { name: 'Copy files to…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
    await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill(target);
    await dialog.getByRole('button', { name: 'Use this folder' }).click();
    await library.expectNotice(`${tagged} photos were copied`);
    expect(readdirSync(join(target, 'star'))).toHaveLength(tagged);

    await page.getByRole('button', { name: 'Tagged photos as a collection' }).click();
    await expect(page.getByRole('heading', { level: 2, name: 'star' })).toBeVisible();
    await patient(photos.first()).toHaveAttribute('aria-setsize', String(tagged));
    expect(await findings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Train on it' }).click();
    await expect(page.getByRole('combobox', { name: 'Photos', exact: true })).toContainText('star');
    await train(`${tagged} photos`, 1);
    await tiles(explore.grid()).first().click();
    await expect(tiles(explore.grid()).first()).toHaveAccessibleName(/^stars\/.*\(cosine -?[01]\.\d{3}\)$/);
    await library.go('Runs');
    await expect(page.getByRole('main')).toContainText('star');
  } finally {
    await host.close();
    rmSync(join(target, '..'), { recursive: true, force: true });
  }
});
