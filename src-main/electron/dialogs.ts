/** Native dialogs, in the person's language: picking, closing while training, and what went wrong. */
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import type { Translate } from '../../shared/messages/desktop.ts';

export async function pickFolder(parent: BrowserWindow, t: Translate): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, {
    title: t('pick.title'),
    buttonLabel: t('pick.button'),
    properties: ['openDirectory', 'createDirectory', 'dontAddToRecent'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

export interface ClosingAnswer {
  choice: 'background' | 'stop' | 'cancel';
  remember: boolean;
}

const closings = ['background', 'stop', 'cancel'] as const;

export async function askClosing(parent: BrowserWindow, t: Translate, name: string): Promise<ClosingAnswer> {
  const { response, checkboxChecked } = await dialog.showMessageBox(parent, {
    type: 'question',
    message: t('close.message', { name }),
    detail: t('close.detail'),
    buttons: closings.map((choice) => t(`close.${choice}`)),
    defaultId: 0,
    cancelId: 2,
    checkboxLabel: t('close.remember'),
    noLink: true,
  });
  const choice = closings[response] ?? 'cancel';
  return { choice, remember: checkboxChecked && choice !== 'cancel' };
}

/** Resolves when it was read. */
export async function tell(parent: BrowserWindow, type: 'warning' | 'error', message: string, detail: string, button: string): Promise<void> {
  await dialog.showMessageBox(parent, { type, message, detail, buttons: [button], noLink: true });
}
