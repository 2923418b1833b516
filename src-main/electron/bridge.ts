/** The few things a window may ask of the shell itself. Every message's sender is checked before it is looked at. */
import { ipcMain } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import type { FileKind, PickedFile, UpdateAction, UpdateState } from '../../shared/desktop.ts';
import { channels, isFileKind, isTrustedSender, isUpdateAction, pageOf } from './policy.ts';

export interface Abilities {
  /** Whether these are the contents of the one window. */
  isOurs(contents: WebContents): boolean;
  /** Hands a port to the application to this window. */
  connect(contents: WebContents): void;
  pickFolder(): Promise<string | null>;
  pickFile(kind: FileKind): Promise<PickedFile | null>;
  /** Opens an address in the person's browser. */
  openPage(address: string): Promise<void>;
  updates(action: UpdateAction): Promise<UpdateState>;
}

export function openBridge({ isOurs, connect, pickFolder, pickFile, openPage, updates }: Abilities): void {
  const trusted = (event: IpcMainEvent | IpcMainInvokeEvent) => isTrustedSender(event) && isOurs(event.sender);
  ipcMain.on(channels.requestPort, (event) => {
    if (trusted(event)) connect(event.sender);
  });
  /** Calls are answered to our own page alone. */
  const answer = (channel: string, work: (argument: unknown) => Promise<unknown>) =>
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!trusted(event)) throw new Error('This is for the window of Lookalike alone.');
      return work(argument);
    });
  answer(channels.pickFolder, pickFolder);
  answer(channels.pickFile, async (kind) => {
    if (!isFileKind(kind)) throw new Error('There is no such kind of file.');
    return pickFile(kind);
  });
  answer(channels.openPage, async (id) => {
    const address = pageOf(id);
    if (address === undefined) throw new Error('There is no such page.');
    await openPage(address);
  });
  answer(channels.updates, async (action) => {
    if (!isUpdateAction(action)) throw new Error('There is no such thing to do with updates.');
    return updates(action);
  });
}
