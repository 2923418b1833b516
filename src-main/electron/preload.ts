/**
 * Runs sandboxed beside the page and gives it what shared/desktop.ts names, nothing else: no channel name, no
 * Electron object and no event reaches the page. Compiled to one CommonJS file, as sandboxed preloads must be.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { desktopPortMessage } from '../../shared/desktop.ts';
import type { Desktop, PickedFile } from '../../shared/desktop.ts';
import { channels } from './policy.ts';

/** Of the page's world only this is needed. */
declare const window: { postMessage(message: string, targetOrigin: string, ports: MessagePort[]): void };

ipcRenderer.on(channels.port, (event) => {
  if (event.ports.length === 1) window.postMessage(desktopPortMessage, '/', [...event.ports]); // '/': this very page
});

const desktop: Desktop = {
  requestPort: () => ipcRenderer.send(channels.requestPort),
  pickFolder: () => ipcRenderer.invoke(channels.pickFolder) as Promise<string | null>,
  pickFile: (kind) => ipcRenderer.invoke(channels.pickFile, kind) as Promise<PickedFile | null>,
  pathOf: (file) => webUtils.getPathForFile(file as File),
};
contextBridge.exposeInMainWorld('lookalike', desktop);
