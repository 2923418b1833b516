/** preload.ts runs against a double of what Electron gives a sandboxed preload: what reaches the page is the bridge and nothing else. */
import { EventEmitter } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { desktopPortMessage } from '../../shared/desktop.ts';

afterEach(() => {
  vi.doUnmock('electron');
  vi.unstubAllGlobals();
});

it('exposes four abilities, and hands on the port alone', async () => {
  const exposed: Record<string, Record<string, unknown>> = {};
  const sent: unknown[][] = [];
  const posted: unknown[][] = [];
  const ipcRenderer = Object.assign(new EventEmitter(), {
    send: (...message: unknown[]) => void sent.push(message),
    invoke: async (...message: unknown[]) => {
      if (message[1] === 'image')
        throw new Error("Error invoking remote method 'lookalike:pick-file': Error: a.jpg cannot be read"); // as Electron words it
      sent.push(message);
      return '/photos';
    },
  });
  vi.resetModules();
  vi.doMock('electron', () => ({
    contextBridge: { exposeInMainWorld: (name: string, api: Record<string, unknown>) => (exposed[name] = api) },
    ipcRenderer,
    webUtils: { getPathForFile: (file: { name: string }) => `/dropped/${file.name}` },
  }));
  vi.stubGlobal('window', { postMessage: (...message: unknown[]) => void posted.push(message) });
  await import('../../src-main/electron/preload.ts');

  expect(Object.keys(exposed)).toEqual(['lookalike']);
  const desktop = exposed['lookalike'] as unknown as {
    requestPort(): unknown;
    pickFolder(): Promise<unknown>;
    pickFile(kind: string): Promise<unknown>;
    pathOf(file: unknown): string;
  };
  expect(Object.keys(desktop).sort()).toEqual([
    'openPage',
    'pathOf',
    'pickFile',
    'pickFolder',
    'requestPort',
    'updates',
  ]);
  expect(desktop.requestPort()).toBeUndefined();
  expect(await desktop.pickFolder()).toBe('/photos');
  expect(await desktop.pickFile('weights')).toBe('/photos');
  await expect(desktop.pickFile('image')).rejects.toThrow(/^a\.jpg cannot be read$/);
  expect(desktop.pathOf({ name: 'album' })).toBe('/dropped/album');
  expect(sent).toEqual([['lookalike:request-port'], ['lookalike:pick-folder'], ['lookalike:pick-file', 'weights']]);

  const port = {};
  ipcRenderer.emit('lookalike:port', { ports: [port], sender: 'secret' }, 'payload');
  ipcRenderer.emit('lookalike:port', { ports: [] });
  expect(posted).toEqual([[desktopPortMessage, '/', [port]]]);
});
