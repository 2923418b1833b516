/**
 * The packaged shell in a real Electron, through the same page objects as the browser tests. Where Electron's binary
 * cannot be had, or there is no display, it is skipped and says why. `npx playwright test --config playwright.shell.config.ts`
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, expect, test } from '@playwright/test';
import { MonitorPlace } from '../browser/pages/places.ts';
import { Window } from '../browser/pages/window.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Path of Electron's binary, or why there is none. Nothing is fetched. */
function binary(): { path: string } | { reason: string } {
  const folder = join(root, 'node_modules/electron');
  const named = process.env.LOOKALIKE_ELECTRON;
  if (named)
    return existsSync(named) ? { path: named } : { reason: `LOOKALIKE_ELECTRON names ${named}, which is not there` };
  const marker = join(folder, 'path.txt');
  if (!existsSync(marker)) return { reason: "Electron's binary is not installed (npm start fetches it where it can)" };
  const path = join(folder, 'dist', readFileSync(marker, 'utf8').trim());
  return existsSync(path) ? { path } : { reason: `${path} is missing` };
}

function whyNot(): string | null {
  const found = binary();
  if ('reason' in found) return found.reason;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'there is no display';
  if (
    !existsSync(join(root, 'dist/main/src-main/electron/preload.cjs')) ||
    !existsSync(join(root, 'dist/renderer/index.html'))
  )
    return 'run "npm run build && npm run build:main" first';
  return null;
}

const reason = whyNot();
if (reason) console.log(`Electron smoke tests are skipped: ${reason}.`);
test.skip(reason !== null, reason ?? '');

test('opens, is sandboxed, trains on sample photos and ends', async () => {
  const home = mkdtempSync(join(tmpdir(), 'lookalike-electron-'));
  const found = binary() as { path: string };
  const electron = await _electron.launch({
    executablePath: found.path,
    args: [root, '--home', home],
    locale: 'en-US',
  });
  try {
    const page = await electron.firstWindow();
    expect(page.url()).toMatch(/^app:\/\/lookalike\//);
    expect(await page.evaluate('Object.keys(lookalike).sort().join()')).toBe(
      'openPage,pathOf,pickFile,pickFolder,requestPort,updates',
    );
    expect(await page.evaluate('[typeof require, typeof process].join()')).toBe('undefined,undefined');
    expect(await page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")).toBe('refused');
    expect(await page.evaluate("fetch('/image/..%2f..%2fetc').then(({ status }) => status)")).toBe(404);

    const window = new Window(page);
    await window.go('Settings');
    await expect(page.getByText(home).first()).toBeVisible({ timeout: 60_000 });
    await page.goto('app://lookalike/#/welcome');
    await window.button('Try with sample photos').click();
    await window.button('Start training').click({ timeout: 120_000 });
    const monitor = new MonitorPlace(page);
    await monitor.expectState('Running');
    await monitor.button('Stop and save').click();
    await monitor.expectState('Stopped');
  } finally {
    await electron.close();
    rmSync(home, { recursive: true, force: true });
  }
});
