/**
 * The built window in a real Chromium under main.ts and the compiled preload, over the double of Electron, with the
 * real application behind: it works under the policy, and what the policy forbids does not happen.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { serve } from '../../shared/client.ts';
import { portTransport } from '../../shared/transport.ts';
import type { PortLike } from '../../shared/transport.ts';
import { findChromium } from '../browser/chromium.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { openPage } from './double/page.ts';
import type { ShellPage } from './double/page.ts';
import { startShell, stopAll } from './double/start.ts';
import type { StartedShell } from './double/start.ts';

let browser: Browser;
let app: App;
let shell: StartedShell;
let window: ShellPage;
const messages: string[] = [];
const home = sharedFolder('page');

beforeAll(async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (!existsSync(join(root, 'dist/renderer/index.html')))
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error' });
  app = await createApp({
    home,
    host: { kind: 'electron', version: '1.2.3', canPickFolder: true },
    imageIsolation: 'thread',
  });
  shell = await startShell({ renderer: 'built' });
  // The utility process, in this process: what it is given it serves.
  const utility = shell.appProcess();
  const post = utility.postMessage.bind(utility);
  utility.postMessage = (message: unknown, ports: unknown[] = []) => {
    post(message, ports);
    const { type, id, imageId, size } = message as { type: string; id: number; imageId: string; size: number };
    if (type === 'client') serve(portTransport(ports[0] as PortLike), app);
    else if (type === 'image') void app.image(imageId, size).then((image) => utility.say({ type: 'image', id, image }));
  };
  utility.say({ type: 'ready' });
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
  const context = await browser.newContext({ locale: 'en-US' });
  context.on('console', (message) => messages.push(message.text()));
  window = await openPage(shell, context);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  stopAll();
  await app?.close();
});

it('connects over the port and shows the application, without a word against the policy', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Add a folder of photos' }).waitFor();
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Dark' }).click();
  await expect.poll(() => shell.electron.nativeTheme.themeSource).toBe('dark'); // page to application to shell
  expect(messages.filter((text) => /Content Security Policy|TrustedHTML|Refused/i.test(text))).toEqual([]);
});

it('has the bridge and nothing else of Electron or Node', async () => {
  const { page } = window;
  expect(await page.evaluate('Object.keys(lookalike).sort()')).toEqual([
    'openPage',
    'pathOf',
    'pickFile',
    'pickFolder',
    'requestPort',
    'updates',
  ]);
  expect(await page.evaluate('[typeof require, typeof process, typeof module, typeof electron].join()')).toBe(
    'undefined,undefined,undefined,undefined',
  );
});

it('picks a folder by the native dialog', async () => {
  const picked = window.page.evaluate('lookalike.pickFolder()');
  await expect.poll(() => shell.dialogs.length).toBe(1);
  shell.dialogs[0]!.answer({ canceled: false, filePaths: ['/photos'] });
  expect(await picked).toBe('/photos');
});

it('asks with an image picked by the native dialog, and refuses another kind of file', async () => {
  const before = shell.dialogs.length;
  const picked = window.page.evaluate(
    "lookalike.pickFile('image').then((file) => file && [file.name, file.bytes.length])",
  );
  await expect.poll(() => shell.dialogs.length).toBe(before + 1);
  shell.dialogs
    .at(-1)!
    .answer({ canceled: false, filePaths: [fileURLToPath(new URL('../../assets/icons/window.png', import.meta.url))] });
  expect(await picked).toEqual(['window.png', expect.any(Number)]);
  expect(await window.page.evaluate("lookalike.pickFile('passwords').then(() => 'given', () => 'refused')")).toBe(
    'refused',
  );
  expect(shell.dialogs.length).toBe(before + 1);
});

it('runs no script that is not ours, and reaches nobody', async () => {
  const { page, escaped } = window;
  const inject = (script: string) =>
    page
      .evaluate(`(() => { const s = document.createElement('script'); ${script}; document.head.append(s); })()`)
      .catch(() => {});
  await inject("s.textContent = 'window.inline = 1'");
  await inject("s.src = 'https://example.org/x.js'");
  await page.evaluate(
    "document.body.append(Object.assign(document.createElement('img'), { src: 'https://example.org/pixel.png' }))",
  );
  expect(await page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")).toBe('refused');
  expect(await page.evaluate('typeof inline')).toBe('undefined');
  expect(escaped).toEqual([]);
  await expect.poll(() => messages.some((text) => /Content Security Policy/i.test(text))).toBe(true);
});

it('goes nowhere else, and finds no file by its path', async () => {
  const { page, escaped } = window;
  await page.evaluate("location.href = 'https://example.org/'");
  await page.waitForTimeout(300);
  expect(page.url()).toMatch(/^https:\/\/lookalike\//);
  expect(escaped).toEqual([]);
  for (const path of ['image/..%2f..%2fetc%2fpasswd', 'image/none', 'assets/%2e%2e/%2e%2e/package.json'])
    expect(await page.evaluate(`fetch('/${path}').then(({ status }) => status)`), path).toBe(404);
});

it('a page that is loaded again has a new port', async () => {
  const { page } = window;
  await page.reload();
  const chosen = page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Dark', pressed: true });
  await chosen.waitFor(); // what the application told the new page
  expect(
    shell
      .appProcess()
      .types()
      .filter((type) => type === 'client').length,
  ).toBeGreaterThanOrEqual(3);
});
