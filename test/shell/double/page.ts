/**
 * A real Chromium page in the place of the window that main.ts opened: app://lookalike is answered by the program's
 * own handler under https://lookalike, the compiled preload runs in it before the page, and what Electron would ask
 * the program's guards is asked of them. Messages between page and application go through the port main handed over.
 */
import { build } from 'vite';
import type { BrowserContext, Page } from 'playwright-core';
import { fileURLToPath } from 'node:url';
import type { PortDouble } from './parts.ts';
import { settle } from './start.ts';
import type { StartedShell } from './start.ts';

const address = 'https://lookalike/';
const toShell = (url: string): string =>
  url.startsWith(address) ? `app://lookalike/${url.slice(address.length)}` : url;

/** The one CommonJS file a sandboxed preload is, as packaging builds it. */
async function preloadCode(): Promise<string> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const output = (await build({
    root,
    configFile: `${root}/vite.preload.config.ts`,
    logLevel: 'error',
    build: { write: false },
  })) as { output: { code: string }[] }[];
  return output[0]!.output[0]!.code;
}

/** What Electron gives a sandboxed preload, in the page. */
const preloadHost = (code: string): string => `(() => {
  const listeners = {};
  let port = null;
  const electron = {
    contextBridge: { exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true }) },
    ipcRenderer: {
      on: (channel, listener) => (listeners[channel] ??= []).push(listener),
      send: (channel) => void __send(channel),
      invoke: (channel, argument) => __invoke(channel, argument),
    },
    webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
  };
  window.__deliver = (channel) => {
    const pair = new MessageChannel();
    port = pair.port1;
    port.onmessage = ({ data }) => void __fromPage(JSON.stringify(data));
    for (const listener of listeners[channel] ?? []) listener({ ports: [pair.port2] });
  };
  window.__toPage = (text) => port.postMessage(JSON.parse(text));
  const module = { exports: {} };
  ((require, module, exports) => { ${code} })(() => electron, module, module.exports);
})();`;

export interface ShellPage {
  page: Page;
  /** Addresses outside the program that the page reached: has to stay empty. */
  escaped: string[];
}

export async function openPage(shell: StartedShell, context: BrowserContext): Promise<ShellPage> {
  const contents = shell.windows[0]!.webContents;
  const page = await context.newPage();
  const escaped: string[] = [];
  let port: PortDouble | null = null;
  const event = () => ({ sender: contents, senderFrame: { url: toShell(page.url()), parent: null } });
  const deliver = async (): Promise<void> => {
    for (const { channel, ports } of contents.posted.splice(0)) {
      port?.close();
      const own = (port = ports[0]!);
      await page.evaluate(`__deliver(${JSON.stringify(channel)})`);
      own.on(
        'message',
        ({ data }: { data: unknown }) =>
          void page.evaluate(`__toPage(${JSON.stringify(JSON.stringify(data))})`).catch(() => {}),
      ); // the page is being loaded anew
      own.start();
    }
  };
  await page.exposeFunction('__send', async (channel: string) => {
    shell.ipcMain.emit(channel, event());
    await settle();
    await deliver();
  });
  await page.exposeFunction('__invoke', (channel: string, argument: unknown) =>
    shell.ipcMain.invocable.get(channel)!(event(), argument),
  );
  await page.exposeFunction('__fromPage', (text: string) => port?.postMessage(JSON.parse(text)));
  await page.addInitScript(preloadHost(await preloadCode()));
  await page.route('**/*', async (route) => {
    const request = route.request();
    const url = toShell(request.url());
    const navigates =
      request.isNavigationRequest() &&
      page.url() !== 'about:blank' &&
      contents.tries('will-navigate', url) === 'denied';
    if (navigates) return route.fulfill({ status: 204 }); // the page stays, as it does in Electron
    if (!shell.session.lets(url)) return route.abort();
    if (!url.startsWith('app:')) {
      escaped.push(url);
      return route.fulfill({ status: 200, body: 'elsewhere' });
    }
    const response = await shell.fetch(url, request.method());
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
  await page.goto(address);
  return { page, escaped };
}
