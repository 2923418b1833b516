/**
 * From a first launch to an exported encoder by keys alone, in a usual window and in a small one at 200 %: every control
 * that is needed is reached, the focus is seen wherever it is, is lost by nothing that is pressed, and dialogs keep it and
 * give it back.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { startHost } from './host.ts';
import type { RunningHost } from './host.ts';
import { MonitorPlace } from './pages/places.ts';
import { renderPhotos } from './photos.ts';

interface Focus {
  /** What a screen reader says first; null: nothing has the focus. */
  name: string | null;
  /** Why it is not seen; null: it is. */
  unseen: string | null;
  isInDialog: boolean;
}

const focusOf = (page: Page): Promise<Focus> =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return { name: null, unseen: null, isInDialog: false };
    const field = at as HTMLInputElement;
    const labelled = at.getAttribute('aria-labelledby');
    const name =
      at.getAttribute('aria-label') ??
      (labelled && document.getElementById(labelled)?.textContent) ??
      (field.labels?.[0]?.textContent || at.textContent);
    // the outline is its own, or of what stands for it, as a card does for its radio button
    const isOutlined = (element: Element | null): boolean => {
      if (!element || element === document.body) return false;
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
      if (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && !/, 0\)$/.test(outlineColor)) return true;
      return element.matches('input.visually-hidden, label, label *') && isOutlined(element.parentElement);
    };
    const { x, y, width, height } = at.getBoundingClientRect();
    const isVisible = x < innerWidth && y < innerHeight && x + width > 0 && y + height > 0;
    // a heading is where one is put, and a part that scrolls is named by what is in it: neither is pressed
    const isShown = at.matches('h1, main, [role=region], pre, .visually-hidden') || isOutlined(at);
    const text = (name ?? '').replace(/\s+/g, ' ').trim();
    return {
      name: text,
      unseen: isVisible
        ? isShown
          ? null
          : `${at.tagName} “${text}” has no outline`
        : `${at.tagName} “${text}” is out of sight`,
      isInDialog: at.closest('dialog') !== null,
    };
  });

/** Goes on with Tab to a control; what is passed on the way is seen. */
async function tabTo(page: Page, wanted: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 160; i++) {
    await page.keyboard.press(key);
    const { name, unseen } = await focusOf(page);
    expect(unseen).toBeNull();
    if (name !== null && wanted.test(name)) return;
    passed.push(name ?? '(the page)');
  }
  throw new Error(`${wanted} is reached by no ${key}: ${passed.join(' | ')}`);
}

/** Presses it, after which something has the focus. */
async function pressed(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await expect.poll(async () => (await focusOf(page)).name).not.toBeNull();
}

const titled = (page: Page, name: string | RegExp) =>
  expect(page.getByRole('heading', { level: 1, name })).toBeFocused();

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 400, height: 350 }, // 800 pixels at 200 %
])
  test(`from nothing to an exported encoder by keys alone, ${viewport.width} pixels wide`, async ({ browser }) => {
    test.setTimeout(240_000);
    const folder = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-keys-')), 10);
    const host: RunningHost = await startHost();
    const page = await browser.newPage({ viewport });
    try {
      await page.goto(host.url);
      await expect(page.getByRole('button', { name: 'Add a folder of photos' })).toBeVisible();
      await tabTo(page, /^Add a folder of photos/);
      await pressed(page, 'Enter');
      const dialog = page.getByRole('dialog', { name: 'Choose a folder' });
      await expect(dialog.getByRole('textbox', { name: 'Path of the folder' })).toBeFocused();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: 'Add a folder of photos' })).toBeFocused();
      await pressed(page, 'Enter');
      await expect(dialog.getByRole('textbox', { name: 'Path of the folder' })).toBeFocused();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(folder);
      await page.keyboard.press('Enter');
      await expect(dialog.getByRole('button', { name: 'Use this folder' })).toBeEnabled();
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press('Tab');
        const { name, isInDialog } = await focusOf(page);
        expect(isInDialog || name === null).toBe(true); // the browser's own controls come between
      }
      await tabTo(page, /^Use this folder/);
      await pressed(page, 'Enter');
      await titled(page, 'Library');
      await expect(page.getByText('40 photos').first()).toBeVisible();

      await tabTo(page, /^Train on it/);
      await pressed(page, 'Enter');
      await titled(page, 'New run');
      await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled();
      await tabTo(page, /^Name/);
      await page.keyboard.type('by keys');
      await tabTo(page, /^By epochs/);
      await pressed(page, 'Enter');
      await tabTo(page, /^By epochs$/);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('2');
      await tabTo(page, /^Image size/); // its name, which says what it means
      await tabTo(page, /^Image size/);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('32');
      await tabTo(page, /^Start training/, 'Shift+Tab');
      await expect(page.getByRole('spinbutton', { name: 'By epochs' })).toHaveValue('2');
      await expect(page.getByRole('spinbutton', { name: 'Image size', exact: true })).toHaveValue('32');
      await pressed(page, 'Enter');
      await titled(page, 'by keys');
      await new MonitorPlace(page).expectState('Finished', 90_000);
      await expect.poll(async () => (await focusOf(page)).name).not.toBeNull();

      await tabTo(page, /^Explore/);
      await pressed(page, 'Enter');
      await titled(page, 'Explore');
      const photos = page.getByRole('listbox', { name: 'Photos', exact: true });
      await expect(photos.getByRole('option').first()).toBeVisible({ timeout: 60_000 });
      await tabTo(page, /^circle/);
      await pressed(page, 'ArrowRight');
      await pressed(page, 'Enter');
      await expect(page.getByRole('navigation', { name: 'The way here' })).toBeVisible();
      await expect(photos.getByRole('option').first()).toBeFocused();

      await page.keyboard.press('g');
      await pressed(page, 'r');
      await titled(page, 'Runs');
      await tabTo(page, /^Delete by keys/);
      await pressed(page, 'Enter');
      await expect(page.getByRole('dialog', { name: /^Delete/ })).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: 'Delete by keys' })).toBeFocused();

      await tabTo(page, /^Export$/, 'Shift+Tab');
      await pressed(page, 'Enter');
      await titled(page, 'Export');
      await tabTo(page, /^Export \d formats/);
      await pressed(page, 'Enter');
      await expect(page.getByRole('region', { name: 'What was exported' })).toBeVisible({ timeout: 60_000 });
      await expect(page.getByRole('button', { name: /^Export \d formats/ })).toBeFocused();
      await tabTo(page, /^Copy/);
      const [record] = await host.app.handle('exports.list', {});
      expect(existsSync(join(record!.folder, 'encoder.onnx'))).toBe(true);
    } finally {
      await page.close();
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
