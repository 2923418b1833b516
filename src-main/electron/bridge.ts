/** The few things a window may ask of the shell itself. Every message's sender is checked before it is looked at. */
import { ipcMain } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { channels, isTrustedSender } from './policy.ts';

export interface Abilities {
  /** Whether these are the contents of the one window. */
  isOurs(contents: WebContents): boolean;
  /** Hands a port to the application to this window. */
  connect(contents: WebContents): void;
  pickFolder(): Promise<string | null>;
}

export function openBridge({ isOurs, connect, pickFolder }: Abilities): void {
  const trusted = (event: IpcMainEvent | IpcMainInvokeEvent) => isTrustedSender(event) && isOurs(event.sender);
  ipcMain.on(channels.requestPort, (event) => {
    if (trusted(event)) connect(event.sender);
  });
  ipcMain.handle(channels.pickFolder, (event) => {
    if (!trusted(event)) throw new Error('This is for the window of Lookalike alone.');
    return pickFolder();
  });
}
