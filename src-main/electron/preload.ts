/**
 * Runs sandboxed beside the page and gives it what shared/desktop.ts names, nothing else: no channel name, no
 * Electron object and no event reaches the page. Compiled to one CommonJS file, as sandboxed preloads must be.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { desktopPortMessage } from '../../shared/desktop.ts';
import type { Desktop, PickedFile, UpdateState } from '../../shared/desktop.ts';
import { channels } from './policy.ts';

/** Of the page's world only this is needed. */
declare const window: { postMessage(message: string, targetOrigin: string, ports: MessagePort[]): void };

ipcRenderer.on(channels.port, (event) => {
  if (event.ports.length === 1) window.postMessage(desktopPortMessage, '/', [...event.ports]); // '/': this very page
});

/** Electron puts its own English words before what the main process says to the person. */
const ask = async (channel: string, ...values: unknown[]): Promise<unknown> => {
  try {
    return await ipcRenderer.invoke(channel, ...values);
  } catch (error) {
    throw new Error(String((error as Error).message).replace(/^Error invoking remote method '[^']*': (Error: )?/, ''), {
      cause: error,
    });
  }
};

const desktop: Desktop = {
  requestPort: () => ipcRenderer.send(channels.requestPort),
  pickFolder: () => ask(channels.pickFolder) as Promise<string | null>,
  pickFile: (kind) => ask(channels.pickFile, kind) as Promise<PickedFile | null>,
  openPage: (id) => ask(channels.openPage, id) as Promise<void>,
  updates: (action) => ask(channels.updates, action) as Promise<UpdateState>,
  pathOf: (file) => webUtils.getPathForFile(file as File),
};
contextBridge.exposeInMainWorld('lookalike', desktop);
