/** What the shell gives to a page and hears from one, against the double of Electron: its own files, its own window, and nothing else. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PickedFile } from '../../shared/desktop.ts';
import { knownWeights } from '../../shared/knownWeights.ts';
import { settle, startShell, stopAll } from './double/start.ts';
import type { StartedShell } from './double/start.ts';
import { contents, own } from './double/start.ts';

afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

describe('what a page gets', () => {
  it('its files with the policy in the headers, photos by id, and 404 for anything else', async () => {
    const shell = await startShell();
    const page = await shell.fetch('app://lookalike/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Lookalike</title>');
    for (const url of [
      'app://lookalike/',
      'app://lookalike/assets/main.js',
      'app://lookalike/nothing',
      'app://lookalike/image/a',
    ]) {
      const { headers } = await shell.fetch(url);
      const policy = headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await shell.fetch('app://lookalike/', 'POST')).status).toBe(405);
    for (const url of [
      'app://lookalike/../package.json',
      'app://lookalike/assets/%2e%2e/index.html',
      'app://lookalike/image/..%2f..%2fetc',
      'app://other/',
    ])
      expect((await shell.fetch(url)).status).toBe(404);
  });

  it('photos from the application, by id alone', async () => {
    const shell = await startShell();
    expect((await shell.fetch('app://lookalike/image/abc')).status).toBe(404); // not ready
    await shell.serveApp();
    const answer = shell.fetch('app://lookalike/image/abc?size=64');
    await settle();
    const asked = shell.appProcess().received.at(-1)!.message;
    expect(asked).toMatchObject({ type: 'image', imageId: 'abc', size: 64 });
    shell
      .appProcess()
      .say({ type: 'image', id: asked['id'], image: { bytes: new Uint8Array([1, 2]), type: 'image/webp' } });
    const response = await answer;
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2]));
  });

  it('no other address, no window, no webview', async () => {
    const shell = await startShell();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      for (const url of ['https://example.org/', 'file:///etc/passwd', 'app://lookalike/image/a', 'data:text/html,x'])
        expect(contents(shell).tries(event, url), `${event} ${url}`).toBe('denied');
      expect(contents(shell).tries(event, 'app://lookalike/#/runs')).toBe('allowed');
    }
    expect(contents(shell).tries('will-attach-webview', 'app://lookalike/')).toBe('denied');
    expect(contents(shell).opens('https://example.org/')).toBe('deny');
    expect(contents(shell).opens('app://lookalike/')).toBe('deny');
  });

  it('no permission, no device, no network, no foreign download', async () => {
    const { session } = await startShell();
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'midiSysex',
      'pointerLock',
      'openExternal',
      'unknown',
    ])
      expect(session.grants(permission), permission).toEqual({ asked: false, checked: false });
    expect(session.grants('clipboard-sanitized-write')).toEqual({ asked: true, checked: true });
    expect(session.grants('clipboard-sanitized-write', 'https://example.org/')).toEqual({
      asked: false,
      checked: false,
    });
    expect(session.device!({})).toBe(false);
    expect(session.lets('https://example.org/x.js')).toBe(false);
    expect(session.lets('app://lookalike/assets/main.js')).toBe(true);
    expect(session.downloads('https://example.org/setup.exe')).toBe(false);
    expect(session.downloads('blob:app://lookalike/1')).toBe(true);
  });
});

describe('messages of a page', () => {
  it('are heard from the main frame of its own window', async () => {
    const shell = await startShell();
    shell.ipcMain.emit('lookalike:request-port', own(shell));
    expect(contents(shell).posted).toMatchObject([{ channel: 'lookalike:port' }]);
    expect(contents(shell).posted[0]!.ports).toHaveLength(1);
    const picked = shell.ipcMain.invocable.get('lookalike:pick-folder')!(own(shell)) as Promise<string | null>;
    expect(shell.dialogs[0]!.kind).toBe('open');
    expect(shell.dialogs[0]!.options['properties']).toContain('openDirectory');
    shell.dialogs[0]!.answer({ canceled: false, filePaths: ['/photos'] });
    expect(await picked).toBe('/photos');
  });

  it.each([
    [
      'a frame inside it',
      (shell: StartedShell) => ({ ...own(shell), senderFrame: { url: 'app://lookalike/', parent: {} } }),
    ],
    [
      'another address',
      (shell: StartedShell) => ({ ...own(shell), senderFrame: { url: 'https://example.org/', parent: null } }),
    ],
    ['a frame that is gone', (shell: StartedShell) => ({ ...own(shell), senderFrame: null })],
    [
      'other contents',
      (shell: StartedShell) => ({ ...own(shell), sender: { postMessage: () => expect.unreachable() } }),
    ],
  ])('are not heard from %s', async (_name, event) => {
    const shell = await startShell();
    shell.ipcMain.emit('lookalike:request-port', event(shell));
    expect(contents(shell).posted).toHaveLength(0);
    expect(() => shell.ipcMain.invocable.get('lookalike:pick-folder')!(event(shell))).toThrow();
    expect(() => shell.ipcMain.invocable.get('lookalike:pick-file')!(event(shell), 'image')).toThrow();
    expect(shell.dialogs).toHaveLength(0);
  });

  it('bring a file of a known kind: what it holds, or for weights its path alone', async () => {
    const shell = await startShell();
    const pick = (kind: unknown, filePaths: string[]) => {
      const picked = shell.ipcMain.invocable.get('lookalike:pick-file')!(
        own(shell),
        kind,
      ) as Promise<PickedFile | null>;
      shell.dialogs.at(-1)?.answer({ canceled: filePaths.length === 0, filePaths });
      return picked;
    };
    const here = fileURLToPath(import.meta.url);
    const labels = await pick('labels', [here]);
    expect(labels).toMatchObject({ name: 'pageMessages.test.ts', path: here });
    expect(new TextDecoder().decode(labels!.bytes!)).toContain('a file of a known kind');
    expect(shell.dialogs.at(-1)!.options).toMatchObject({
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ extensions: ['csv'] }, { extensions: ['*'] }],
    });
    expect(await pick('weights', ['/somewhere/net.safetensors'])).toEqual({
      name: 'net.safetensors',
      path: '/somewhere/net.safetensors',
      bytes: null,
    });
    expect(await pick('image', [])).toBeNull();
    await expect(pick('image', ['/nowhere/cat.jpg'])).rejects.toThrow('cat.jpg cannot be read (ENOENT)');
    const asked = shell.dialogs.length;
    for (const kind of ['folder', '../etc', '__proto__', undefined, { kind: 'image' }])
      await expect(pick(kind, ['/etc/passwd'])).rejects.toThrow('no such kind');
    expect(shell.dialogs).toHaveLength(asked);
  });

  it('open the page of known weights, and no address that a page names', async () => {
    const shell = await startShell();
    const open = (id: unknown) => shell.ipcMain.invocable.get('lookalike:open-page')!(own(shell), id) as Promise<void>;
    const [known] = knownWeights;
    await open(known!.id);
    expect(shell.log.opened).toEqual([known!.page]);
    for (const id of [known!.page, 'file:///etc/passwd', undefined, { id: known!.id }])
      await expect(open(id)).rejects.toThrow('no such page');
    expect(shell.log.opened).toHaveLength(1);
  });

  it('no channel beside these is open', async () => {
    const { ipcMain } = await startShell();
    expect(ipcMain.eventNames()).toEqual(['lookalike:request-port']);
    expect([...ipcMain.invocable.keys()]).toEqual([
      'lookalike:pick-folder',
      'lookalike:pick-file',
      'lookalike:open-page',
      'lookalike:updates',
    ]);
  });

  it('before the application is ready wait for it', async () => {
    const shell = await startShell();
    shell.ipcMain.emit('lookalike:request-port', own(shell));
    expect(shell.appProcess().received).toHaveLength(0);
    await shell.serveApp();
    expect(shell.appProcess().types()).toEqual(['client', 'client']); // the page's and the shell's own
  });
});
